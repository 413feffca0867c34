#!/bin/sh
# Makes the certificates, keys and lists of this folder with the openssl program
# (3.0 or later). All keys are test keys. The times are fixed; keys and signatures
# are new on each run.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
start=20260101000000Z
end=21260101000000Z

key() { # name algorithm [option…]
  name=$1; shift
  openssl genpkey -out "$name.key.pem" -algorithm "$@" 2>/dev/null
}

ca_config() { # issuer
  cat > "$work/$1.cnf" <<CONFIG
[ca]
default_ca = it
[it]
database = $work/$1.index
serial = $work/$1.serial
crlnumber = $work/$1.crlnumber
new_certs_dir = $work
default_md = sha256
policy = any
email_in_dn = yes
unique_subject = no
copy_extensions = none
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
CONFIG
  : > "$work/$1.index"
  echo "unique_subject = no" > "$work/$1.index.attr"
  echo "$2" > "$work/$1.serial"
  echo 01 > "$work/$1.crlnumber"
}

# name subject issuer start end key extensions…
certify() {
  name=$1; subject=$2; issuer=$3; from=$4; to=$5; keyfile=$6; shift 6
  printf '%s\n' "$@" > "$work/$name.ext"
  openssl req -new -utf8 -key "$keyfile" -subj "$subject" -out "$work/$name.csr"
  self=
  [ "$issuer" = "$name" ] && self=-selfsign
  [ -f "$work/$issuer.cnf" ] || ca_config "$issuer" 1000
  openssl ca -batch -notext -utf8 -preserveDN $self -config "$work/$issuer.cnf" -in "$work/$name.csr" \
    -cert "$issuer.pem" -keyfile "$issuer.key.pem" -startdate "$from" -enddate "$to" \
    -extfile "$work/$name.ext" -out "$name.pem" ${SIGOPT:-} 2> "$work/log" || { cat "$work/log"; exit 1; }
}

ca_ext='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'

leaf_ext='basicConstraints=CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid'
sign_ku='keyUsage=critical,digitalSignature,keyEncipherment'
mail='extendedKeyUsage=emailProtection'

key root RSA -pkeyopt rsa_keygen_bits:2048
key intermediate RSA -pkeyopt rsa_keygen_bits:2048
key alice RSA -pkeyopt rsa_keygen_bits:2048
key ec EC -pkeyopt ec_paramgen_curve:P-256
key ed25519 ED25519
key pss RSA-PSS -pkeyopt rsa_keygen_bits:2048
key short RSA -pkeyopt rsa_keygen_bits:1024
key other RSA -pkeyopt rsa_keygen_bits:2048

certify root "/C=DE/O=Bulla Test/CN=Root" root $start $end root.key.pem "$ca_ext"
certify other "/C=DE/O=Bulla Test/CN=Other Root" other $start $end other.key.pem "$ca_ext"
certify intermediate "/C=DE/O=Bulla Test/CN=Intermediate" root $start $end intermediate.key.pem \
  "basicConstraints=critical,CA:TRUE,pathlen:0" "keyUsage=critical,keyCertSign,cRLSign" \
  "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid"
certify alice "/O=Bulla Test/CN=Alice Lovelace" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "$mail" "subjectAltName=email:alice@example.org,email:Lovelace@example.org"
certify ec "/O=Bulla Test/CN=Ec" intermediate $start $end ec.key.pem \
  "$leaf_ext" "keyUsage=digitalSignature,keyAgreement" "$mail" "subjectAltName=email:ec@example.org"
certify ed25519 "/O=Bulla Test/CN=Ed25519" intermediate $start $end ed25519.key.pem \
  "$leaf_ext" "keyUsage=digitalSignature" "$mail" "subjectAltName=email:ed25519@example.org"
certify pss "/O=Bulla Test/CN=Pss" intermediate $start $end pss.key.pem \
  "$leaf_ext" "keyUsage=digitalSignature" "$mail" "subjectAltName=email:pss@example.org"
certify short "/O=Bulla Test/CN=Short" intermediate $start $end short.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:short@example.org"
certify expired "/O=Bulla Test/CN=Expired" intermediate 20200101000000Z 20210101000000Z alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:expired@example.org"
certify no_address "/O=Bulla Test/CN=No Address" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku"
certify subject_only "/O=Bulla Test/CN=Subject Only/emailAddress=subject@example.org" intermediate \
  $start $end alice.key.pem "$leaf_ext" "$sign_ku"
certify both_addresses "/O=Bulla Test/CN=Both/emailAddress=subject@example.org" intermediate \
  $start $end alice.key.pem "$leaf_ext" "$sign_ku" "subjectAltName=email:san@example.org"
certify utf8_mailbox "/O=Bulla Test/CN=Jürgen" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=@alternative" "[alternative]" \
  "otherName=1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8:jürgen@xn--bcher-kva.example"
certify web_only "/O=Bulla Test/CN=Web Only" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "extendedKeyUsage=serverAuth" "subjectAltName=email:web@example.org"
certify cannot_sign "/O=Bulla Test/CN=Cannot Sign" intermediate $start $end alice.key.pem \
  "$leaf_ext" "keyUsage=keyEncipherment" "$mail" "subjectAltName=email:cannot@example.org"
certify unknown_critical "/O=Bulla Test/CN=Critical" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "1.3.6.1.4.1.55555.1=critical,ASN1:NULL" "subjectAltName=email:critical@example.org"
certify revoked "/O=Bulla Test/CN=Revoked" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:revoked@example.org"
certify alice_encrypts "/O=Bulla Test/CN=Alice Encrypts" intermediate $start $end ec.key.pem \
  "$leaf_ext" "keyUsage=keyAgreement" "$mail" "subjectAltName=email:alice@example.org"
# For timestamps (RFC 3161 2.3), and a signer whose certificate ends soon.
certify tsa "/O=Bulla Test/CN=Time Stamping" intermediate $start $end ec.key.pem \
  "$leaf_ext" "keyUsage=critical,digitalSignature" "extendedKeyUsage=critical,timeStamping"
certify tsa_not_critical "/O=Bulla Test/CN=Time Stamping, not critical" intermediate $start $end ec.key.pem \
  "$leaf_ext" "keyUsage=critical,digitalSignature" "extendedKeyUsage=timeStamping"
certify brief "/O=Bulla Test/CN=Brief" intermediate $start 20260201000000Z alice.key.pem \
  "$leaf_ext" "$sign_ku" "$mail" "subjectAltName=email:alice@example.org"
# SMIMECapabilities as an extension (RFC 4262): aes-128-gcm, rc2 with 40 bits, CEK-HKDF-SHA256.
certify capable "/O=Bulla Test/CN=Capable" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "$mail" "subjectAltName=email:capable@example.org" \
  "1.2.840.113549.1.9.15=DER:302b300b0609608648016503040106300d06082a864886f70d0302020128300d060b2a864886f70d010910031f"
certify not_ca "/O=Bulla Test/CN=Below Alice" alice $start $end ec.key.pem \
  "$leaf_ext" "subjectAltName=email:below@example.org"

certify constrained "/C=DE/O=Bulla Test/CN=Constrained" root $start $end intermediate.key.pem \
  "$ca_ext" "nameConstraints=critical,permitted;email:example.org"
cp intermediate.key.pem constrained.key.pem
certify constrained_inside "/O=Bulla Test/CN=Inside" constrained $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:inside@example.org"
certify constrained_outside "/O=Bulla Test/CN=Outside" constrained $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:outside@example.com"
certify old_intermediate "/C=DE/O=Bulla Test/CN=Old Intermediate" root 20200101000000Z 20210101000000Z \
  other.key.pem "$ca_ext"
cp other.key.pem old_intermediate.key.pem
certify below_expired "/O=Bulla Test/CN=Below Expired" old_intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:below.expired@example.org"
# Below the intermediate, which may have no CA below it; and a certificate of a kind that is
# refused for a reason without a rule of its own.
certify too_deep_ca "/C=DE/O=Bulla Test/CN=Too Deep" intermediate $start $end other.key.pem "$ca_ext"
cp other.key.pem too_deep_ca.key.pem
certify too_deep "/O=Bulla Test/CN=Below Too Deep" too_deep_ca $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:deep@example.org"
rm -f too_deep_ca.key.pem
certify proxy "/O=Bulla Test/CN=Proxy" intermediate $start $end alice.key.pem \
  "authorityKeyIdentifier=keyid" "$sign_ku" "proxyCertInfo=critical,language:id-ppl-anyLanguage,pathlen:0"
cp alice.key.pem self_signed.key.pem
certify self_signed "/O=Bulla Test/CN=Self Signed" self_signed $start $end alice.key.pem "$leaf_ext" \
  "subjectAltName=email:self@example.org"
rm -f constrained.key.pem old_intermediate.key.pem self_signed.key.pem

# The intermediate under a name that the other root signed with the intermediate's
# own key: same name, same key, another issuer (CERT-32).
certify cross_intermediate "/C=DE/O=Bulla Test/CN=Intermediate" other $start $end intermediate.key.pem "$ca_ext"

SIGOPT="-md sha1" certify sha1 "/O=Bulla Test/CN=Sha1" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:sha1@example.org"
SIGOPT="-md md5" certify md5 "/O=Bulla Test/CN=Md5" intermediate $start $end alice.key.pem \
  "$leaf_ext" "$sign_ku" "subjectAltName=email:md5@example.org"

crl() { # issuer name last next
  openssl ca -gencrl -config "$work/$1.cnf" -cert "$1.pem" -keyfile "$1.key.pem" \
    -crl_lastupdate "$3" -crl_nextupdate "$4" -md sha256 -out "$2.crl.pem" 2> "$work/log" || { cat "$work/log"; exit 1; }
}
crl root root $start $end
openssl ca -config "$work/intermediate.cnf" -cert intermediate.pem -keyfile intermediate.key.pem \
  -revoke revoked.pem -crl_reason keyCompromise 2>/dev/null
crl intermediate intermediate $start $end
crl intermediate stale 20260101000000Z 20260201000000Z
# The right name and a key that is not the issuer's.
openssl ca -gencrl -config "$work/intermediate.cnf" -cert cross_intermediate.pem -keyfile intermediate.key.pem \
  -crl_lastupdate $start -crl_nextupdate $end -md sha256 -out forged.crl.pem 2>/dev/null
openssl crl -in forged.crl.pem -outform DER -out "$work/forged.der"
# One bit of the signature.
size=$(wc -c < "$work/forged.der")
last=$(tail -c 1 "$work/forged.der" | od -An -tu1 | tr -d ' ')
head -c $((size - 1)) "$work/forged.der" > "$work/bad.der"
printf "\\$(printf %o $((last ^ 1)))" >> "$work/bad.der"
openssl crl -inform DER -in "$work/bad.der" -out forged.crl.pem

bundle="-inkey alice.key.pem -in alice.pem -certfile intermediate.pem -name Alice -passout pass:secret"
openssl pkcs12 -export $bundle -out modern.p12
openssl pkcs12 -export $bundle -legacy -out legacy.p12 2>/dev/null || true
openssl pkcs12 -export $bundle -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out triple_des.p12
openssl pkcs12 -export $bundle -nomac -out no_mac.p12
openssl pkcs12 -export -inkey alice.key.pem -in alice.pem -passout pass: -out empty_password.p12
openssl crl2pkcs7 -nocrl -certfile alice.pem -certfile intermediate.pem -out certs_only.p7b.pem
openssl crl2pkcs7 -nocrl -certfile alice.pem -certfile intermediate.pem -outform DER -out certs_only.p7b
openssl x509 -in alice.pem -outform DER -out alice.der
