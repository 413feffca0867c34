#!/bin/sh
# Makes the messages of tests/message/attack_test.cc that bulla itself would not write:
# alice signs an entity with fields, or line ends, of her choice.
set -eu
cd "$(dirname "$0")"
people=../x509

# name: From outside, entity inside
sign() {
  {
    printf 'From: alice@example.org\r\nTo: ec@example.org\r\nSubject: Plan\r\n'
    printf 'MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\n'
    printf 'Content-Transfer-Encoding: base64\r\n\r\n'
    printf "$2" | openssl cms -sign -binary -nodetach -md sha256 -nosmimecap \
      -signer "$people/alice.pem" -inkey "$people/alice.key.pem" \
      -certfile "$people/intermediate.pem" -outform DER | base64 | sed 's/$/\r/'
  } >"$1.eml"
}

sign older_scheme 'From: ec@example.org\r\nSubject: Other plan\r\nContent-Type: text/plain; protected-headers="v1"\r\n\r\nHello Bob\r\n'
sign lone_cr_inside 'Content-Type: text/plain; x="\rFrom: ec@example.org"\r\n\r\nHello Bob\r\n'
