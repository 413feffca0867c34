#!/bin/sh
# Makes the messages of the CMS tests with OpenSSL: keys, certificates, and one file
# for each form. Run in this folder; the results are committed, since signatures and
# content keys differ from run to run.
#
# shellcheck disable=SC2086  # lists of options are meant to be split
set -eu

printf 'Content-Type: text/plain\r\n\r\nHello, bulla.\r\n' >content.txt

# A certificate of its own for each key: issued by nobody else, valid for a century.
certify() { # name, key options…
  name=$1
  shift
  openssl genpkey "$@" -out "$name.key.pem" 2>/dev/null
  openssl req -x509 -new -key "$name.key.pem" -days 36500 -subj "/CN=$name" \
    -addext subjectAltName=email:"$name@example.org" -addext subjectKeyIdentifier=hash \
    -out "$name.pem"
}
certify rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
certify rsa1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
certify p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certify ed25519 -algorithm ED25519

# A Diffie-Hellman key signs nothing, its certificate neither.
openssl genpkey -algorithm DHX -pkeyopt dh_rfc5114:3 -out dh.key.pem 2>/dev/null
openssl pkey -in dh.key.pem -pubout -out dh.pub
printf 'subjectAltName=email:dh@example.org\nkeyUsage=keyAgreement\nsubjectKeyIdentifier=hash\n' >dh.ext
openssl req -new -key rsa.key.pem -subj /CN=dh |
  openssl x509 -req -force_pubkey dh.pub -CA rsa.pem -CAkey rsa.key.pem -set_serial 77 -days 36500 \
    -extfile dh.ext -out dh.pem
rm dh.pub dh.ext

sign() { # output, options…
  output=$1
  shift
  openssl cms -sign -binary -in content.txt -outform DER -out "$output" "$@"
}
rsa='-signer rsa.pem -inkey rsa.key.pem'
p256='-signer p256.pem -inkey p256.key.pem'
sign attached.p7m -nodetach $rsa
sign detached.p7s $rsa
sign streamed.p7m -nodetach -stream $rsa
sign ecdsa.p7m -nodetach $p256
sign pss.p7m -nodetach $rsa -keyopt rsa_padding_mode:pss
sign keyid.p7m -nodetach -keyid $rsa
sign noattr.p7m -nodetach -noattr $rsa
sign sha1.p7m -nodetach -md sha1 $rsa
sign md5.p7m -nodetach -md md5 $rsa
sign weak_key.p7m -nodetach -signer rsa1024.pem -inkey rsa1024.key.pem
sign two_signers.p7m -nodetach $rsa $p256
sign no_certificates.p7m -nodetach -nocerts $rsa
sign ess.p7m -nodetach -cades $rsa
sign other_type.p7m -nodetach -econtent_type 1.2.3.4 $rsa
sign sha512.p7m -nodetach -md sha512 $p256

encrypt() { # output, options…
  output=$1
  shift
  openssl cms -encrypt -binary -in content.txt -outform DER -out "$output" "$@"
}
kek=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
encrypt ktri.p7m -aes256 -recip rsa.pem
encrypt ktri_streamed.p7m -aes128 -stream -recip rsa.pem
encrypt ktri_keyid.p7m -aes256 -keyid -recip rsa.pem
encrypt oaep.p7m -aes256 -recip rsa.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
encrypt kari.p7m -aes128 -recip p256.pem
encrypt kari_sha256.p7m -aes256 -recip p256.pem -keyopt ecdh_kdf_md:sha256 -aes256-wrap
encrypt dh.p7m -aes256 -recip dh.pem
encrypt dh_3des.p7m -des3 -recip dh.pem
encrypt kekri.p7m -aes128 -secretkey $kek -secretkeyid 0102
encrypt pwri.p7m -aes256 -pwri_password secret
encrypt pwri_3des.p7m -des3 -pwri_password secret
encrypt gcm.p7m -aes-256-gcm -recip rsa.pem
encrypt gcm_kari.p7m -aes-128-gcm -recip p256.pem
encrypt many.p7m -aes256 -recip rsa.pem -recip p256.pem -secretkey $kek -secretkeyid 0102 \
  -pwri_password secret
encrypt twice.p7m -aes256 -recip rsa.pem -recip rsa.pem
openssl cms -data_create -in content.txt -binary -outform DER -out data.p7m
openssl cms -digest_create -in content.txt -binary -outform DER -out digested.p7m
openssl crl2pkcs7 -nocrl -certfile rsa.pem -certfile p256.pem -outform DER -out certs_only.p7c
