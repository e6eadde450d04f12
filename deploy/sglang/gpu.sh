#!/usr/bin/env bash
# Runs the programs of benchmarks/sglang on a GPU host without network.
#
#   gpu.sh take FOLDER                    keep the bundle's parts that FOLDER has (bundle.sh)
#   gpu.sh check                          what the host has; imports the server
#   gpu.sh correctness|capacity|mix|pocket|record SECONDS [options]
#
# Parts of the bundle may arrive in several calls; the first program that needs them unpacks them.
# Results and the ends of logs go to $OUT; the exit status is the program's. A program is ended
# after SECONDS; what it measured until then is in its file.
set -uo pipefail
store=${SGLANG_STORE:-/tmp/sglang-store} site=${SGLANG_SITE:-/tmp/sglang-site}
export OUT=${OUT:-sglang-out} PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
# The Triton and CUDA caches are shared by all programs of a lease.
export TRITON_CACHE_DIR=${TRITON_CACHE_DIR:-/tmp/sglang-triton}
cd "$(dirname "$0")/../.."

take() {
  mkdir -p "$store"
  cp "$1"/site.tar.xz.* "$1"/SHA256SUMS "$store"/ || exit 1
  (cd "$store" && sha256sum -c --ignore-missing --quiet SHA256SUMS) || exit 1
  echo "have $(ls "$store" | grep -c 'site.tar.xz') of $(wc -l <"$store/SHA256SUMS") parts"
}

unpack() {
  [ -e "$site/.complete" ] && return
  (cd "$store" && sha256sum -c --quiet SHA256SUMS) || {
    echo "the bundle is not complete: gpu.sh take FOLDER" >&2
    exit 1
  }
  mkdir -p "$site"
  cat "$store"/site.tar.xz.* | tar xJ -C "$site" && touch "$site/.complete" || exit 1
}

check() {
  nvidia-smi --query-gpu=name,memory.total,memory.used,driver_version --format=csv
  free -g | head -2
  python3 - <<'PYTHON'
import time
began = time.monotonic()
import torch, transformers, sglang
print("torch", torch.__version__, "transformers", transformers.__version__, "sglang", sglang.__version__)
import sglang.srt.entrypoints.http_server
from sglang.srt.models.registry import ModelRegistry
found = ModelRegistry.models.get("CwmForCausalLM")
print("CwmForCausalLM:", found, f"({time.monotonic() - began:.0f} s)")
assert found is not None and found.__module__ == "workers.runtime.sglang_models.cwm", found
import msgspec, httpx, psutil
PYTHON
}

command=${1:?see the head of this file}
shift
if [ "$command" = take ]; then
  take "$@"
  exit
fi
unpack
export PYTHONPATH="$PWD:$site" SGLANG_EXTERNAL_MODEL_PACKAGE=workers.runtime.sglang_models
mkdir -p "$OUT"
if [ "$command" = check ]; then
  check
  exit
fi
seconds=$1
shift
case $command in
  pocket) set -- compare "$@" ;;
  correctness | capacity | mix | record) ;;
  *) echo "gpu.sh: no program $command" >&2; exit 2 ;;
esac
# Programs stop themselves in time to write down what they have; this is for those that hang.
export SGLANG_PIDS=/tmp/sglang-pids
: >"$SGLANG_PIDS"
timeout -k 20 "$seconds" python3 -m "benchmarks.sglang.$command" --out "$OUT" \
  --limit "$((seconds - 10))" "$@" 2>&1 | tee "$OUT/$command.log"
status=${PIPESTATUS[0]}
# Servers have sessions of their own, which a killed program leaves behind.
while read -r pid; do kill -9 -- "-$pid" 2>/dev/null; done <"$SGLANG_PIDS"
for log in "$OUT"/capacity-*.log; do
  [ -e "$log" ] && tail -c 200000 "$log" >"$log.end" && mv "$log.end" "$log"
done
exit "$status"
