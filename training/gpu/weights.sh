#!/usr/bin/env bash
# Makes a run's newest weights ready to be brought back:
#
#   weights.sh BASE OUT      quantises BASE/run into BASE/weights and copies them into OUT
#
# Used by run.sh and posttrain.sh, in the repository's root. OUT gets all that `training.export`
# and `--init` need: three weights-NN.safetensors for the pocket model, config.json, training.json.
# With the records and the compilation cache these are seven files, and eight come back.
# PYTHON (default python3) has PyTorch.
set -euo pipefail
base=$1 out=$2
"${PYTHON:-python3}" -m training.quantise "$base/run" "$base/weights"
cp "$base"/weights/weights-*.safetensors "$base"/weights/{config,training}.json "$out/"
# The records say for themselves which steps they belong to.
cp "$base"/weights/{config,training}.json "$base/records/"
