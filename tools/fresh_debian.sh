#!/bin/sh
# fresh_debian.sh [--deps|--built] SUITE [COMMAND...]: runs a command (./check) in a fresh minimal Debian that holds the
# committed tree.
#
#   tools/fresh_debian.sh bookworm ./demo
#   tools/fresh_debian.sh --deps trixie ./check
#   tools/fresh_debian.sh --built trixie ctest --test-dir build/release
#
# The mirror is the one that this machine's apt uses for Debian. The minimal system is made once and kept in
# ${XDG_CACHE_HOME:-~/.cache}/bulla; the command runs in a copy that is removed afterwards (KEEP=1 keeps it). Packages
# that the command downloads and what ccache remembers are kept too. The reference corpora ($BULLA_SHARED, or ../shared)
# stand there, and cannot be written. With --deps the packages of tools/install_deps.sh are there already: they are
# installed once, and again when that script changes. With --built there is nothing to build with: this tree stands there
# under its own path, with what was built in it, and meets the libraries of that Debian. Needs root, debootstrap, and a
# mirror; without them it exits with 77 or 69.
set -eu
group=
built=
option=${1-}
case $option in
  --deps) group=deps; shift ;;
  --built) group=tests; built=yes; shift ;;
esac
suite=${1:?usage: fresh_debian.sh [--deps|--built] SUITE [COMMAND...]}
shift
[ $# -gt 0 ] || set -- ./check
root=$(cd "$(dirname "$0")/.." && pwd)

if [ "$(id -u)" != 0 ]; then
  echo 'fresh_debian: needs root: chroot and mount' >&2
  exit 77
fi
# What is mounted is seen by this process and its children alone, and goes with them, however they end.
if [ -z "${FRESH_DEBIAN_MOUNTS-}" ]; then
  unshare --mount true 2>/dev/null || { echo 'fresh_debian: nothing can be mounted here' >&2; exit 77; }
  FRESH_DEBIAN_MOUNTS=own exec unshare --mount "$0" ${group:+$option} "$suite" "$@"
fi
if ! command -v debootstrap >/dev/null; then
  echo 'fresh_debian: debootstrap is missing; tools/install_deps.sh --dev' >&2
  exit 69
fi
find_mirror() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Identifier: Packages' |
    sed -n 's/^Debian Debian //p' | head -n 1
}
mirror=$(find_mirror)
# What apt has not fetched yet has no origin.
[ -n "$mirror" ] || { apt-get -qq update >/dev/null 2>&1 && mirror=$(find_mirror); } || true
if [ -z "$mirror" ]; then
  echo 'fresh_debian: apt knows no Debian mirror' >&2
  exit 69
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/bulla
base=$cache/$suite
archives=$cache/$suite-archives
compiled=$cache/$suite-ccache
shared=${BULLA_SHARED:-$root/../shared}
mkdir -p "$archives" "$compiled"
if [ ! -e "$base/.complete" ]; then
  rm -rf "$base"
  # debootstrap knows a newer suite by the script of its predecessor.
  script=/usr/share/debootstrap/scripts/$suite
  [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
  debootstrap --variant=minbase "$suite" "$base" "$mirror" "$script" >"$cache/$suite.log" 2>&1 ||
    { tail -n 20 "$cache/$suite.log" >&2; echo "fresh_debian: no $suite from the mirror" >&2; exit 69; }
  touch "$base/.complete"
fi

# Made by this script itself, with KEEP_AS.
if [ -n "$group" ]; then
  key=$(cksum <"$root/tools/install_deps.sh")
  if [ "$(cat "$base-$group/.complete" 2>/dev/null)" != "$key" ]; then
    KEEP_AS="$base-$group" "$0" "$suite" tools/install_deps.sh ${built:+--tests} ||
      { echo "fresh_debian: no packages for $suite" >&2; exit 1; }
    echo "$key" >"$base-$group/.complete"
  fi
  base=$base-$group
fi

copy=$(mktemp -d "$cache/$suite-run.XXXXXX")
mounted=
finish() {
  code=$?
  for place in $mounted; do umount "$place" || exit 74; done
  if [ -n "${KEEP_AS-}" ] && [ $code = 0 ]; then
    rm -rf --one-file-system "$KEEP_AS"
    mv "$copy" "$KEEP_AS"
  elif [ -n "${KEEP-}" ]; then
    echo "kept in $copy"
  else
    rm -rf --one-file-system "$copy"
  fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM
cp -a --reflink=auto "$base/." "$copy"

# How this machine reaches the mirror: proxies, and the names that it resolves.
apt-config dump | grep -E '^Acquire::(http|https)::Proxy' >"$copy/etc/apt/apt.conf.d/90mirror" || true
cp /etc/resolv.conf /etc/hosts "$copy/etc/"
rm -rf "$copy/src"
mkdir -p "$copy/src" "$copy/shared" "$copy/root/.cache/ccache"

# bind FOLDER PLACE: shows a folder of this machine inside.
bind() {
  mount --bind "$1" "$copy/$2"
  mounted="$copy/$2 $mounted"
}
where=/src
if [ -n "$built" ]; then
  where=$root
  mkdir -p "$copy$root"
  bind "$root" "${root#/}"
  # The tests call Python by the path that it was found at.
  python=$(sed -n "s/^_Python3_EXECUTABLE:[A-Z]*=//p" "$root"/build/*/CMakeCache.txt | head -n 1)
  [ -e "$copy$python" ] || { mkdir -p "$copy$(dirname "$python")" && ln -s /usr/bin/python3 "$copy$python"; }
else
  git -C "$root" archive HEAD | tar -x -C "$copy/src"
fi
mount -t proc proc "$copy/proc"
mounted="$copy/proc $mounted"
# Terminals, for the tests of passphrases.
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$copy/dev/pts"
mounted="$copy/dev/pts $mounted"
ln -sf pts/ptmx "$copy/dev/ptmx"
bind "$archives" var/cache/apt/archives
bind "$compiled" root/.cache/ccache
if [ -d "$shared" ]; then
  seen=shared
  [ -z "$built" ] || seen=$(cd "$shared" && pwd) && seen=${seen#/}
  mkdir -p "$copy/$seen"
  bind "$shared" "$seen"
  mount -o remount,bind,ro "$copy/$seen"
fi
# Without this, a minimal system deletes what it has downloaded.
rm -f "$copy/etc/apt/apt.conf.d/docker-clean"
echo 'APT::Keep-Downloaded-Packages "true";' >"$copy/etc/apt/apt.conf.d/91keep"

echo "== $suite: $*"
# shellcheck disable=SC2016  # expanded inside
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  chroot "$copy" /bin/sh -c 'cd "$0" && exec "$@"' "$where" "$@" </dev/null
