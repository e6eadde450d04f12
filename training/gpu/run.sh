#!/usr/bin/env bash
# Training on a machine with one NVIDIA GPU that is lent for minutes and may be gone after that.
#
#   run.sh probe SECONDS [SETTINGS ...]        decoding, and which settings train fastest
#   run.sh start PHASE SECONDS [--init FILE] [--set KEY=VALUE ...]
#                                              corpus and training, as processes that go on
#   run.sh follow SECONDS                      the log, until training ends or the time is over
#   run.sh finish                              evaluate, quantise, and put the results into $OUT
#                                              (EVALUATE_SECONDS=0 leaves the evaluation out)
#   run.sh carry FIRST LAST                    parts FIRST..LAST of the bfloat16 checkpoint into $OUT
#
# Run it in the repository's root. $OUT is the folder whose files are brought back; a file is at
# most 16 MiB there. CARRY (default .carry) holds what is no part of the repository: the packed
# Python 3.11 for the corpus (unpack.sh), eval.npz for the evaluation and, if an earlier visit
# brought it back, compile-cache.bin, which saves most of the compilation. --init models/pocket goes
# on from the shipped weights. PROCESSES (default 13) make the corpus. CONFIG (default training/configs/pocket.toml) and TOKENIZER (models/pocket)
# choose the model. PYTHON (default python3) has PyTorch.
set -u
CARRY=${CARRY:-.carry} PROCESSES=${PROCESSES:-13} PYTHON=${PYTHON:-python3}
CONFIG=${CONFIG:-training/configs/pocket.toml} TOKENIZER=${TOKENIZER:-models/pocket}
OUT=${OUT:?name the folder for the results}
export PYTHONUNBUFFERED=1 PYTHONPATH=. OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}

# The corpus and the checkpoints: in memory where that is large enough.
free_kb=$(df --output=avail /dev/shm 2>/dev/null | tail -1)
if [ "${free_kb:-0}" -gt 16000000 ]; then BASE=/dev/shm/pocket; else BASE=/tmp/pocket; fi
BASE=${BASE_FOLDER:-$BASE}
mkdir -p "$BASE/corpus" "$BASE/run" "$BASE/records" "$OUT"
# What is compiled once on this machine is found again by every later process.
export TORCHINDUCTOR_CACHE_DIR=$BASE/inductor
CACHE=$BASE/compile-cache.bin
[ ! -e "$CACHE" ] && [ -e "$CARRY/compile-cache.bin" ] && cp "$CARRY/compile-cache.bin" "$CACHE"

say() { echo "[$(date +%T)] $*"; }

alive() { [ -f "$BASE/$1.pid" ] && kill -0 "$(cat "$BASE/$1.pid")" 2>/dev/null; }

# Start a command in a session of its own, so that it outlives this one; remember its group.
daemon() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" >"$BASE/records/$name.out" 2>&1 </dev/null &
  echo $! >"$BASE/$name.pid"
}

stop() { # NAME SECONDS: ask the group to end, then end it
  alive "$1" || return 0
  kill -TERM -- "-$(cat "$BASE/$1.pid")" 2>/dev/null
  for _ in $(seq "$2"); do alive "$1" || return 0; sleep 1; done
  kill -KILL -- "-$(cat "$BASE/$1.pid")" 2>/dev/null
}

environment() {
  {
    date -u +%FT%TZ
    uname -r
    nproc
    free -g | head -2
    df -h "$BASE" | tail -1
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
    "$PYTHON" -c 'import sys, torch; print(sys.version); print(torch.__version__)'
  } >"$BASE/records/environment.txt" 2>&1
  cat "$BASE/records/environment.txt"
}

probe() { # SECONDS [SETTINGS ...]
  local seconds=$1
  shift
  environment
  timeout $((seconds + 60)) "$PYTHON" -m training.probe --config "$CONFIG" --seconds "$seconds" \
    --init "${INIT:-models/pocket}" --cases "$CARRY/eval.npz" "$@" 2>&1 |
    tee "$BASE/records/probe.out"
  cp "$BASE/records/probe.out" "$OUT/"
}

start() { # PHASE SECONDS [--init FILE] [--set KEY=VALUE ...]
  local phase=$1 seconds=$2
  shift 2
  daemon train "$PYTHON" -m training.train "$phase" --config "$CONFIG" --data "$BASE/corpus" \
    --tokenizer "$TOKENIZER" --out "$BASE/run" --budget-seconds "$seconds" \
    --compile-cache "$CACHE" "$@"
  daemon corpus bash training/gpu/corpus.sh "$CARRY" "$BASE" "$PROCESSES" "$TOKENIZER"
  environment
}

follow() { # SECONDS
  local until=$((SECONDS + $1)) seen=0 lines
  while [ $SECONDS -lt $until ]; do
    lines=$(wc -l <"$BASE/records/train.out" 2>/dev/null || echo 0)
    if [ "$lines" -gt "$seen" ]; then
      # Long runs log often: every tenth training line is enough to watch.
      sed -n "$((seen + 1)),${lines}p" "$BASE/records/train.out" |
        awk '!/ train [0-9]+ / || / train [0-9]*[02468]00 /' | cut -c1-700
      seen=$lines
    fi
    alive train || break
    if ! alive corpus && ! ls "$BASE"/corpus/shard-*.npz >/dev/null 2>&1; then
      say "the corpus has ended without a shard; so does training"
      tail -n 30 "$BASE/records/corpus.out"
      stop train 20
    fi
    sleep 2
  done
  report
  alive train && say "training goes on" || say "training has ended"
}

report() {
  say "corpus: $(ls "$BASE/corpus" | grep -c 'npz$') shards, $(du -sm "$BASE/corpus" | cut -f1) MB"
  tail -n 3 "$BASE/records/corpus.out" 2>/dev/null | cut -c1-300
  tail -n 2 "$BASE/records/train.out" | cut -c1-700
}

finish() {
  stop train 20
  stop corpus 3
  if [ ! -e "$(ls "$BASE"/run/step-*.pt 2>/dev/null | tail -1)" ]; then
    say "no checkpoint: training failed"
    tail -n 30 "$BASE/records/train.out"
  else
    PYTHON=$PYTHON bash training/gpu/weights.sh "$BASE" "$OUT" && say "weights are written"
    local seconds=${EVALUATE_SECONDS:-120}
    [ "$seconds" = 0 ] || timeout $((seconds + 60)) "$PYTHON" -m training.evaluate_tokens --quantised \
      --budget-seconds "$seconds" \
      --checkpoint "$BASE/run" --cases "$CARRY/eval.npz" --out "$BASE/records/results.json" \
      2>&1 | tail -n 60
  fi
  cp "$BASE/run/log.jsonl" "$BASE/records/" 2>/dev/null
  # For the next visit's CARRY; larger files do not come back.
  [ -e "$CACHE" ] && [ "$(stat -c %s "$CACHE")" -lt 16000000 ] && cp "$CACHE" "$OUT/"
  ls "$BASE/corpus" >"$BASE/records/shards.txt"
  first=$(ls "$BASE"/corpus/*.json 2>/dev/null | head -1)
  [ -n "$first" ] && head -c 4000 "$first" >"$BASE/records/first-shard.txt"
  tar -czf "$OUT/records.tgz" -C "$BASE" records
  say "in \$OUT: $(ls -s "$OUT" | tr '\n' ' ')"
}

carry() { # FIRST LAST
  if [ ! -d "$BASE/parts" ]; then
    mkdir "$BASE/parts"
    "$PYTHON" -m training.checkpoint "$BASE/run" "$BASE/parts/checkpoint.pt" &&
      split -b 15M -d "$BASE/parts/checkpoint.pt" "$BASE/parts/checkpoint.pt.part-"
  fi
  for n in $(seq -f %02g "$1" "$2"); do cp "$BASE/parts/checkpoint.pt.part-$n" "$OUT/" 2>/dev/null; done
  ls -s "$BASE/parts" "$OUT"
}

command=$1
shift
case $command in
probe | start | follow | finish | carry) "$command" "$@" ;;
*) say "unknown command $command"; exit 2 ;;
esac
