#!/bin/sh
# peers.sh [--size MIB] [--rounds N] [--only REGEX] [--peers REGEX] [--build FOLDER] [--bulla PROGRAM] [--trixie TREE]
#          [--work FOLDER] [--results FILE]
#
# Bulla, openssl cms (this Debian's, and Debian 13's where a tree is found), gpgsm, cmsutil, Bouncy Castle and the floor
# on the same inputs, in turn; prints the table of CPU time, wall time, peak memory and ratios, and keeps it in
# bench/results. What is not installed is left out and named. See bench/README.md.
set -eu
cd "$(dirname "$0")/.."
case " $* " in
  *' --build '*) ;;
  *) cmake --preset bench >/dev/null
    cmake --build --preset bench --target bulla-cli bulla_floor bench_measure >build/bench.log 2>&1 || {
      tail -n 40 build/bench.log
      exit 1
    }
    set -- --build build/bench "$@" ;;
esac
exec python3 -B bench/peers.py "$@"
