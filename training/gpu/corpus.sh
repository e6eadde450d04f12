#!/usr/bin/env bash
# Makes the corpus until it is stopped: corpus.sh CARRY BASE PROCESSES TOKENIZER.
# Started by run.sh. CORPUS_SEED must be one that no earlier run of the same model has used (1 to 4
# were). The corpus needs Python 3.11, which CARRY holds packed (unpack.sh).
set -euo pipefail
carry=$1 base=$2 processes=$3 tokenizer=$4
here=$(dirname "$0")
if [ -n "${CORPUS_PYTHON:-}" ]; then
  python=$CORPUS_PYTHON
else
  python=$(bash "$here/unpack.sh" "$carry" "$base/python" | tail -n 1)
fi
export PYTHONHASHSEED=0 PYTHONPATH=. OMP_NUM_THREADS=1
build() { # SEED PROCESSES OPTIONS...
  nice -n 10 "$python" -m training.corpus.build --out "$base/corpus" --tokenizer "$tokenizer" \
    --seed "$1" --processes "$2" --shard-tokens 1000000 "${@:3}"
}
# Most programs are short, as people's are: a long loop teaches little more than a short one.
# Every sixth process makes the long ones, which the model must follow to the context's end.
if [ "$processes" -lt 6 ] || [ -n "${CORPUS_OPTIONS:-}" ]; then
  build "${CORPUS_SEED:-5}" "$processes" ${CORPUS_OPTIONS:-}
else
  build $((${CORPUS_SEED:-5} + 500)) $((processes / 6)) --steps 140 --max-tokens 4096 &
  build "${CORPUS_SEED:-5}" $((processes - processes / 6)) --steps 48 --max-tokens 1024
fi
