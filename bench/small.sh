#!/bin/sh
# small.sh [--rounds N] [--only REGEX] [--build FOLDER] [--trixie TREE] [--mails FOLDER] [--work FOLDER] [--results FILE]
#
# Small mails inside one process, beside libcrypto's CMS and the primitives alone, with this Debian's libcrypto and with
# Debian 13's where a tree is found; MIME beside GMime; the start of whole processes. Prints the table and keeps it in
# bench/results. See bench/README.md.
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
exec python3 -B bench/small.py "$@"
