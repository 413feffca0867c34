#!/bin/sh
# Makes messages as old and regional programs write them, with OpenSSL and its legacy
# provider, for the keys of ../cms. Run in this folder; the results are committed, since
# content keys differ from run to run.
set -eu

content=../cms/content.txt
encrypt() { # output, options…
  output=$1
  shift
  openssl cms -encrypt -binary -in $content -outform DER -out "$output" \
    -provider legacy -provider default "$@" ../cms/rsa.pem
}
encrypt rc2_40.p7m -rc2-40-cbc
encrypt rc2_64.p7m -rc2-64-cbc
encrypt rc2_128.p7m -rc2-cbc
encrypt des.p7m -des-cbc
encrypt seed.p7m -seed-cbc
encrypt camellia_128.p7m -camellia-128-cbc
encrypt camellia_192.p7m -camellia-192-cbc
encrypt camellia_256.p7m -camellia-256-cbc

key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
openssl cms -EncryptedData_encrypt -aes256 -secretkey $key -binary -in $content -outform DER \
  -out encrypted.p7m
