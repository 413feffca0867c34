#!/bin/sh
# install_deps.sh [--dev] [--interop] [--bench] | --tests: installs the Debian packages (12 and 13) that bulla is built from and
# tested with.
#
#   (always)   compiler, libraries, test framework, manual page writer
#   --dev      clang, sanitizer run times, static analysis, valgrind
#   --interop  other S/MIME programs, for tests/interop
#   --bench    what bench/ measures with (the other S/MIME programs: --interop)
#   --tests    instead of all that: what the tests of a finished build need
#
# As root it installs what is missing and asks nothing; when nothing is missing it does not touch the network. As a
# user it only says what is missing (exit 1).
set -eu

packages='g++ cmake ninja-build pkg-config libssl-dev zlib1g-dev libexpected-dev libcli11-dev libtomlplusplus-dev libcurl4-openssl-dev
  libsqlite3-dev libpq-dev libldap-dev libunbound-dev libp11-kit-dev nlohmann-json3-dev libhwy-dev libgtest-dev scdoc ccache python3
  clang-format openssl'
# Split off from libssl in Debian 13; read by old PKCS #12 files and by --legacy.
optional='openssl-provider-legacy'

for group in "$@"; do
  case $group in
    --dev) packages="$packages clang clang-tidy valgrind shellcheck debootstrap git libbenchmark-dev postgresql slapd softhsm2 opensc"
      rt=$(apt-cache search --names-only '^libclang-rt-[0-9]+-dev$' | sort -V | sed -n 's/ .*//p')
      # The one that belongs to the suite's own clang.
      own=$(apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p' | head -n 1)
      case "$rt" in *"$own"*) packages="$packages $own" ;; esac ;;
    --interop) packages="$packages gpgsm gpg-agent libnss3-tools libbcmail-java default-jdk-headless" ;;
    --bench) packages="$packages libbenchmark-dev libgmime-3.0-dev valgrind" ;;
    --tests) packages='cmake python3 openssl curl sqlite3 libpq5 libunbound8' ;;
    *) echo "usage: install_deps.sh [--dev] [--interop] [--bench] | --tests" >&2
      exit 64 ;;
  esac
done

# Prints those of its arguments that are not installed.
missing() {
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
      installed) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# shellcheck disable=SC2086  # lists of names
need=$(missing $packages)
if [ -z "$need" ]; then
  exit 0
fi
if [ "$(id -u)" != 0 ]; then
  echo "missing packages: $need" >&2
  echo "install them with: sudo $0 $*" >&2
  exit 1
fi

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 \
    -o APT::Color=0 "$@" </dev/null
}
# A mirror may be in the middle of an update: once more before giving up.
twice() {
  "$@" || { sleep 10; "$@"; }
}

echo "installing: $need"
twice apt update
for package in $optional; do
  if [ -n "$(apt-cache madison "$package")" ]; then
    need="$need $(missing "$package")"
  fi
done
# shellcheck disable=SC2086
twice apt install $need >/dev/null
