#include "crypto/private_key_info.h"

#include <algorithm>

#include "asn1/algorithm_identifier.h"
#include "asn1/reader.h"
#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "crypto/key_wrap.h"
#include "crypto/password.h"

namespace bulla::crypto {
namespace {

constexpr Oid kPbes2 = Oid::of("1.2.840.113549.1.5.13");
constexpr Oid kRsaEncryption = Oid::of("1.2.840.113549.1.1.1");
constexpr Oid kEcPublicKey = Oid::of("1.2.840.10045.2.1");

// A quarter of a second; OWASP's number of 2023 for HMAC-SHA-256.
constexpr std::uint64_t kIterations = 600'000;
constexpr std::size_t kSaltBytes = 16;

enum class Form : std::uint8_t { Encrypted, Pkcs8, Pkcs1, Sec1, None };

struct Outline {
  Form form = Form::None;
  Bytes curve;  // of SEC 1: the ECParameters
};

// The four forms differ in the tags of their first two fields:
//
// EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }
// PrivateKeyInfo ::= SEQUENCE { INTEGER, AlgorithmIdentifier, … }
// RSAPrivateKey ::= SEQUENCE { INTEGER, INTEGER, … }
// ECPrivateKey ::= SEQUENCE { INTEGER, OCTET STRING, [0] ECParameters OPTIONAL, … }
Outline read_outline(asn1::Reader& in) {
  Outline outline;
  asn1::Reader seq = in.sequence();
  if (seq.next_is(asn1::Tag::Sequence)) {
    outline.form = Form::Encrypted;
  } else {
    seq.integer();
    if (seq.next_is(asn1::Tag::Sequence)) {
      outline.form = Form::Pkcs8;
    } else if (seq.next_is(asn1::Tag::Integer)) {
      outline.form = Form::Pkcs1;
    } else if (seq.next_is(asn1::Tag::OctetString)) {
      outline.form = Form::Sec1;
      seq.octet_string();
      if (auto curve = seq.optional_enter(asn1::constructed(0))) {
        outline.curve = to_bytes(curve->element());
      }
    }
  }
  seq.skip_rest();
  return outline;
}

Result<Bytes> encrypt(ByteView clear, ByteView key, ByteView iv) {
  Bytes encrypted;
  Output collect = [&](ByteView piece) -> Result<void> {
    append(encrypted, piece);
    return {};
  };
  Encryptor encryptor = TRY(Encryptor::create(ContentCipher::Aes256Cbc, key, iv));
  TRY_VOID(encryptor.update(clear, collect));
  TRY_VOID(encryptor.finish(collect));
  return encrypted;
}

// PBES2-params ::= SEQUENCE {
//     keyDerivationFunc AlgorithmIdentifier,
//     encryptionScheme AlgorithmIdentifier }
asn1::AlgorithmIdentifier pbes2_identifier(const Pbkdf2& pbkdf2, const ContentEncryption& scheme) {
  Bytes parameters = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    password_derivation_identifier(pbkdf2).write(seq);
    content_encryption_identifier(scheme).write(seq);
  });
  return {.algorithm = kPbes2, .parameters = std::move(parameters)};
}

}  // namespace

// PrivateKeyInfo ::= SEQUENCE {
//     version              INTEGER { v1(0) },
//     privateKeyAlgorithm  AlgorithmIdentifier,
//     privateKey           OCTET STRING }
//
// Put together by hand, so that no buffer with the key in it is left behind unwiped.
Secret write_private_key_info(const asn1::AlgorithmIdentifier& algorithm, ByteView key) {
  Bytes fields = {0x02, 0x01, 0x00};
  append(fields, algorithm.encode());
  append(fields, asn1::encode_header(asn1::Tag::OctetString, key.size()));
  Bytes head = asn1::encode_header(asn1::Tag::Sequence, fields.size() + key.size());
  append(head, fields);
  Secret der(head.size() + key.size());
  std::copy(head.begin(), head.end(), der.mutable_view().begin());
  std::copy(key.begin(), key.end(),
            der.mutable_view().begin() + static_cast<std::ptrdiff_t>(head.size()));
  return der;
}

Result<Secret> to_private_key_info(ByteView der) {
  auto outline = asn1::decode(der, &read_outline);
  if (!outline) return failure(Rule::KeyUnreadable, outline.error().offset, outline.error().detail);
  switch (outline->form) {
    case Form::Pkcs8:
      return Secret(der);
    case Form::Pkcs1:
      return write_private_key_info({kRsaEncryption, Bytes{0x05, 0x00}}, der);
    case Form::Sec1:
      if (outline->curve.empty()) break;
      return write_private_key_info({kEcPublicKey, outline->curve}, der);
    case Form::Encrypted:
      return failure(Rule::KeyPassphraseNeeded);
    case Form::None:
      break;
  }
  return failure(Rule::KeyUnreadable);
}

// EncryptedPrivateKeyInfo ::= SEQUENCE {
//     encryptionAlgorithm  AlgorithmIdentifier,
//     encryptedData        OCTET STRING }
Result<Bytes> encrypt_private_key(ByteView private_key_info, ByteView password) {
  Bytes iv = TRY(random_bytes(16));
  Bytes salt = TRY(random_bytes(kSaltBytes));
  ContentEncryption scheme{.cipher = ContentCipher::Aes256Cbc, .iv = std::move(iv)};
  Pbkdf2 pbkdf2{.salt = std::move(salt),
                .iterations = kIterations,
                .key_size = std::nullopt,
                .prf = Digest::Sha256};
  Secret key = TRY(derive(pbkdf2, password, 32));
  Bytes encrypted = TRY(encrypt(private_key_info, key.view(), scheme.iv));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    pbes2_identifier(pbkdf2, scheme).write(seq);
    seq.octet_string(encrypted);
  });
}

bool is_encrypted_private_key(ByteView der) {
  auto outline = asn1::decode(der, &read_outline);
  return outline && outline->form == Form::Encrypted;
}

}  // namespace bulla::crypto
