#!/bin/sh
# fresh_debian.sh SUITE [COMMAND...]: runs a command (./check) in a fresh minimal Debian that holds the committed tree.
#
#   tools/fresh_debian.sh bookworm ./demo
#   tools/fresh_debian.sh trixie ./check
#
# The mirror is the one that this machine's apt uses for Debian. The minimal system is made once and kept in
# ${XDG_CACHE_HOME:-~/.cache}/bulla; the command runs in a copy that is removed afterwards (KEEP=1 keeps it). Packages
# that the command downloads are kept too. Needs root and debootstrap.
set -eu
suite=${1:?usage: fresh_debian.sh SUITE [COMMAND...]}
shift
[ $# -gt 0 ] || set -- ./check
root=$(cd "$(dirname "$0")/.." && pwd)

if [ "$(id -u)" != 0 ]; then
  echo 'fresh_debian: needs root: chroot and mount' >&2
  exit 77
fi
if ! command -v debootstrap >/dev/null; then
  echo 'fresh_debian: debootstrap is missing; tools/install_deps.sh --dev' >&2
  exit 69
fi
# shellcheck disable=SC2016  # apt's own placeholders
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Identifier: Packages' |
  sed -n 's/^Debian Debian //p' | head -n 1)
if [ -z "$mirror" ]; then
  echo 'fresh_debian: apt knows no Debian mirror; run apt-get update' >&2
  exit 69
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/bulla
base=$cache/$suite
archives=$cache/$suite-archives
mkdir -p "$archives"
if [ ! -e "$base/.complete" ]; then
  rm -rf "$base"
  # debootstrap knows a newer suite by the script of its predecessor.
  script=/usr/share/debootstrap/scripts/$suite
  [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
  debootstrap --variant=minbase "$suite" "$base" "$mirror" "$script" >"$cache/$suite.log" 2>&1 ||
    { tail -n 20 "$cache/$suite.log"; exit 1; }
  touch "$base/.complete"
fi

copy=$(mktemp -d "$cache/$suite-run.XXXXXX")
mounted=
finish() {
  code=$?
  for place in $mounted; do umount "$place" || exit 74; done
  if [ -n "${KEEP-}" ]; then
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
mkdir -p "$copy/src" "$copy/root/.ccache"
git -C "$root" archive HEAD | tar -x -C "$copy/src"

mount -t proc proc "$copy/proc"
mounted=$copy/proc
mount --bind "$archives" "$copy/var/cache/apt/archives"
mounted="$copy/var/cache/apt/archives $mounted"
# Without this, a minimal system deletes what it has downloaded.
rm -f "$copy/etc/apt/apt.conf.d/docker-clean"
echo 'APT::Keep-Downloaded-Packages "true";' >"$copy/etc/apt/apt.conf.d/91keep"

echo "== $suite: $*"
# shellcheck disable=SC2016  # expanded inside
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  BULLA_SHARED="${BULLA_SHARED-}" \
  chroot "$copy" /bin/sh -c 'cd /src && exec "$@"' sh "$@" </dev/null
