#!/bin/sh
# Checks that every source file is as clang-format leaves it. `--fix` formats instead.
# Only clang-format 14 (Debian 12) counts: other versions lay a few lines out otherwise.
set -eu
cd "$(dirname "$0")/.."
find include src tests fuzz examples tools bench \( -name '*.cc' -o -name '*.h' \) -print0 |
  if [ "${1-}" = --fix ]; then
    xargs -0 clang-format -i
  else
    xargs -0 clang-format --dry-run -Werror
  fi
echo 'format: passed'
