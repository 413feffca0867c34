#!/bin/sh
# growth.sh [--size MIB] [--only REGEX] [--build FOLDER] [--bulla PROGRAM] [--work FOLDER] [--results FILE]
#
# How the cost of a message grows with its size, its parts and its recipients, and what memory the largest takes, from
# files and from pipes. Kept in bench/results. Needs some three times --size of disk. See bench/README.md.
set -eu
cd "$(dirname "$0")/.."
case " $* " in
  *' --build '*) ;;
  *) cmake --preset bench >/dev/null
    cmake --build --preset bench --target bulla-cli bulla_bench bench_measure >build/bench.log 2>&1 || {
      tail -n 40 build/bench.log
      exit 1
    }
    set -- --build build/bench "$@" ;;
esac
exec python3 -B bench/growth.py "$@"
