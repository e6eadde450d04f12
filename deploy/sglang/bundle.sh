#!/usr/bin/env bash
# Packs SGLang for a GPU host without network, for the programs of benchmarks/sglang:
#
#   bundle.sh FOLDER [PART_BYTES]     writes FOLDER/site.tar.xz.NN and FOLDER/SHA256SUMS
#
# The host brings Python 3.12, PyTorch 2.11 with CUDA 13 and what PyTorch's usual images have
# (NumPy, aiohttp, uvloop, ...); x86-64, Hopper. About 34 MB and ten minutes. What is left out:
#   - FlashAttention-3, FlashMLA, InfLLM and Blackwell kernels: use --attention-backend triton
#   - FlashInfer's CUTLASS headers, for its kernels compiled at use: --sampling-backend pytorch
#   - cuDNN's Python front end, which FlashInfer does without
#   - SGLang's servers in Rust (HTTP, gRPC, images), image generation, evaluation, tests
# FROM=FOLDER packs wheels that were unpacked there before.
set -euo pipefail
out=${1:?usage: bundle.sh FOLDER [PART_BYTES]} part=${2:-18000000}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -n "${FROM:-}" ]; then
  cp -al "$FROM" "$work/site" 2>/dev/null || cp -a "$FROM" "$work/site"
else
  mkdir -p "$work/wheels" "$work/kernel" "$work/site"
  platforms=(--platform manylinux2014_x86_64 --platform manylinux1_x86_64)
  for n in 39 38 37 36 35 34 31 28 27 26 24 17; do platforms+=(--platform "manylinux_2_${n}_x86_64"); done
  get() {
    python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.12 \
      --implementation cp --abi cp312 --abi abi3 --abi none "${platforms[@]}" "$@"
  }
  get -d "$work/wheels" -r "$(dirname "$0")/bundle.txt"
  get --abi cp310 -d "$work/kernel" sglang-kernel==0.4.5
  for wheel in "$work"/wheels/*.whl "$work"/kernel/*.whl; do unzip -qo "$wheel" -d "$work/site"; done
fi
cd "$work/site"
rm -rf sgl_kernel/flash_ops*.so sgl_kernel/flashmla_ops*.so sgl_kernel/infllm_ops*.so sgl_kernel/sm100 \
  sglang/srt/server/_core*.so sglang/srt/grpc/_core*.so sglang/srt/multimodal/_core*.so \
  sglang/test sglang/eval sglang/multimodal_gen \
  flashinfer/data/cutlass flashinfer/data/spdlog flashinfer/data/cccl xgrammar/lib/*.a jedi/third_party \
  cudnn include nvidia_cudnn_frontend-*.dist-info tvm_ffi/3rdparty \
  compressed_tensors/transform/utils/hadamards.safetensors
# Others are needed: packages find their libraries by them.
rm -f sglang-*.dist-info/RECORD flashinfer*.dist-info/RECORD transformers-*.dist-info/RECORD \
  jedi-*.dist-info/RECORD openai-*.dist-info/RECORD
find . -name __pycache__ -prune -exec rm -rf {} +
if [ -z "${FROM:-}" ]; then
  find . -name '*.so' -size +500k -exec strip --strip-unneeded {} \; 2>/dev/null || true
fi
tar c --sort=name --owner=0 --group=0 . | xz -9e >"$work/site.tar.xz"
rm -f "$out"/site.tar.xz.*
split -b "$part" -d "$work/site.tar.xz" "$out/site.tar.xz."
cd "$out"
sha256sum site.tar.xz.* >SHA256SUMS
ls -l "$out"
