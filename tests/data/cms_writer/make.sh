#!/bin/sh
# Makes the keys and certificates of the CMS writer's tests: NAME.key.pem, NAME.pem.
# Run in this folder; the files are committed with it.
set -eu

san='subjectAltName=email:writer@example.org'
sign='keyUsage=critical,digitalSignature'
transport='keyUsage=critical,keyEncipherment'
agreement='keyUsage=critical,keyAgreement'

new_key() {  # NAME ALGORITHM [OPTION...]
  name=$1 algorithm=$2
  shift 2
  openssl genpkey -quiet -algorithm "$algorithm" "$@" -out "$name.key.pem" 2>/dev/null ||
    openssl genpkey -algorithm "$algorithm" "$@" -out "$name.key.pem"
}

ca() {  # NAME ISSUER
  new_key "$1" EC -pkeyopt ec_paramgen_curve:P-256
  printf '%s\n' 'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' \
    'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' > ext.cnf
  openssl req -new -key "$1.key.pem" -subj "/O=Writer Tests/CN=$1" -out req.pem
  if [ "$2" = "$1" ]; then set -- "$1" "-signkey $1.key.pem"; else
    set -- "$1" "-CA $2.pem -CAkey $2.key.pem"; fi
  # shellcheck disable=SC2086
  openssl x509 -req -in req.pem $2 -days 36500 -extfile ext.cnf -out "$1.pem"
}

leaf() {  # NAME EXTENSION...
  name=$1
  shift
  printf '%s\n' "$san" 'authorityKeyIdentifier=keyid' "$@" > ext.cnf
  openssl pkey -in "$name.key.pem" -pubout -out pub.pem
  openssl req -new -key intermediate.key.pem -subj "/O=Writer Tests/CN=$name" -out req.pem
  openssl x509 -req -in req.pem -force_pubkey pub.pem -CA intermediate.pem \
    -CAkey intermediate.key.pem -days 36500 -extfile ext.cnf -out "$name.pem"
}

ski='subjectKeyIdentifier=hash'
ca root root
ca intermediate root

new_key rsa RSA -pkeyopt rsa_keygen_bits:2048
leaf rsa $ski 'keyUsage=critical,digitalSignature,keyEncipherment'
cp rsa.key.pem rsa_sign_only.key.pem
leaf rsa_sign_only $ski $sign
cp rsa.key.pem rsa_encrypt_only.key.pem
leaf rsa_encrypt_only 'subjectKeyIdentifier=none' $transport
rm rsa_sign_only.key.pem rsa_encrypt_only.key.pem
new_key pss RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 \
  -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48
leaf pss $ski $sign
for bits in 256 384 521; do
  new_key "p$bits" EC -pkeyopt "ec_paramgen_curve:P-$bits"
  leaf "p$bits" $ski 'keyUsage=critical,digitalSignature,keyAgreement'
done
cp p256.key.pem p256_sign_only.key.pem
leaf p256_sign_only $ski $sign
rm p256_sign_only.key.pem
for algorithm in ed25519 ed448; do
  new_key "$algorithm" "$algorithm"
  leaf "$algorithm" $ski $sign
done
for algorithm in x25519 x448; do
  new_key "$algorithm" "$algorithm"
  leaf "$algorithm" $ski $agreement
done

cat > ca.cnf <<END
[ca]
default_ca = here
[here]
database = index.txt
crlnumber = number.txt
default_md = sha256
default_crl_days = 36500
END
: > index.txt
echo 01 > number.txt
openssl ca -config ca.cnf -gencrl -keyfile root.key.pem -cert root.pem -out root.crl.pem
rm -f ext.cnf req.pem pub.pem ca.cnf index.txt* number.txt* ./*.srl root.key.pem intermediate.key.pem
