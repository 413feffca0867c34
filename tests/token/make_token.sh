#!/bin/sh
# make_token.sh FOLDER MODULE [NAME KEY CERTIFICATE]...: tokens of SoftHSM for tests, in FOLDER/tokens. Whoever uses
# them sets SOFTHSM2_CONF=FOLDER/softhsm2.conf.
#
#   lab     PIN 1234; each key with its certificate, by NAME and by a number as id: 01, 02, …
#   other   PIN 5678; nothing is in it
set -eu
folder=${1:?usage: make_token.sh FOLDER MODULE [NAME KEY CERTIFICATE]...}
module=${2:?}
shift 2
mkdir -p "$folder/tokens"
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$folder" >"$folder/softhsm2.conf"
SOFTHSM2_CONF=$folder/softhsm2.conf
export SOFTHSM2_CONF
softhsm2-util --init-token --free --label lab --pin 1234 --so-pin 0000 >"$folder/log"
softhsm2-util --init-token --free --label other --pin 5678 --so-pin 0000 >>"$folder/log"

number=0
while [ $# -ge 3 ]; do
  number=$((number + 1))
  openssl pkcs8 -topk8 -nocrypt -in "$2" -outform DER -out "$folder/key.der"
  openssl x509 -in "$3" -outform DER -out "$folder/crt.der"
  put="pkcs11-tool --module $module --token-label lab --login --pin 1234 --id 0$number --label $1"
  # Not softhsm2-util --import: its EC keys cannot be used for ECDH.
  $put --write-object "$folder/key.der" --type privkey --usage-sign --usage-decrypt --usage-derive >>"$folder/log" 2>&1
  $put --write-object "$folder/crt.der" --type cert >>"$folder/log" 2>&1
  rm "$folder/key.der" "$folder/crt.der"
  shift 3
done
