#!/bin/sh
# make.sh BULLA: makes the keys, certificates and messages of the post-quantum tests, with OpenSSL 3.5 or later and a
# bulla over it. Run in this folder; the results are committed, so that a system without the algorithms can be asked for
# them.
set -eu
bulla=${1:?usage: make.sh BULLA}

openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out root.key
openssl req -x509 -new -key root.key -days 36500 -subj "/CN=Post-quantum root" \
  -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,cRLSign -out root.crt

person() { # name, algorithm, key usage
  openssl genpkey -quiet -algorithm "$2" -out "$1.key"
  openssl pkey -in "$1.key" -pubout -out "$1.pub"
  printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,%s\nextendedKeyUsage=emailProtection\n' "$3" >"$1.ext"
  printf 'subjectAltName=email:%s@example.com\nsubjectKeyIdentifier=hash\n' "$1" >>"$1.ext"
  openssl req -new -key root.key -subj "/CN=$1" | openssl x509 -req -force_pubkey "$1.pub" -CA root.crt \
    -CAkey root.key -days 36500 -extfile "$1.ext" -out "$1.crt"
  cat "$1.key" "$1.crt" >"$1.pem"
  rm "$1.key" "$1.pub" "$1.ext"
}
person signer ML-DSA-65 digitalSignature
person recipient ML-KEM-768 keyEncipherment
rm root.key

printf 'From: signer@example.com\r\nTo: recipient@example.com\r\nSubject: Tomorrow\r\n\r\nStill closed.\r\n' >letter.eml
"$bulla" sign -i signer.pem letter.eml -o signed.eml
"$bulla" seal -i signer.pem -r recipient.crt letter.eml -o sealed.eml
