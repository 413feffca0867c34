#!/bin/sh
# check_symbols.sh FILE...: checks what the objects and programs import.
#
# libcrypto gives primitives and path validation. Its CMS, PKCS #7 and S/MIME functions and its base64 BIO
# are never called, nor is a shell. Programs are linked with the libraries that DESIGN names and no other.
# Programs and shared libraries are hardened: position-independent, no lazy binding, no executable stack.
# The names are looked for among undefined symbols alone, unmangled, so that bulla::cms:: cannot be meant.
set -eu
forbidden='(CMS_|PKCS7_|SMIME_|(d2i|i2d)_(CMS|PKCS7)|PEM_(read|write)(_bio)?_(CMS|PKCS7))[A-Za-z0-9_]*|BIO_f_base64|BIO_new_CMS|BIO_new_PKCS7|system|popen|execl|execlp|execle|execv|execvp|execvpe|tmpnam|mktemp|gets'
allowed='lib(crypto|z|hwy|fmt|stdc\+\+|gcc_s|m|c|bulla|asan|ubsan|tsan|gcov|sqlite3|pthread)\.so|ld-linux|linux-vdso'
failed=0
for file in "$@"; do
  imports=$( (nm -u "$file" 2>/dev/null; nm -D -u "$file" 2>/dev/null || true) |
    sed -n 's/^ *[Uw] \([^@ ]*\).*/\1/p' | sort -u)
  if [ -z "$imports" ]; then
    echo "$file: no imports found; nm cannot read it"
    failed=1
  fi
  bad=$(printf '%s\n' "$imports" | grep -xE "$forbidden" || true)
  if [ -n "$bad" ]; then
    printf '%s: calls\n%s\n' "$file" "$bad"
    failed=1
  fi
  needed=$(readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep -vE "^($allowed)" || true)
  if [ -n "$needed" ]; then
    printf '%s: is linked with\n%s\n' "$file" "$needed"
    failed=1
  fi
  case $file in *.a | *.o) continue ;; esac
  readelf -hW "$file" | grep -q 'Type: *DYN' || { echo "$file: is not position-independent"; failed=1; }
  readelf -dW "$file" | grep -qE 'BIND_NOW|FLAGS.*NOW' || { echo "$file: binds lazily"; failed=1; }
  readelf -lW "$file" | grep -q 'GNU_RELRO' || { echo "$file: has no RELRO segment"; failed=1; }
  readelf -lW "$file" | grep 'GNU_STACK' | grep -q 'RWE' && { echo "$file: has an executable stack"; failed=1; }
done
[ "$failed" = 0 ] && echo "symbols: $# files passed"
exit "$failed"
