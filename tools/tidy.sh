#!/bin/sh
# tidy.sh [FILE...]: runs clang-tidy over the sources (or over these), with the flags that clang++ gets (build/tidy).
set -eu
cd "$(dirname "$0")/.."
cmake -S . -B build/tidy -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang \
  -DBUILD_TESTING=OFF >/dev/null
if [ $# -gt 0 ]; then
  printf '%s\0' "$@"
else
  find src -name '*.cc' -print0
fi | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p build/tidy --quiet
echo 'tidy: passed'
