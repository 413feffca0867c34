#!/bin/sh
# count.sh [--write] [--again]: counts the instructions of fixed operations and compares them with
# bench/instruction_counts.tsv. See bench/count.py.
set -eu
cd "$(dirname "$0")/.."
cmake --preset bench >/dev/null
mkdir -p build
cmake --build --preset bench --target bulla_count >build/bench.log 2>&1 || {
  tail -n 40 build/bench.log
  exit 1
}
exec python3 -B bench/count.py --program build/bench/bin/bulla_count --data tests/data/x509 \
  --compiler "$(cat build/bench/bench/compiler)" "$@"
