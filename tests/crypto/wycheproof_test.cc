// Project Wycheproof's vectors, where the reference corpora are at hand: one test a file.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "bulla/key.h"
#include "crypto/algorithm_table.h"
#include "crypto/hmac.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_wrap.h"
#include "crypto/password.h"
#include "crypto/post_quantum.h"
#include "crypto/public_key.h"
#include "crypto/support.h"

namespace bulla::crypto {
namespace {

using Json = nlohmann::json;

enum class Outcome { Accepted, Rejected, NotOurs };

// What we do otherwise than the file says, and why. `flag` is one of the test's flags, or
// "*" for all; a row that no test needs fails.
struct Difference {
  std::string_view file;
  std::string_view flag;
  Outcome outcome;
  std::string_view reason;
};

constexpr Difference kDifferences[] = {
    {"aes_gcm_test", "LongIv", Outcome::Rejected, "nonces have 64 octets at most (kMaxNonceBytes)"},
};

Outcome accepted_if(bool condition) { return condition ? Outcome::Accepted : Outcome::Rejected; }

const PostQuantumRow* find_row(const std::string& type) {
  for (const PostQuantumRow& row : post_quantum_rows()) {
    if (row.type == type) return &row;
  }
  return nullptr;
}

// The row that a whole file is about, if it is one that libcrypto may not have.
const PostQuantumRow* row_of(const Json& file) {
  const Json& group = file.at("testGroups").at(0);
  return find_row(group.value("parameterSet", file.at("algorithm").get<std::string>()));
}

Bytes hex(const Json& object, const char* key) {
  return from_hex(object.at(key).get<std::string>());
}

std::optional<Digest> digest_of(const Json& object, const char* key) {
  return find_digest(object.at(key).get<std::string>());
}

Outcome run_gcm(const Json&, const Json& group, const Json& test) {
  std::size_t bits = group.at("keySize");
  ContentCipher cipher = bits == 128   ? ContentCipher::Aes128Gcm
                         : bits == 192 ? ContentCipher::Aes192Gcm
                                       : ContentCipher::Aes256Gcm;
  Bytes key = hex(test, "key"), iv = hex(test, "iv"), aad = hex(test, "aad"),
        message = hex(test, "msg");
  if (iv.size() == 12 && test.at("result") == "valid") {
    Encrypted encrypted = encrypt_all(cipher, key, iv, message, aad);
    EXPECT_EQ(encrypted.ciphertext, hex(test, "ct"));
    EXPECT_EQ(encrypted.tag, hex(test, "tag"));
  }
  auto plaintext = decrypt_all(cipher, key, iv, hex(test, "ct"), hex(test, "tag"), aad, 7);
  return accepted_if(plaintext && *plaintext == message);
}

// Tags below 12 octets are refused whatever they are (T-21).
Outcome run_aead(ContentCipher cipher, const Json& test) {
  Bytes key = hex(test, "key"), iv = hex(test, "iv"), aad = hex(test, "aad"),
        message = hex(test, "msg"), tag = hex(test, "tag");
  if (tag.size() < 12) return Outcome::NotOurs;
  bool is_written = iv.size() == row(cipher).iv_size && tag.size() == row(cipher).tag_size;
  if (is_written && test.at("result") == "valid") {
    Encrypted encrypted = encrypt_all(cipher, key, iv, message, aad);
    EXPECT_EQ(encrypted.ciphertext, hex(test, "ct"));
    EXPECT_EQ(encrypted.tag, tag);
  }
  auto plaintext = decrypt_all(cipher, key, iv, hex(test, "ct"), tag, aad, 7);
  return accepted_if(plaintext && *plaintext == message);
}

Outcome run_ccm(const Json&, const Json& group, const Json& test) {
  std::size_t bits = group.at("keySize");
  return run_aead(bits == 128   ? ContentCipher::Aes128Ccm
                  : bits == 192 ? ContentCipher::Aes192Ccm
                                : ContentCipher::Aes256Ccm,
                  test);
}

Outcome run_chacha(const Json&, const Json&, const Json& test) {
  return run_aead(ContentCipher::ChaCha20Poly1305, test);
}

Outcome run_cbc(const Json&, const Json& group, const Json& test) {
  std::size_t bits = group.at("keySize");
  ContentCipher cipher = bits == 128   ? ContentCipher::Aes128Cbc
                         : bits == 192 ? ContentCipher::Aes192Cbc
                                       : ContentCipher::Aes256Cbc;
  auto plaintext =
      decrypt_all(cipher, hex(test, "key"), hex(test, "iv"), hex(test, "ct"), {}, {}, 13);
  return accepted_if(plaintext && *plaintext == hex(test, "msg"));
}

Outcome run_wrap(const Json&, const Json& group, const Json& test) {
  std::size_t bits = group.at("keySize");
  KeyWrap wrap = bits == 128 ? KeyWrap::Aes128 : bits == 192 ? KeyWrap::Aes192 : KeyWrap::Aes256;
  auto key = unwrap_key(wrap, hex(test, "key"), hex(test, "ct"));
  bool is_accepted = key && equal(key->view(), hex(test, "msg"));
  if (is_accepted) {
    EXPECT_EQ(wrap_key(wrap, hex(test, "key"), key->view()).value(), hex(test, "ct"));
  }
  return accepted_if(is_accepted);
}

Bytes sec1(const CurveRow& curve, ByteView scalar) {
  while (scalar.size() > 1 && scalar[0] == 0) scalar = scalar.subspan(1);
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(1);
    seq.octet_string(scalar);
    asn1::Writer field = seq.enter(asn1::constructed(0));
    field.oid(curve.oid);
  });
}

const CurveRow& curve_of(const Json& group) {
  std::string name = group.at("curve");
  if (name == "secp256r1") name = "P-256";
  if (name == "secp384r1") name = "P-384";
  if (name == "secp521r1") name = "P-521";
  for (const CurveRow& curve : curve_rows()) {
    if (curve.group == name) return curve;
  }
  throw std::runtime_error(name);
}

Outcome agree(const PrivateKey& key, ByteView peer, const Json& test) {
  auto shared = key.agree(peer);
  return accepted_if(shared && equal(shared->view(), hex(test, "shared")));
}

Outcome run_ecdh(const Json&, const Json& group, const Json& test) {
  auto key = load_private_key(sec1(curve_of(group), hex(test, "private"))).value();
  if (group.at("encoding") == "ecpoint") return agree(*key, hex(test, "public"), test);
  auto peer = PublicKey::parse(hex(test, "public"));
  auto own = PublicKey::parse(key->subject_public_key_info()).value();
  if (!peer || peer->kind() != KeyKind::Ec || !equal(peer->curve(), own.curve())) {
    return Outcome::Rejected;
  }
  return agree(*key, peer->subject_public_key(), test);
}

Outcome run_xdh(const Json&, const Json& group, const Json& test) {
  bool is_x25519 = group.at("curve") == "curve25519";
  Bytes raw = asn1::encode([&](asn1::Writer& out) { out.octet_string(hex(test, "private")); });
  auto key = load_private_key(
      pkcs8({key_oid(is_x25519 ? KeyKind::X25519 : KeyKind::X448), std::nullopt}, raw));
  return agree(**key, hex(test, "public"), test);
}

Outcome verify(const SignatureScheme& scheme, const Json& group, const Json& test,
               const char* key_name = "publicKeyDer") {
  auto key = PublicKey::parse(hex(group, key_name));
  if (!key) return Outcome::Rejected;
  return accepted_if(key->verify(scheme, hex(test, "msg"), hex(test, "sig")).value());
}

Outcome run_ecdsa(const Json&, const Json& group, const Json& test) {
  return verify({.algorithm = SignatureAlgorithm::Ecdsa, .digest = *digest_of(group, "sha")}, group,
                test);
}

Outcome run_eddsa(const Json& file, const Json& group, const Json& test) {
  bool is_ed448 = file.at("algorithm") == "EDDSA" &&
                  group.at("publicKey").at("curve").get<std::string>() == "edwards448";
  return verify({.algorithm = is_ed448 ? SignatureAlgorithm::Ed448 : SignatureAlgorithm::Ed25519},
                group, test);
}

Outcome run_rsa(const Json&, const Json& group, const Json& test) {
  auto digest = digest_of(group, "sha");
  if (!digest) return Outcome::NotOurs;
  return verify({.algorithm = SignatureAlgorithm::RsaPkcs1, .digest = *digest}, group, test);
}

// The mask of SHAKE is SHAKE itself, all others take MGF1 (RFC 8702 3.2.1).
Outcome run_pss(const Json&, const Json& group, const Json& test) {
  auto digest = digest_of(group, "sha");
  bool is_mgf1 = group.at("mgf") == "MGF1";
  auto mgf_digest = digest_of(group, is_mgf1 ? "mgfSha" : "mgf");
  if (!digest || !mgf_digest) return Outcome::NotOurs;
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::RsaPss,
                         .digest = *digest,
                         .mgf_digest = *mgf_digest,
                         .salt_length = group.at("sLen")};
  return verify(scheme, group, test);
}

Outcome run_oaep(const Json&, const Json& group, const Json& test) {
  auto digest = digest_of(group, "sha");
  auto mgf_digest = digest_of(group, "mgfSha");
  if (!digest || !mgf_digest) return Outcome::NotOurs;
  auto key = load_private_key(hex(group, "privateKeyPkcs8")).value();
  Bytes message = hex(test, "msg");
  TransportScheme scheme{.algorithm = TransportAlgorithm::RsaOaep,
                         .digest = *digest,
                         .mgf_digest = *mgf_digest,
                         .label = std::string(as_text(hex(test, "label")))};
  auto plain = key->decrypt_key(scheme, hex(test, "ct"), message.size());
  return accepted_if(plain && equal(plain->view(), message));
}

// T-26: bad padding is no error; it gives a key that is the same when asked again.
Outcome run_pkcs1(const Json&, const Json& group, const Json& test) {
  auto key = load_private_key(hex(group, "privateKeyPkcs8")).value();
  Bytes message = hex(test, "msg"), ciphertext = hex(test, "ct");
  bool is_valid = test.at("result") == "valid";
  std::size_t size = is_valid ? message.size() : 16;
  TransportScheme scheme{.algorithm = TransportAlgorithm::RsaPkcs1, .label = {}};
  auto plain = key->decrypt_key(scheme, ciphertext, size);
  auto again = key->decrypt_key(scheme, ciphertext, size);
  EXPECT_EQ(rule_of(plain), rule_of(again));
  if (!plain) return Outcome::Rejected;
  EXPECT_EQ(plain->size(), size);
  EXPECT_TRUE(equal(plain->view(), again->view()));
  return accepted_if(is_valid && equal(plain->view(), message));
}

Outcome run_hkdf(const Json& file, const Json&, const Json& test) {
  auto digest = find_digest(file.at("algorithm").get<std::string>().substr(5));
  auto okm = derive_hkdf(*digest, hex(test, "ikm"), hex(test, "salt"), hex(test, "info"),
                         test.at("size").get<std::size_t>());
  return accepted_if(okm && equal(okm->view(), hex(test, "okm")));
}

// Some tags are the first octets alone.
Outcome run_hmac(const Json& file, const Json& group, const Json& test) {
  auto digest = find_digest(file.at("algorithm").get<std::string>().substr(4));
  Bytes mac = hmac(*digest, hex(test, "key"), hex(test, "msg")).value();
  mac.resize(group.at("tagSize").get<std::size_t>() / 8);
  return accepted_if(mac == hex(test, "tag"));
}

// "PbeWithHmacSha256AndAes_128"
Outcome run_pbes2(const Json& file, const Json&, const Json& test) {
  std::string name = file.at("algorithm");
  std::size_t hash = name.find("Sha");
  auto digest = find_digest(name.substr(hash, name.find("And") - hash));
  std::size_t bits = std::stoul(name.substr(name.size() - 3));
  ContentEncryption encryption{.cipher = bits == 128   ? ContentCipher::Aes128Cbc
                                         : bits == 192 ? ContentCipher::Aes192Cbc
                                                       : ContentCipher::Aes256Cbc,
                               .iv = hex(test, "iv")};
  Bytes parameters = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    password_derivation_identifier(
        Pbkdf2{.salt = hex(test, "salt"),
               .iterations = test.at("iterationCount").get<std::uint64_t>(),
               .key_size = std::nullopt,
               .prf = *digest})
        .write(seq);
    content_encryption_identifier(encryption).write(seq);
  });
  auto clear = decrypt_with_password({Oid::of("1.2.840.113549.1.5.13"), parameters},
                                     hex(test, "password"), hex(test, "ct"));
  return accepted_if(clear && equal(clear->view(), hex(test, "msg")));
}

// What CMS signs has no context (RFC 9882 3.1).
Outcome run_ml_dsa(const Json& file, const Json& group, const Json& test) {
  if (test.contains("ctx") && !hex(test, "ctx").empty()) return Outcome::NotOurs;
  SignatureScheme scheme{.algorithm = find_row(file.at("algorithm"))->signature.value(),
                         .digest = Digest::Sha512};
  return verify(scheme, group, test);
}

Bytes seed_key(ByteView seed) {
  return asn1::encode([&](asn1::Writer& out) { out.primitive(asn1::primitive(0), seed); });
}

Bytes expanded_key(ByteView octets) {
  return asn1::encode([&](asn1::Writer& out) { out.octet_string(octets); });
}

// A key from its seed, or, in the semi-expanded files, the one that FIPS 203 calls dk.
Outcome run_ml_kem(const Json&, const Json& group, const Json& test) {
  const PostQuantumRow& row = *find_row(group.at("parameterSet"));
  bool is_seed = test.contains("seed");
  Bytes octets = is_seed ? seed_key(hex(test, "seed")) : expanded_key(hex(test, "dk"));
  auto key = load_private_key(pkcs8({row.oid, std::nullopt}, octets));
  if (!key) return Outcome::Rejected;
  if (test.contains("ek")) {
    EXPECT_EQ((*key)->subject_public_key_info(), spki({row.oid, std::nullopt}, hex(test, "ek")));
  }
  auto shared = (*key)->decapsulate(row.kem.value(), hex(test, "c"));
  return accepted_if(shared && equal(shared->view(), hex(test, "K")));
}

using RunVector = Outcome (*)(const Json& file, const Json& group, const Json& test);

struct Family {
  std::string_view prefix;
  RunVector run;
};

constexpr Family kFamilies[] = {
    {"aes_gcm_test", run_gcm}, {"aes_cbc_pkcs5", run_cbc},
    {"aes_wrap", run_wrap},    {"ecdh_", run_ecdh},
    {"x25519", run_xdh},       {"x448", run_xdh},
    {"ecdsa_", run_ecdsa},     {"ed25519", run_eddsa},
    {"ed448", run_eddsa},      {"rsa_signature", run_rsa},
    {"rsa_pss", run_pss},      {"rsa_oaep", run_oaep},
    {"aes_ccm_test", run_ccm}, {"chacha20_poly1305", run_chacha},
    {"rsa_pkcs1", run_pkcs1},  {"hkdf_", run_hkdf},
    {"pbes2_", run_pbes2},     {"mldsa_", run_ml_dsa},
    {"mlkem_", run_ml_kem},    {"hmac_", run_hmac},
};

std::filesystem::path folder() {
  return std::filesystem::path(BULLA_SHARED) / "corpus" / "wycheproof";
}

RunVector find_run(std::string_view file) {
  for (const Family& family : kFamilies) {
    if (file.starts_with(family.prefix)) return family.run;
  }
  return nullptr;
}

std::vector<std::string> files() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder(), ignored)) {
    std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".json" && find_run(name) != nullptr) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

const Difference* find_difference(std::string_view file, const Json& test, Outcome outcome) {
  for (const Difference& row : kDifferences) {
    bool has_flag = row.flag == "*";
    for (const Json& flag : test.at("flags")) has_flag = has_flag || flag == row.flag;
    if (row.file == file && row.outcome == outcome && has_flag) return &row;
  }
  return nullptr;
}

class Wycheproof : public testing::TestWithParam<std::string> {};

TEST_P(Wycheproof, agrees) {
  std::ifstream in(folder() / (GetParam() + ".json"));
  Json file = Json::parse(in);
  RunVector run = find_run(GetParam());
  const PostQuantumRow* wanted = row_of(file);
  if (wanted != nullptr && !is_available(*wanted)) GTEST_SKIP() << kPostQuantumProvider;
  std::set<const Difference*> needed;
  for (const Json& group : file.at("testGroups")) {
    for (const Json& test : group.at("tests")) {
      Outcome outcome = run(file, group, test);
      std::string result = test.at("result");
      if (outcome == Outcome::NotOurs || result == "acceptable") continue;
      if (outcome == accepted_if(result == "valid")) continue;
      const Difference* difference = find_difference(GetParam(), test, outcome);
      needed.insert(difference);
      EXPECT_NE(difference, nullptr) << "test " << test.at("tcId") << " is " << result << ": "
                                     << test.at("comment") << " " << test.at("flags");
    }
  }
  for (const Difference& row : kDifferences) {
    if (row.file == GetParam()) {
      EXPECT_TRUE(needed.contains(&row)) << "no test needs " << row.flag << ": " << row.reason;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Wycheproof, testing::ValuesIn(files()),
                         [](const auto& file) { return file.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Wycheproof);

}  // namespace
}  // namespace bulla::crypto
