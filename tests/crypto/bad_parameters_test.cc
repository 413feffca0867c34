// The parameters of every row of the algorithm tables: what must stand there, and what must
// be refused. Each row goes through the same list of malformed values.
#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"
#include "crypto/kem.h"
#include "crypto/password.h"
#include "crypto/post_quantum.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

using asn1::AlgorithmIdentifier;
using asn1::Writer;

struct Parameters {
  const char* what;
  std::optional<Bytes> der;
};

const Parameters kAbsent{"absent", std::nullopt};
const Parameters kNull{"NULL", Bytes{5, 0}};

// What is the parameters of no algorithm.
std::vector<Parameters> malformed() {
  return {{"nothing at all", Bytes{}},
          {"NULL with contents", Bytes{5, 1, 0}},
          {"two NULLs", Bytes{5, 0, 5, 0}},
          {"a boolean", Bytes{1, 1, 0xff}},
          {"an empty set", Bytes{0x31, 0}},
          {"an endless sequence", Bytes{0x30, 0x80, 0, 0}},
          {"half a sequence", Bytes{0x30, 5, 4, 1}},
          {"a length of eight octets", Bytes{4, 0x88, 1, 1, 1, 1, 1, 1, 1, 1}},
          {"a text", Bytes{12, 1, 'x'}}};
}

Bytes octet_string(std::size_t size) {
  return asn1::encode([&](Writer& out) { out.octet_string(Bytes(size, 7)); });
}

Bytes sequence(const Bytes& contents) {
  return asn1::encode([&](Writer& out) { out.primitive(asn1::Tag::Sequence, contents); });
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) append(all, part);
  return all;
}

Bytes integer(std::uint64_t value) {
  return asn1::encode([&](Writer& out) { out.integer(value); });
}

bool is_refusal(Rule rule) {
  return rule == Rule::EncBadParameters || rule == Rule::EncShortTag ||
         rule == Rule::CryptoBadParameters || rule == Rule::CryptoUnknownAlgorithm ||
         rule == Rule::LimitIterations;
}

// Reads each of them; all must be refused with a rule of their own kind.
template <typename Read>
void expect_refused(const Oid& oid, const std::vector<Parameters>& list, Read read) {
  for (const Parameters& parameters : list) {
    auto result = read(AlgorithmIdentifier{oid, parameters.der});
    EXPECT_FALSE(result) << oid.to_string() << ": " << parameters.what;
    if (result) continue;
    EXPECT_TRUE(is_refusal(result.error().rule)) << info(result.error().rule).slug;
  }
}

template <typename Read>
void expect_read(const Oid& oid, const std::vector<Parameters>& list, Read read) {
  for (const Parameters& parameters : list) {
    EXPECT_TRUE(read(AlgorithmIdentifier{oid, parameters.der}))
        << oid.to_string() << ": " << parameters.what;
  }
}

// An IV or a nonce of a wrong size, in the form that the cipher wants.
std::vector<Parameters> bad_sizes(const ContentCipherRow& row) {
  std::vector<Parameters> list;
  auto add = [&](std::size_t size) {
    bool is_aead_form =
        row.parameters == ParameterForm::Gcm || row.parameters == ParameterForm::Ccm;
    if (is_aead_form) {
      list.push_back({"nonce", sequence(joined({octet_string(size), integer(16)}))});
    } else if (row.parameters == ParameterForm::Rc2) {
      list.push_back({"RC2", sequence(joined({integer(58), octet_string(size)}))});
    } else {
      list.push_back({"IV", octet_string(size)});
    }
  };
  add(0);
  for (std::size_t size : {row.iv_size - 1, row.iv_size + 1, std::size_t{6}, std::size_t{65}}) {
    if (row.parameters == ParameterForm::Gcm && size != 65) continue;
    if (row.parameters == ParameterForm::Ccm && nonce_fits(row.parameters, size)) continue;
    add(size);
  }
  return list;
}

std::vector<Parameters> bad_tags(const ContentCipherRow& row) {
  Bytes nonce = octet_string(row.iv_size);
  std::vector<Parameters> list;
  for (std::uint64_t size : {0u, 4u, 8u, 11u, 17u, 255u, 65'536u}) {
    list.push_back({"tag", sequence(joined({nonce, integer(size)}))});
  }
  list.push_back({"a negative tag", sequence(joined({nonce, {2, 1, 0x90}}))});
  list.push_back({"more behind", sequence(joined({nonce, integer(16), integer(16)}))});
  list.push_back({"behind all", joined({sequence(joined({nonce, integer(16)})), {5, 0}})});
  return list;
}

TEST(BadParameters, T21_T22_of_every_content_cipher) {
  for (const ContentCipherRow& row : content_cipher_rows()) {
    SCOPED_TRACE(std::string(row.name));
    expect_refused(row.oid, malformed(), &read_content_encryption);
    expect_refused(row.oid, {kAbsent, kNull}, &read_content_encryption);
    expect_refused(row.oid, bad_sizes(row), &read_content_encryption);
    if (row.parameters == ParameterForm::Gcm || row.parameters == ParameterForm::Ccm) {
      expect_refused(row.oid, bad_tags(row), &read_content_encryption);
    }
    ContentEncryption good{
        .cipher = row.cipher, .iv = Bytes(row.iv_size), .tag_size = row.tag_size};
    auto read = read_content_encryption(content_encryption_identifier(good));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->cipher, row.cipher);
  }
}

TEST(BadParameters, KM57_of_a_derived_content_key) {
  constexpr Oid kCekHkdf = Oid::of("1.2.840.113549.1.9.16.3.31");
  expect_refused(kCekHkdf, malformed(), &read_content_encryption);
  expect_refused(kCekHkdf, {kAbsent, kNull}, &read_content_encryption);
  for (const ContentCipherRow& row : content_cipher_rows()) {
    ContentEncryption good{
        .cipher = row.cipher, .iv = Bytes(row.iv_size), .tag_size = row.tag_size};
    Bytes inner = content_encryption_identifier(good).encode();
    expect_read(kCekHkdf, {{"derived", inner}}, &read_content_encryption);
    Bytes twice = AlgorithmIdentifier{kCekHkdf, inner}.encode();
    expect_refused(kCekHkdf, {{"derived twice", twice}}, &read_content_encryption);
  }
}

Result<Digest> digest_of(const AlgorithmIdentifier& algorithm) {
  auto digest = read_digest(algorithm);
  if (digest) return *digest;
  return failure(Rule::CryptoUnknownAlgorithm);
}

TEST(BadParameters, ALG02_ALG03_ALG04_of_every_digest) {
  for (const DigestRow& row : digest_rows()) {
    SCOPED_TRACE(std::string(row.name));
    expect_read(row.oid, {kAbsent, kNull}, &digest_of);
    expect_refused(row.oid, malformed(), &digest_of);
    expect_refused(row.oid, {{"bits", integer(8 * row.size)}, {"empty", Bytes{0x30, 0}}},
                   &digest_of);
  }
  // id-shake256-len has one value alone (ALG-09).
  constexpr Oid kShake256Len = Oid::of("2.16.840.1.101.3.4.2.18");
  expect_read(kShake256Len, {{"512", integer(512)}}, &digest_of);
  expect_refused(kShake256Len, malformed(), &digest_of);
  expect_refused(kShake256Len,
                 {kAbsent, kNull, {"0", integer(0)}, {"256", integer(256)}, {"513", integer(513)}},
                 &digest_of);
}

Result<SignatureScheme> scheme_of(const AlgorithmIdentifier& algorithm) {
  return read_signature_scheme(algorithm, Digest::Sha256);
}

std::vector<SignatureScheme> all_schemes() {
  std::vector<SignatureScheme> schemes;
  for (const DigestRow& row : digest_rows()) {
    bool is_shake = row.digest == Digest::Shake128 || row.digest == Digest::Shake256;
    for (SignatureAlgorithm algorithm :
         {SignatureAlgorithm::RsaPkcs1, SignatureAlgorithm::RsaPss, SignatureAlgorithm::Ecdsa}) {
      bool exists =
          row.digest != Digest::Md5 && (!is_shake || algorithm != SignatureAlgorithm::RsaPkcs1);
      if (exists) schemes.push_back({algorithm, row.digest, row.digest, row.size});
    }
  }
  schemes.push_back({.algorithm = SignatureAlgorithm::Ed25519, .digest = Digest::Sha512});
  schemes.push_back({.algorithm = SignatureAlgorithm::Ed448, .digest = Digest::Shake256});
  for (Digest digest : {Digest::Sha1, Digest::Sha224, Digest::Sha256}) {
    schemes.push_back({.algorithm = SignatureAlgorithm::Dsa, .digest = digest});
  }
  for (const PostQuantumRow& row : post_quantum_rows()) {
    if (row.signature) schemes.push_back({.algorithm = *row.signature});
  }
  return schemes;
}

TEST(BadParameters, ALG11_ALG15_ALG22_of_every_signature) {
  for (const SignatureScheme& scheme : all_schemes()) {
    SCOPED_TRACE(describe(scheme));
    AlgorithmIdentifier written = signature_identifier(scheme);
    EXPECT_TRUE(read_signature_scheme(written, scheme.digest));
    expect_refused(written.algorithm, malformed(), &scheme_of);
    bool is_rsa = scheme.algorithm == SignatureAlgorithm::RsaPkcs1;
    bool is_pss = scheme.algorithm == SignatureAlgorithm::RsaPss;
    bool is_structure = is_pss && written.parameters.has_value();
    if (is_rsa) expect_read(written.algorithm, {kAbsent, kNull}, &scheme_of);
    if (is_structure) expect_refused(written.algorithm, {kAbsent, kNull}, &scheme_of);
    if (!is_structure) {
      expect_refused(written.algorithm, {{"a sequence", Bytes{0x30, 0}}}, &scheme_of);
    }
    // Of these NULL was never said by anybody (ALG-19, ALG-27, ALG-32, ALG-35).
    bool is_new = is_pure(scheme.algorithm) || scheme.digest >= Digest::Sha3_224;
    if (is_new && !is_rsa && !is_structure) {
      expect_refused(written.algorithm, {kNull}, &scheme_of);
    }
  }
}

Bytes field(unsigned tag, const Bytes& contents) {
  return asn1::encode([&](Writer& out) { out.primitive(asn1::constructed(tag), contents); });
}

Bytes hash_identifier(const char* oid, const Parameters& parameters = kNull) {
  for (const DigestRow& row : digest_rows()) {
    if (row.oid.to_string() == oid) return AlgorithmIdentifier{row.oid, parameters.der}.encode();
  }
  return AlgorithmIdentifier{Oid::of("1.2.3"), parameters.der}.encode();
}

constexpr const char* kSha256 = "2.16.840.1.101.3.4.2.1";
constexpr const char* kMd5 = "1.2.840.113549.2.5";
constexpr const char* kShake128 = "2.16.840.1.101.3.4.2.11";

Bytes mgf1(const Bytes& hash) {
  return sequence(
      joined({asn1::encode([](Writer& out) { out.oid(Oid::of("1.2.840.113549.1.1.8")); }), hash}));
}

// Fields that RSASSA-PSS-params and RSAES-OAEP-params have in common.
std::vector<Parameters> bad_hash_fields() {
  Bytes sha256 = hash_identifier(kSha256);
  return {
      {"an unknown hash", sequence(field(0, hash_identifier("1.2.3")))},
      {"MD5", sequence(field(0, hash_identifier(kMd5)))},
      {"SHAKE", sequence(field(0, hash_identifier(kShake128)))},
      {"a hash without its sequence", sequence(field(0, {5, 0}))},
      {"two hashes", sequence(field(0, joined({sha256, sha256})))},
      {"the hash twice", sequence(joined({field(0, sha256), field(0, sha256)}))},
      {"a mask that is a hash", sequence(field(1, sha256))},
      {"MGF1 of MD5", sequence(field(1, mgf1(hash_identifier(kMd5))))},
      {"MGF1 of nothing", sequence(field(1, mgf1({})))},
      {"the mask before the hash", sequence(joined({field(1, mgf1(sha256)), field(0, sha256)}))},
      {"a field that is none", sequence(field(7, {5, 0}))},
      {"no tag", sequence(sha256)}};
}

TEST(BadParameters, ALG15_T32_of_RSASSA_PSS) {
  constexpr Oid kPss = Oid::of("1.2.840.113549.1.1.10");
  expect_refused(kPss, bad_hash_fields(), &scheme_of);
  expect_refused(kPss,
                 {{"a negative salt", sequence(field(2, {2, 1, 0xff}))},
                  {"a large salt", sequence(field(2, integer(513)))},
                  {"a salt of 2^64", sequence(field(2, {2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0}))},
                  {"a salt that is octets", sequence(field(2, octet_string(1)))},
                  {"trailer 0", sequence(field(3, integer(0)))},
                  {"trailer 2", sequence(field(3, integer(2)))}},
                 &scheme_of);
  expect_read(kPss,
              {{"all defaults", Bytes{0x30, 0}}, {"trailer 1", sequence(field(3, integer(1)))}},
              &scheme_of);
}

TEST(BadParameters, T32_of_RSAES_OAEP) {
  constexpr Oid kOaep = Oid::of("1.2.840.113549.1.1.7");
  constexpr Oid kPSpecified = Oid::of("1.2.840.113549.1.1.9");
  auto source = [](const Oid& oid, std::optional<Bytes> label) {
    return sequence(field(2, AlgorithmIdentifier{oid, std::move(label)}.encode()));
  };
  expect_refused(kOaep, malformed(), &read_transport_scheme);
  expect_refused(kOaep, {kAbsent, kNull}, &read_transport_scheme);
  expect_refused(kOaep, bad_hash_fields(), &read_transport_scheme);
  expect_refused(kOaep,
                 {{"another source", source(Oid::of("1.2.3"), octet_string(0))},
                  {"a source without label", source(kPSpecified, std::nullopt)},
                  {"a label that is NULL", source(kPSpecified, Bytes{5, 0})},
                  {"a long label", source(kPSpecified, octet_string(1'025))}},
                 &read_transport_scheme);
  expect_read(kOaep, {{"a label", source(kPSpecified, octet_string(10))}}, &read_transport_scheme);
  // KeyTransRecipientInfo of PKCS #1 v1.5 (ALG-39).
  constexpr Oid kRsa = Oid::of("1.2.840.113549.1.1.1");
  expect_read(kRsa, {kAbsent, kNull}, &read_transport_scheme);
  expect_refused(kRsa, malformed(), &read_transport_scheme);
}

Result<KeyWrap> wrap_of(const AlgorithmIdentifier& algorithm) {
  auto wrap = read_key_wrap(algorithm);
  if (wrap) return *wrap;
  return failure(Rule::CryptoUnknownAlgorithm);
}

TEST(BadParameters, ALG45_ALG49_of_every_key_wrap_and_agreement) {
  std::vector<Parameters> wraps;
  for (KeyWrap wrap : {KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256, KeyWrap::TripleDes}) {
    Oid oid = key_wrap_identifier(wrap).algorithm;
    expect_read(oid, {kAbsent, kNull}, &wrap_of);
    expect_refused(oid, malformed(), &wrap_of);
    wraps.push_back({"wrap", AlgorithmIdentifier{oid, std::nullopt}.encode()});
    wraps.push_back({"wrap with NULL", AlgorithmIdentifier{oid, kNull.der}.encode()});
  }
  for (Kdf kdf : {Kdf::X963, Kdf::Hkdf, Kdf::X942}) {
    for (Digest digest : {Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
      bool exists = kdf == Kdf::X963 || ((kdf == Kdf::X942) == (digest == Digest::Sha1));
      if (!exists) continue;
      Oid oid =
          key_agreement_identifier({.kdf = kdf, .digest = digest, .wrap_identifier = {}}).algorithm;
      SCOPED_TRACE(oid.to_string());
      expect_read(oid, wraps, &read_key_agreement);
      expect_refused(oid, malformed(), &read_key_agreement);
      expect_refused(
          oid,
          {kAbsent,
           kNull,
           {"no wrap", AlgorithmIdentifier{Oid::of("1.2.3"), std::nullopt}.encode()},
           {"a wrap with parameters",
            AlgorithmIdentifier{key_wrap_identifier(KeyWrap::Aes256).algorithm, Bytes{4, 0}}
                .encode()}},
          &read_key_agreement);
    }
  }
}

TEST(BadParameters, KM42_KM47_KM54_of_every_KEM_and_its_KDF) {
  for (KemAlgorithm algorithm : {KemAlgorithm::Rsa, KemAlgorithm::MlKem512, KemAlgorithm::MlKem768,
                                 KemAlgorithm::MlKem1024}) {
    Oid oid = kem_identifier(algorithm).algorithm;
    expect_read(oid, {kAbsent}, &read_kem);
    expect_refused(oid, {kNull}, &read_kem);
    expect_refused(oid, malformed(), &read_kem);
  }
  for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
    Oid hkdf = kem_kdf_identifier({.function = KemKdf::Function::Hkdf, .digest = digest}).algorithm;
    expect_read(hkdf, {kAbsent}, &read_kem_kdf);
    expect_refused(hkdf, {kNull}, &read_kem_kdf);
    expect_refused(hkdf, malformed(), &read_kem_kdf);
  }
  for (KemKdf::Function function : {KemKdf::Function::Kdf2, KemKdf::Function::Kdf3}) {
    Oid oid = kem_kdf_identifier({.function = function, .digest = Digest::Sha256}).algorithm;
    expect_read(oid, {{"SHA-256", hash_identifier(kSha256, kAbsent)}}, &read_kem_kdf);
    expect_refused(oid,
                   {kAbsent,
                    kNull,
                    {"MD5", hash_identifier(kMd5)},
                    {"an unknown hash", hash_identifier("1.2.3")}},
                   &read_kem_kdf);
    expect_refused(oid, malformed(), &read_kem_kdf);
  }
}

Result<PasswordDerivation> derivation_of(const AlgorithmIdentifier& algorithm) {
  return read_password_derivation(algorithm);
}

TEST(BadParameters, KM32_KM38_of_every_password_derivation) {
  PasswordDerivation pbkdf2 =
      Pbkdf2{.salt = {1}, .iterations = 1, .key_size = {}, .prf = Digest::Sha256};
  PasswordDerivation scrypt =
      Scrypt{.salt = {1}, .cost = 16, .block_size = 1, .parallelization = 1, .key_size = {}};
  for (const PasswordDerivation& good : {pbkdf2, scrypt}) {
    AlgorithmIdentifier written = password_derivation_identifier(good);
    EXPECT_TRUE(derivation_of(written));
    expect_refused(written.algorithm, malformed(), &derivation_of);
    expect_refused(
        written.algorithm,
        {kAbsent,
         kNull,
         {"empty", Bytes{0x30, 0}},
         {"a salt alone", sequence(octet_string(8))},
         {"a long salt",
          sequence(joined({octet_string(1'025), integer(1), integer(1), integer(1)}))},
         {"no iterations", sequence(joined({octet_string(8), integer(0)}))},
         {"negative",
          sequence(joined({octet_string(8), {2, 1, 0xff}, {2, 1, 0xff}, {2, 1, 0xff}}))},
         {"2^63", sequence(joined({octet_string(8), {2, 9, 0, 0x80, 0, 0, 0, 0, 0, 0, 0}}))}},
        &derivation_of);
  }
}

}  // namespace
}  // namespace bulla::crypto
