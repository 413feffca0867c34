#!/bin/sh
# demo_pki.sh FOLDER [rsa|ec]: makes a throw-away PKI for examples and tests in FOLDER.
#
#   root.crt                       the root (key: root.key)
#   alice.pem, alice.crt           alice@example.com: key, certificate; certificate
#   bob.pem, bob.crt               bob@example.com
#   carol.pem, carol.crt           carol@example.com
#
# The keys are not protected, and the certificates are valid for ten years: never use them for mail.
set -eu
folder=${1:?usage: demo_pki.sh FOLDER [rsa|ec]}
case ${2-rsa} in
  rsa) key='-algorithm RSA -pkeyopt rsa_keygen_bits:2048' usage='digitalSignature,keyEncipherment' ;;
  ec) key='-algorithm EC -pkeyopt ec_paramgen_curve:P-256' usage='digitalSignature,keyAgreement' ;;
  *) echo 'usage: demo_pki.sh FOLDER [rsa|ec]' >&2
    exit 64 ;;
esac
umask 077
mkdir -p "$folder"
cd "$folder"

cat >demo.cnf <<END
[req]
distinguished_name = name
prompt = no
[name]
O = Bulla demonstration
CN = \${ENV::DEMO_NAME}
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = critical,CA:false
keyUsage = critical,$usage
extendedKeyUsage = emailProtection
subjectAltName = email:\${ENV::DEMO_ADDRESS}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

new_key() {
  # shellcheck disable=SC2086  # options
  openssl genpkey $key -out "$1" 2>/dev/null
}

export DEMO_NAME='Demo Root' DEMO_ADDRESS='root@example.com'
new_key root.key
openssl req -new -x509 -config demo.cnf -extensions root -key root.key -sha256 -days 3650 -out root.crt

serial=1000
for person in alice bob carol; do
  serial=$((serial + 1))
  initial=$(printf %.1s "$person" | tr '[:lower:]' '[:upper:]')
  DEMO_NAME="$initial${person#?} Example"
  DEMO_ADDRESS="$person@example.com"
  new_key "$person.key"
  openssl req -new -config demo.cnf -key "$person.key" -sha256 |
    openssl x509 -req -CA root.crt -CAkey root.key -set_serial "$serial" -days 3650 -sha256 \
      -extfile demo.cnf -extensions person -out "$person.crt" 2>/dev/null
  cat "$person.key" "$person.crt" >"$person.pem"
  rm "$person.key"
done
rm demo.cnf
