#!/bin/sh
# tidy.sh [FILE...]: runs clang-tidy over the sources (or over these) with the compile commands of build/dev.
set -eu
cd "$(dirname "$0")/.."
[ -e build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
if [ $# -gt 0 ]; then
  printf '%s\0' "$@"
else
  find src -name '*.cc' -print0
fi | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p build/dev --quiet
echo 'tidy: passed'
