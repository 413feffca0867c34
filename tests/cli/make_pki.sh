#!/bin/sh
# make_pki.sh FOLDER: the throw-away PKI of the transcripts, made once a build.
#
#   root.crt, intermediate.crt   the CA; people's certificates come from the intermediate
#   NAME.pem, NAME.crt, NAME.key alice (RSA), bob (EC P-256), carol (RSA), ed (Ed25519):
#                                identity with chain; certificate; bare key
#   tsa.pem, tsa.crt             for timestamps alone
#   alice.p12, locked.pem        alice, under the passphrase "sesame"
#   mismatch.pem                 bob's key with alice's certificate
#   mallory.pem, mallory.crt     says alice@example.com under a CA of her own
set -eu
folder=${1:?usage: make_pki.sh FOLDER}
umask 077
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"

cat >pki.cnf <<END
[req]
distinguished_name = name
prompt = no
[name]
CN = \${ENV::PKI_NAME}
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = critical,CA:false
keyUsage = critical,\${ENV::PKI_USAGE}
extendedKeyUsage = emailProtection
subjectAltName = email:\${ENV::PKI_ADDRESS}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamps]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
export PKI_NAME=x PKI_ADDRESS=x@example.com PKI_USAGE=digitalSignature

# root NAME: a self-signed CA.
root() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
  PKI_NAME="Test $1" openssl req -new -x509 -config pki.cnf -extensions ca -key "$1.key" -days 3650 -out "$1.crt"
}

# issue NAME ISSUER EXTENSIONS SERIAL: a certificate for NAME.key.
issue() {
  openssl req -new -config pki.cnf -key "$1.key" |
    openssl x509 -req -CA "$2.crt" -CAkey "$2.key" -set_serial "$4" -days 3000 -sha256 \
      -extfile pki.cnf -extensions "$3" -out "$1.crt" 2>/dev/null
}

# person NAME ADDRESS USAGE SERIAL ISSUER KEY-OPTION...
person() {
  name=$1 serial=$4 issuer=$5
  PKI_NAME=$1 PKI_ADDRESS=$2 PKI_USAGE=$3
  shift 5
  openssl genpkey "$@" -out "$name.key" 2>/dev/null
  issue "$name" "$issuer" person "$serial"
  cat "$name.key" "$name.crt" "$issuer.crt" >"$name.pem"
}

root root
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out intermediate.key 2>/dev/null
PKI_NAME='Test intermediate'
issue intermediate root ca 2

person alice alice@example.com digitalSignature,keyEncipherment 16 intermediate \
  -algorithm RSA -pkeyopt rsa_keygen_bits:2048
person bob bob@example.com digitalSignature,keyAgreement 17 intermediate \
  -algorithm EC -pkeyopt ec_paramgen_curve:P-256
person carol carol@example.com digitalSignature,keyEncipherment 18 intermediate \
  -algorithm RSA -pkeyopt rsa_keygen_bits:2048
person ed ed@example.com digitalSignature 19 intermediate -algorithm ED25519

PKI_NAME=tsa
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tsa.key 2>/dev/null
issue tsa intermediate stamps 20
cat tsa.key tsa.crt intermediate.crt >tsa.pem

root other
person mallory alice@example.com digitalSignature,keyEncipherment 16 other \
  -algorithm RSA -pkeyopt rsa_keygen_bits:2048

openssl pkcs12 -export -in alice.crt -inkey alice.key -certfile intermediate.crt -passout pass:sesame -out alice.p12
openssl pkcs8 -topk8 -in alice.key -passout pass:sesame -out locked.key
cat locked.key alice.crt intermediate.crt >locked.pem
cat bob.key alice.crt >mismatch.pem
printf 'sesame\n' >sesame
printf 'wrong\n' >wrong
printf '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' >kek

cat >letter.eml <<END
From: Alice <alice@example.com>
To: Bob <bob@example.com>
Subject: The harbour plan
Date: $(LC_ALL=C date -R)
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear Bob,

the ship leaves at dawn. Grüße!
END
rm pki.cnf
