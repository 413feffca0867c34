#!/bin/sh
# Runs shellcheck over every shell script of the project; its style notes are not errors.
set -eu
cd "$(dirname "$0")/.."
scripts=$(grep -rlE '^#!/(usr/bin/env )?(bin/)?(ba|da)?sh' check demo .ci bench tools tests examples packaging 2>/dev/null |
  sort)
# shellcheck disable=SC2086  # the names have no blanks
shellcheck --severity=warning $scripts
echo "scripts: $(echo "$scripts" | wc -l) passed"
