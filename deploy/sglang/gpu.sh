#!/usr/bin/env bash
# Runs the programs of benchmarks/sglang on a GPU host without network, in three calls of at most
# ten minutes, one straight after the other (docs/operations.md, "Measuring it"):
#
#   gpu.sh pack [FOLDER]         here: packs FOLDER/1, /2 and /3, one for each call, where they are
#                                missing, and makes again what belongs to other weights
#   gpu.sh visit 1|2|3 [FOLDER]  there: takes FOLDER/N and measures; most important first
#   gpu.sh run PROGRAM SECONDS [options]      there: one program of benchmarks/sglang
#
# Each step of a visit has a limit of its own, and a step for which too little time is left is not
# begun. $OUT has two files, written again after every step: visit-N.txt (what ran, how long, how it
# ended) and visit-N.tar.gz (results and the ends of logs). SGLANG_REHEARSAL=1 does the same on a
# machine without a GPU, in small.
set -uo pipefail
store=${SGLANG_STORE:-/tmp/sglang-store} site=${SGLANG_SITE:-/tmp/sglang-site}
export OUT=${OUT:-sglang-out} PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
# The Triton and CUDA caches are shared by all programs of a lease.
export TRITON_CACHE_DIR=${TRITON_CACHE_DIR:-/tmp/sglang-triton}
export STACK_SITE=${STACK_SITE:-/tmp/sglang-stack}
python=${PYTHON:-python3} work=${SGLANG_WORK:-/tmp/sglang-results}
export SGLANG_PIDS=$work/pids
trap 'end_servers' EXIT
trap 'exit 143' TERM INT HUP
cd "$(dirname "$0")/../.."
folder=.sglang-bundle

pack() {
  mkdir -p "$folder"/{1,2,3}
  if ! compgen -G "$folder/2/site.tar.xz.*" >/dev/null; then
    deploy/sglang/bundle.sh "$folder" || exit 1
    mv "$folder/site.tar.xz.00" "$folder/1/" && mv "$folder"/site.tar.xz.* "$folder/2/" || exit 1
    cp "$folder/SHA256SUMS" "$folder/1/" && mv "$folder/SHA256SUMS" "$folder/2/"
  fi
  [ -e "$folder/3/stack.tar.xz" ] || deploy/sglang/stack.sh "$folder/3" || exit 1
  local weights
  weights=$("$python" -c 'import json; print(json.load(open("models/pocket/manifest.json"))["gguf"]["sha256"])')
  grep -qs "\"weights\":\"$weights\"" "$folder/3/pocket.json" ||
    env -u SGLANG_PIDS "$python" -m benchmarks.sglang.pocket expect --expected "$folder/3/pocket.json" || exit 1
  local tree call size
  tree=$(git ls-files -z --cached --others --exclude-standard | xargs -0 du -cb 2>/dev/null | tail -1 | cut -f1)
  for call in 1 2 3; do
    size=$((tree + $(du -sb "$folder/$call" | cut -f1)))
    echo "call $call: $((size / 1048576)) MiB of 64 with the working tree"
    [ "$size" -lt $((64 * 1048576)) ] || { echo "too large for one call" >&2; exit 1; }
  done
}

take() { # CALL
  mkdir -p "$store"
  [ -d "$folder/$1" ] || return 0
  cp -r "$folder/$1/." "$store"/ || exit 1
  [ ! -e "$store/SHA256SUMS" ] || (cd "$store" && sha256sum -c --ignore-missing --quiet SHA256SUMS) || exit 1
}

unpack() {
  if [ ! -e "$site/.complete" ]; then
    (cd "$store" && sha256sum -c --quiet SHA256SUMS) || {
      echo "the bundle is not complete: begin again with visit 1" >&2
      exit 1
    }
    mkdir -p "$site"
    cat "$store"/site.tar.xz.* | tar xJ -C "$site" && touch "$site/.complete" || exit 1
  fi
  if [ -e "$store/stack.tar.xz" ] && [ ! -e "$STACK_SITE/.complete" ]; then
    mkdir -p "$STACK_SITE"
    tar xJf "$store/stack.tar.xz" -C "$STACK_SITE" && touch "$STACK_SITE/.complete"
  fi
}

host() {
  nvidia-smi --query-gpu=name,memory.total,memory.used,driver_version --format=csv
  free -g | head -2
  "$python" - <<'PYTHON'
import torch
print("torch", torch.__version__, "cuda", torch.cuda.is_available())
import aiohttp, httpx, numpy, psutil, triton, uvloop
PYTHON
}

imports() {
  "$python" - <<'PYTHON'
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

# A program of benchmarks/sglang; it stops itself in time to write down what it has, and `timeout`
# is for one that hangs. Its servers have sessions of their own, which a killed program leaves.
run() { # PROGRAM SECONDS [options]
  local program=$1 seconds=$2 status
  shift 2
  : >"$SGLANG_PIDS"
  # `pocket` has two steps, of which one is for here.
  [ "$program" != pocket ] || set -- compare "$@"
  timeout -k 20 "$seconds" "$python" -m "benchmarks.sglang.$program" "$@" \
    --out "$work" --limit "$((seconds > 30 ? seconds - 15 : seconds))" 2>&1 | tee -a "$work/$program.log"
  status=${PIPESTATUS[0]}
  end_servers
  return "$status"
}

end_servers() {
  local pid
  [ ! -e "$SGLANG_PIDS" ] || while read -r pid; do kill -9 -- "-$pid" 2>/dev/null; done <"$SGLANG_PIDS"
}

keep() {
  local log
  for log in "$work"/*.log /tmp/sglang-*/*.log; do
    [ -e "$log" ] && tail -c 100000 "$log" >"$work/ends/$(basename "$(dirname "$log")")-$(basename "$log")"
  done
  tar cz -C "$work" --exclude='./*.log' --exclude=./pids . >"$work.tar.gz"
  mkdir -p "$OUT"
  cp "$work.tar.gz" "$OUT/visit-$call.tar.gz"
  cp "$work/steps" "$OUT/visit-$call.txt"
}

step() { # NAME LIMIT LEAST COMMAND...: LIMIT and LEAST in seconds
  local name=$1 limit=$2 least=$3 left began=$SECONDS status
  shift 3
  left=$((end - SECONDS))
  [ "${SGLANG_REHEARSAL:-}" != 1 ] || limit=$((limit * 4))
  if [ "$left" -lt "$least" ]; then
    printf '%-22s not begun: %d s left\n' "$name" "$left" | tee -a "$work/steps"
    keep
    return
  fi
  [ "$limit" -lt "$left" ] || limit=$left
  if [ "$1" = run ]; then set -- run "$2" "$limit" "${@:3}"; fi
  "$@"
  status=$?
  printf '%-22s %4d s of %4d, status %d\n' "$name" "$((SECONDS - began))" "$limit" "$status" | tee -a "$work/steps"
  keep
}

visit() {
  end=$((SECONDS + ${VISIT_SECONDS:-575}))
  rm -rf "$work" && mkdir -p "$work/ends" && : >"$work/steps"
  take "$call"
  case $call in
    1) step host 60 1 host ;;
    2)
      step unpack 60 1 unpack
      step imports 90 1 imports
      step correctness 200 90 run correctness --dtype bfloat16 float32
      step fp8+mix 330 150 run mix --capacity
      ;;
    3)
      step unpack 60 1 unpack
      step pocket+stack 200 60 run pocket --stack --expected "$store/pocket.json"
      step bf16+one-pool 300 130 run capacity --case bf16 one-pool
      step record 100 60 run record
      step float16 120 80 run correctness --dtype float16
      ;;
    *) echo "gpu.sh: visits are 1, 2 and 3" >&2; exit 2 ;;
  esac
  cat "$work/steps"
}

command=${1:?see the head of this file}
shift
export PYTHONPATH="$PWD:$site${PYTHONPATH:+:$PYTHONPATH}"
export SGLANG_EXTERNAL_MODEL_PACKAGE=workers.runtime.sglang_models
case $command in
  pack)
    folder=${1:-$folder}
    unset PYTHONPATH
    pack
    ;;
  visit)
    call=${1:?which visit: 1, 2 or 3} folder=${2:-$folder}
    visit
    ;;
  run)
    mkdir -p "$work/ends"
    call=run
    unpack
    run "$@"
    ;;
  *) echo "gpu.sh: no command $command" >&2; exit 2 ;;
esac
