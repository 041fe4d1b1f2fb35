#!/bin/sh
# Builds onnxruntime-node with CUDA and TensorRT on a Jetson with JetPack 6 (or in its container) and packs it.
# Needs git, cmake >= 3.28, a C++17 compiler, Node >= 20.19, CUDA, cuDNN and TensorRT of JetPack, and about 30 GB of disk.
# Usage: build-onnxruntime.sh <work folder> <output folder>
set -eu
ORT_TAG=v1.21.0
ORT_COMMIT=e0b66cad282043d4377cea5269083f17771b6dfc
EIGEN_COMMIT=1d8b82b0740839c0de7f1242a3585e3390ff5f33
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?work folder}" "${2:?output folder}"
work=$(cd "$1" && pwd)
out=$(cd "$2" && pwd)
# Each compiler takes up to 2 GB; a board with 8 GB and swap takes two.
jobs=${BUILD_JOBS:-2}

if [ ! -d "$work/onnxruntime" ]; then
  git clone --depth 1 --recurse-submodules --shallow-submodules --branch "$ORT_TAG" \
    https://github.com/microsoft/onnxruntime "$work/onnxruntime"
fi
cd "$work/onnxruntime"
if [ "$(git rev-parse HEAD)" != "$ORT_COMMIT" ]; then
  echo "the source is not $ORT_TAG ($ORT_COMMIT): remove $work/onnxruntime and start again" >&2
  exit 1
fi
for patch in "$here"/*.patch; do
  if ! git apply --reverse --check "$patch" 2>/dev/null; then
    git apply --check "$patch"
    git apply "$patch"
  fi
done
# Every option that Fieldscout passes must be one of this tag's provider.
while read -r option; do
  if ! grep -qw "$option" include/onnxruntime/core/providers/tensorrt/tensorrt_provider_options.h; then
    echo "onnxruntime $ORT_TAG has no option $option" >&2
    exit 1
  fi
done < "$here/tensorrt-options.txt"

# The tag takes Eigen as a zip that GitLab packs anew, so that its SHA-1 does not stay: the commit does.
if ! grep -q "^eigen;.*$EIGEN_COMMIT" cmake/deps.txt; then
  echo "onnxruntime $ORT_TAG takes another commit of Eigen than $EIGEN_COMMIT" >&2
  exit 1
fi
if [ "$(git -C "$work/eigen" rev-parse HEAD 2>/dev/null)" != "$EIGEN_COMMIT" ]; then
  rm -rf "$work/eigen"
  git init -q "$work/eigen"
  git -C "$work/eigen" fetch -q --depth 1 https://gitlab.com/libeigen/eigen.git "$EIGEN_COMMIT"
  git -C "$work/eigen" checkout -q "$EIGEN_COMMIT"
fi

./build.sh --config Release --build_shared_lib --build_nodejs --skip_tests --parallel "$jobs" --allow_running_as_root \
  --use_cuda --cuda_home /usr/local/cuda --cudnn_home /usr/lib/aarch64-linux-gnu \
  --use_tensorrt --use_tensorrt_builtin_parser --tensorrt_home /usr/lib/aarch64-linux-gnu \
  --cmake_extra_defines CMAKE_CUDA_ARCHITECTURES=87 "FETCHCONTENT_SOURCE_DIR_EIGEN=$work/eigen"

# The build puts links to libonnxruntime.so beside the binding, which npm does not pack, and none of the providers' libraries.
cd js/node
bin=bin/napi-v3/linux/$(node -p process.arch)
rm -f "$bin"/libonnxruntime.so*
cp -L ../../build/Linux/Release/libonnxruntime.so.1 "$bin/"
for provider in shared cuda tensorrt; do
  cp "../../build/Linux/Release/libonnxruntime_providers_$provider.so" "$bin/"
done
node -e 'console.log(require(".").listSupportedBackends().map(({ name }) => name).join(" "))'
npm pack --pack-destination "$out"
