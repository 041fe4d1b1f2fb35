#!/bin/sh
# Builds onnxruntime-node with CUDA and TensorRT on a Jetson with JetPack 6 (or in its container) and packs it.
# Needs git, cmake >= 3.28, a C++20 compiler, Node >= 20.19, CUDA, cuDNN and TensorRT of JetPack, and about 30 GB of disk.
# Usage: build-onnxruntime.sh <work folder> <output folder>
set -eu
ORT_TAG=v1.30.0
ORT_COMMIT=f2c39fe2f838cf35ce7da92824f5a5e3ee6e88a7
here=$(cd "$(dirname "$0")" && pwd)
work=${1:?work folder}
out=${2:?output folder}
# Each compiler takes up to 2 GB; a board with 8 GB and swap takes two.
jobs=${BUILD_JOBS:-2}

mkdir -p "$work" "$out"
if [ ! -d "$work/onnxruntime" ]; then
  git clone --depth 1 --recurse-submodules --shallow-submodules --branch "$ORT_TAG" \
    https://github.com/microsoft/onnxruntime "$work/onnxruntime"
fi
cd "$work/onnxruntime"
if [ "$(git rev-parse HEAD)" != "$ORT_COMMIT" ]; then
  echo "the source is not $ORT_TAG ($ORT_COMMIT): remove $work/onnxruntime and start again" >&2
  exit 1
fi
if ! git apply --reverse --check "$here/tensorrt-options.patch" 2>/dev/null; then
  git apply --check "$here/tensorrt-options.patch"
  git apply "$here/tensorrt-options.patch"
fi
# Every option that Fieldscout passes must be one of this tag's provider.
while read -r option; do
  if ! grep -qw "$option" include/onnxruntime/core/providers/tensorrt/tensorrt_provider_options.h; then
    echo "onnxruntime $ORT_TAG has no option $option" >&2
    exit 1
  fi
done < "$here/tensorrt-options.txt"

./build.sh --config Release --build_shared_lib --build_nodejs --skip_tests --parallel "$jobs" --allow_running_as_root \
  --use_cuda --cuda_home /usr/local/cuda --cudnn_home /usr/lib/aarch64-linux-gnu \
  --use_tensorrt --use_tensorrt_builtin_parser --tensorrt_home /usr/lib/aarch64-linux-gnu \
  --cmake_extra_defines CMAKE_CUDA_ARCHITECTURES=87
cd js/node
npm pack --pack-destination "$out"
