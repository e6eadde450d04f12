#!/usr/bin/env bash
# Teaching the model to solve, in one command on a machine with one NVIDIA GPU that is lent:
#
#   posttrain.sh SECONDS --init WEIGHTS      supervised steps, rounds of sampling, held-out problems
#
# SECONDS is for everything; a minute of it goes into compiling, 90 seconds into the held-out
# problems. WEIGHTS is a checkpoint or the folder that `training.quantise` wrote. Further options
# go to `training.posttrain.run` (--rounds 3, --final-seconds 90, --session-seconds 30, ...);
# GRADER_OPTIONS go to `training.posttrain.grader` (--tasks 800 --samples 6 ...).
#
# Longer than a call lasts: training/gpu/background.sh start training/gpu/posttrain.sh SECONDS ...
#
# Run it in the repository's root. $OUT is the folder whose files are brought back: the weights as
# run.sh writes them, and records.tgz with logs, rounds, results and graded answers. CARRY (default
# .carry) holds the packed Python 3.11 (pack.sh); CORPUS_PYTHON names one that is there already.
# PROCESSES (default: all but two) is the number of CPUs for making documents, traces and grades,
# TRACE_PROCESSES (default 3 of many) how many of them make traces: more for a larger --traces-share.
# PYTHON (default python3) has PyTorch, CONFIG and TOKENIZER choose the model as in run.sh. What is
# in BASE_FOLDER is gone on with, so a command that was cut short can be given again.
set -u
seconds=${1:?how many seconds}
shift
began=$(date +%s)
CARRY=${CARRY:-.carry} PYTHON=${PYTHON:-python3}
CONFIG=${CONFIG:-training/configs/pocket.toml} TOKENIZER=${TOKENIZER:-models/pocket}
OUT=${OUT:?name the folder for the results}
cpus=$(nproc)
PROCESSES=${PROCESSES:-$((cpus > 4 ? cpus - 2 : cpus))}
export PYTHONUNBUFFERED=1 PYTHONPATH=. OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}

free_kb=$(df --output=avail /dev/shm 2>/dev/null | tail -1)
if [ "${free_kb:-0}" -gt 16000000 ]; then BASE=/dev/shm/posttrain; else BASE=/tmp/posttrain; fi
BASE=${BASE_FOLDER:-$BASE}
work=$BASE/work records=$BASE/records
mkdir -p "$work" "$records" "$OUT"
rm -f "$work/stop"

say() { echo "[$(date +%T)] $*"; }

pids=()
daemon() { # NAME COMMAND...
  local name=$1
  shift
  setsid "$@" >>"$records/$name.out" 2>&1 </dev/null &
  pids+=($!)
}

stop_all() {
  for pid in "${pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null; done
  sleep 1
  for pid in "${pids[@]}"; do kill -KILL -- "-$pid" 2>/dev/null; done
}
trap stop_all EXIT

# Documents, traces and grades need Python 3.11. It is unpacked while the model compiles.
makers() {
  local python traces grades
  python=${CORPUS_PYTHON:-$(bash "$(dirname "$0")/unpack.sh" "$CARRY" "$BASE/python" | tail -n 1)}
  traces=${TRACE_PROCESSES:-$((PROCESSES > 8 ? 3 : 1))} grades=$((PROCESSES > 8 ? PROCESSES / 2 : 1))
  export PYTHONHASHSEED=0 OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false
  # The grader sleeps between sessions; while it works, it comes first.
  "$python" -m training.posttrain.grader --folder "$work" --tokenizer "$TOKENIZER" \
    --workers "$grades" ${GRADER_OPTIONS:-} >>"$records/grader.out" 2>&1 &
  nice -n 10 "$python" -m training.corpus.build --out "$work/traces" --tokenizer "$TOKENIZER" \
    --seed 21 --processes "$traces" --shard-tokens "${SHARD_TOKENS:-1000000}" --steps 96 \
    ${CORPUS_OPTIONS:---max-tokens 2048} >>"$records/corpus.out" 2>&1 &
  nice -n 10 "$python" -m training.posttrain.build --out "$work/sft" --tokenizer "$TOKENIZER" \
    --seed 1 --workers "$((PROCESSES > traces ? PROCESSES - traces : 1))" --forever \
    --shard-tokens "${SHARD_TOKENS:-1000000}" ${SFT_OPTIONS:-} >>"$records/sft.out" 2>&1 &
  wait
}
export -f makers
export CARRY BASE TOKENIZER PROCESSES work records
daemon makers bash -c "makers" "$0"

# Twenty seconds are for starting PyTorch and for writing the weights.
left=$((seconds - 20 - ($(date +%s) - began)))
say "training for $left seconds in $work"
timeout --kill-after=20 --signal=TERM "$((left + 15))" \
  "$PYTHON" -m training.posttrain.run --config "$CONFIG" --folder "$work" \
  --tokenizer "$TOKENIZER" --out "$BASE/run" --seconds "$left" "$@" 2>&1 |
  tee -a "$records/run.out" |
  awk '!/ train [0-9]+ / || / train [0-9]*00 / { print substr($0, 1, 900); fflush() }'
touch "$work/stop"

if ! ls "$BASE"/run/step-*.pt >/dev/null 2>&1; then
  say "no checkpoint: training failed"
  tail -n 30 "$records"/*.out
else
  PYTHON=$PYTHON bash training/gpu/weights.sh "$BASE" "$OUT" && say "weights are written"
fi
"$PYTHON" -m training.posttrain.results "$work" --out "$records/results.json" | cut -c1-400
cp "$BASE/run/log.jsonl" "$records/" 2>/dev/null
for session in "$work"/sessions/*; do
  name=$(basename "$session")
  # Held-out answers are read by people; of the rounds a sample is enough.
  case $name in train-*) lines=400 ;; *) lines=2000 ;; esac
  [ -f "$session/graded.jsonl" ] && head -n "$lines" "$session/graded.jsonl" >"$records/$name.jsonl"
done
tar -czf "$OUT/records.tgz" -C "$BASE" records
say "in \$OUT: $(ls -s "$OUT" | tr '\n' ' ')"
