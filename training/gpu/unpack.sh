#!/usr/bin/env bash
# Unpacks the carried Python and proves that it makes the corpus:
#
#   unpack.sh CARRY FOLDER      prints the interpreter's path as its last line
#
# Run it in the repository's root. Nothing is unpacked again if it is there already.
set -euo pipefail
carry=$1 folder=$2
python=$folder/python/bin/python3.11
if [ ! -e "$folder/ready" ]; then
  mkdir -p "$folder"
  if command -v xz >/dev/null; then
    xz -dc "$carry/python.tar.xz" | tar -C "$folder" -x
  else
    python3 -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$carry/python.tar.xz" |
      tar -C "$folder" -x
  fi
  trial=$(mktemp -d)
  env -i PATH=/usr/bin:/bin PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 "$python" \
    -m training.corpus.build --out "$trial" --workers 1 --shards 1 --shard-tokens 20000 --stats >&2
  rm -rf "$trial"
  touch "$folder/ready"
fi
echo "$python"
