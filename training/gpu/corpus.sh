#!/usr/bin/env bash
# Makes the corpus until it is stopped: corpus.sh CARRY BASE PROCESSES TOKENIZER.
# Started by run.sh. The corpus needs Python 3.11, which CARRY holds packed (unpack.sh).
set -euo pipefail
carry=$1 base=$2 processes=$3 tokenizer=$4
here=$(dirname "$0")
if [ -n "${CORPUS_PYTHON:-}" ]; then
  python=$CORPUS_PYTHON
else
  python=$(bash "$here/unpack.sh" "$carry" "$base/python" | tail -n 1)
fi
export PYTHONHASHSEED=0 PYTHONPATH=. OMP_NUM_THREADS=1
exec nice -n 10 "$python" -m training.corpus.build --out "$base/corpus" \
  --processes "$processes" --tokenizer "$tokenizer" ${CORPUS_OPTIONS:---shard-tokens 1000000}
