#!/usr/bin/env bash
# Runs the programs of benchmarks/sglang on a GPU host without network, in three calls of at most
# ten minutes, one straight after the other (docs/operations.md, "Measuring it"):
#
#   gpu.sh pack [FOLDER]         here: packs FOLDER/1, /2 and /3, one for each call, where they are
#                                missing, and makes again what belongs to other weights
#   gpu.sh visit 1|2|3 [FOLDER]  there: takes FOLDER/N and measures; most important first
#   gpu.sh take 1|2|3 [FOLDER]   there: only takes it, for visits that go on on another machine
#   gpu.sh run PROGRAM SECONDS [options]      there: one program of benchmarks/sglang
#
# Each step of a visit has a limit of its own, and a step for which too little time is left is not
# begun: of the visit's VISIT_SECONDS (575). $OUT has two files, written again after every step: visit-N.txt (what ran, how long, how it
# ended) and visit-N.tar.gz (results and the ends of logs). SGLANG_REHEARSAL=1 does the same on a
# machine without a GPU, in small.
set -uo pipefail
store=${SGLANG_STORE:-/tmp/sglang-store} site=${SGLANG_SITE:-/tmp/sglang-site}
export OUT=${OUT:-sglang-out} PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
# What is compiled is shared by all programs of a machine: kernels, and bytecode, which a server
# would otherwise make three times before it begins.
export TRITON_CACHE_DIR=${TRITON_CACHE_DIR:-/tmp/sglang-triton}
export TVM_FFI_CACHE_DIR=${TVM_FFI_CACHE_DIR:-/tmp/sglang-kernels} PYTHONDONTWRITEBYTECODE=
export STACK_SITE=${STACK_SITE:-/tmp/sglang-stack}
python=${PYTHON:-python3} work=${SGLANG_WORK:-/tmp/sglang-results}
trap 'end_servers "$work"/pids.*' EXIT
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
  # The tree that travels has a history of its own.
  git rev-parse HEAD | tee "$folder/1/commit" "$folder/2/commit" >"$folder/3/commit"
  local weights
  weights=$("$python" -c 'import json; print(json.load(open("models/pocket/manifest.json"))["gguf"]["sha256"])')
  grep -qs "\"weights\":\"$weights\"" "$folder/3/pocket.json" ||
    "$python" -m benchmarks.sglang.pocket expect --expected "$folder/3/pocket.json" || exit 1
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
  [ ! -e "$store/commit" ] || export COMMIT=${COMMIT:-$(cat "$store/commit")}
  [ ! -e "$store/SHA256SUMS" ] || (cd "$store" && sha256sum -c --ignore-missing --quiet SHA256SUMS) || exit 1
}

unpack() {
  if [ ! -e "$site/.complete" ]; then
    (cd "$store" && sha256sum -c --quiet SHA256SUMS) || {
      echo "the bundle is not complete: begin again with visit 1" >&2
      exit 1
    }
    mkdir -p "$site"
    cat "$store"/site.tar.xz.* | tar xJ -C "$site" || exit 1
    "$python" -m compileall -q -j 0 "$site" >/dev/null 2>&1 # templates among the files do not compile
    touch "$site/.complete"
  fi
  if [ -e "$store/stack.tar.xz" ] && [ ! -e "$STACK_SITE/.complete" ]; then
    mkdir -p "$STACK_SITE"
    tar xJf "$store/stack.tar.xz" -C "$STACK_SITE" || return
    "$python" -m compileall -q -j 0 "$STACK_SITE" >/dev/null 2>&1
    touch "$STACK_SITE/.complete"
  fi
}

host() {
  nvidia-smi --query-gpu=name,memory.total,memory.used,driver_version --format=csv
  free -g | head -2
  "$python" - <<'PYTHON'
import torch
print("torch", torch.__version__, "cuda", torch.cuda.is_available())
import aiohttp, httpx, numpy, psutil, triton, uvloop
if torch.cuda.is_available():  # reads the libraries from a cold disk now
    for kind in (torch.bfloat16, torch.float32):
        a = torch.ones(64, 64, device="cuda", dtype=kind)
        assert (a @ a).sum().item() == 64**3
PYTHON
}

imports() { # once on a machine
  [ ! -e "$site/.imported" ] || return 0
  "$python" - <<'PYTHON' && "$python" -m benchmarks.sglang.kernels && touch "$site/.imported"
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
import sglang.srt.managers.scheduler, sglang.srt.layers.attention.triton_backend
PYTHON
}

# A program of benchmarks/sglang; it stops itself in time to write down what it has, and `timeout`
# is for one that hangs. Its servers have sessions of their own, which a killed program leaves.
run() { # PROGRAM SECONDS [options]
  local program=$1 seconds=$2 status
  shift 2
  local pids=$work/pids.$program
  : >"$pids"
  # `pocket` has two steps, of which one is for here.
  [ "$program" != pocket ] || set -- compare "$@"
  SGLANG_PIDS=$pids timeout -k 20 "$seconds" "$python" -m "benchmarks.sglang.$program" "$@" \
    --out "$work" --limit "$((seconds > 30 ? seconds - 15 : seconds))" 2>&1 | tee -a "$work/$program.log"
  status=${PIPESTATUS[0]}
  end_servers "$pids"
  return "$status"
}

# Two programs that time nothing, side by side: most of what they take is the start of servers.
pocket_and_record() { # within $limit of its step
  local status pocket
  run pocket "$limit" --stack --expected "$store/pocket.json" &
  pocket=$!
  run record "$limit"
  status=$?
  wait "$pocket" && return "$status"
}

end_servers() { # FILES of process groups
  local pid file
  for file; do
    [ ! -e "$file" ] || while read -r pid; do kill -9 -- "-$pid" 2>/dev/null; done <"$file"
  done
}

keep() {
  local log
  for log in "$work"/*.log /tmp/sglang-*/*.log /tmp/sglang-*/*/*.log; do
    [ -e "$log" ] || continue
    tail -c 60000 "$log" >"$work/ends/$(basename "$(dirname "$log")")-$(basename "$log" .log).txt"
  done
  tar cz -C "$work" --exclude='./*.log' --exclude='./pids.*' . >"$work.tar.gz"
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
      step imports 120 1 imports
      step correctness 240 60 run correctness --dtype bfloat16 float32
      ;;
    3)
      step unpack 60 1 unpack
      step imports 120 1 imports
      step pocket+stack+record 200 60 pocket_and_record
      step bf16+one-pool 300 130 run capacity --case bf16 one-pool
      step fp8+mix 330 150 run mix --capacity
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
  take)
    call=${1:?which part: 1, 2 or 3} folder=${2:-$folder}
    take "$call"
    ;;
  run)
    mkdir -p "$work/ends"
    unpack
    run "$@"
    ;;
  *) echo "gpu.sh: no command $command" >&2; exit 2 ;;
esac
