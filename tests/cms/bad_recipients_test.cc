// What stands in RecipientInfos and must not open: wrapped keys and encapsulations of wrong
// lengths, derivations that do not fit. One face for all that a secret was used for (T-33).
#include <gtest/gtest.h>

#include "cms/decrypt.h"
#include "cms/writer_read_back.h"
#include "crypto/kem.h"
#include "x509/memory_key_source.h"

namespace bulla::cms {
namespace {

using testing::certificate;
using testing::content_of;
using testing::encrypt;
using testing::private_key;
using testing::ReadBack;
using testing::recipient;

const std::string kKek = "kek", kPassword = "password", kScrypt = "scrypt", kRsaKem = "rsa-kem",
                  kOaep = "oaep";

// A message for one recipient: a certificate's name, or one of those above.
EncryptOptions to(const std::string& name) {
  EncryptOptions options;
  options.cipher = ContentCipher::Aes128Cbc;
  if (name == kKek) {
    options.keks.push_back({.key_identifier = {1, 2}, .kek = Secret(Bytes(32, 5))});
  } else if (name == kPassword || name == kScrypt) {
    auto derivation = name == kScrypt ? PasswordRecipient::Derivation::Scrypt
                                      : PasswordRecipient::Derivation::Pbkdf2;
    options.passwords.push_back(
        {.password = Secret(as_bytes("password")), .iterations = 10, .derivation = derivation});
  } else {
    bool is_variant = name == kRsaKem || name == kOaep;
    options.recipients.push_back(recipient(is_variant ? "rsa" : name));
    if (name == kRsaKem) options.recipients[0].rsa = CertificateRecipient::Rsa::Kem;
    if (name == kOaep) {
      options.recipients[0].transport.algorithm = TransportAlgorithm::RsaOaep;
    }
  }
  return options;
}

x509::MemoryKeySource keys_of(const std::string& name) {
  x509::MemoryKeySource keys;
  if (name == kKek) {
    keys.add_kek(Bytes{1, 2}, Bytes(32, 5));
    return keys;
  }
  if (name == kPassword || name == kScrypt) {
    keys.add_password(as_bytes("password"));
    return keys;
  }
  std::string file = name == kRsaKem || name == kOaep ? "rsa" : name;
  return x509::MemoryKeySource(
      {{.key = private_key(file), .certificate = certificate(file), .chain = {}}});
}

Bytes& encrypted_key(RecipientInfo& info) {
  return std::visit(
      [](auto& kind) -> Bytes& {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, KeyAgreeRecipientInfo>) {
          return kind.recipients.at(0).encrypted_key;
        } else if constexpr (std::is_same_v<Kind, OtherRecipientInfo>) {
          throw std::runtime_error("no encrypted key");
        } else {
          return kind.encrypted_key;
        }
      },
      info);
}

// How opening ends: "ok", or the slug of the error.
std::string outcome(const EnvelopedHeader& header, const std::string& name) {
  auto encryption = check_content_encryption(header);
  if (!encryption) return std::string(info(encryption.error().rule).slug);
  auto key = recover_content_key(header, *encryption, keys_of(name), Limits{}, OldForms::Refuse);
  return key ? "ok" : std::string(info(key.error().rule).slug);
}

class BadRecipient : public ::testing::TestWithParam<std::string> {
 protected:
  EnvelopedHeader written() const {
    return ReadBack(encrypt(to(GetParam()), content_of(20))).enveloped_header;
  }
};

INSTANTIATE_TEST_SUITE_P(Each, BadRecipient,
                         ::testing::Values("p256", "p384", "p521", "x25519", "x448", kKek,
                                           kPassword, kScrypt, kRsaKem, kOaep),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(BadRecipient, T33_T39_KM08_wrapped_keys_of_every_length) {
  EnvelopedHeader header = written();
  ASSERT_EQ(outcome(header, GetParam()), "ok");
  Bytes& wrapped = encrypted_key(header.recipients.at(0));
  const Bytes good = wrapped;
  // scrypt takes its time with each.
  std::size_t step = GetParam() == kScrypt ? 11 : 1;
  for (std::size_t size = 0; size <= 80; size += step) {
    wrapped = Bytes(size, 7);
    EXPECT_EQ(outcome(header, GetParam()), "enc.failed") << size;
  }
  wrapped = good;
  wrapped.back() ^= 1;
  EXPECT_EQ(outcome(header, GetParam()), "enc.failed");
  wrapped = good;
  append(wrapped, Bytes(8));
  EXPECT_EQ(outcome(header, GetParam()), "enc.failed");
}

TEST_P(BadRecipient, T39_a_content_cipher_of_another_key_size) {
  EnvelopedHeader header = written();
  header.content_encryption_algorithm =
      crypto::content_encryption_identifier({.cipher = ContentCipher::Aes256Cbc, .iv = Bytes(16)});
  EXPECT_EQ(outcome(header, GetParam()), "enc.failed");
}

TEST(BadRecipients, T26_PKCS1_of_every_length_is_another_key) {
  EnvelopedHeader header = ReadBack(encrypt(to("rsa"), content_of(20))).enveloped_header;
  Bytes& wrapped = encrypted_key(header.recipients.at(0));
  for (std::size_t size = 0; size <= 80; ++size) {
    wrapped = Bytes(size, 7);
    EXPECT_EQ(outcome(header, "rsa"), "enc.failed") << size;
  }
  // As long as the modulus: bad padding is no error of its own.
  wrapped = Bytes(private_key("rsa")->subject_public_key_info().size() > 500 ? 512 : 256, 7);
  EXPECT_EQ(outcome(header, "rsa"), "ok");
}

TEST(BadRecipients, KM49_KM53_encapsulations_of_wrong_lengths) {
  EnvelopedHeader header = ReadBack(encrypt(to(kRsaKem), content_of(20))).enveloped_header;
  auto& kemri = std::get<KemRecipientInfo>(header.recipients.at(0));
  const Bytes good = kemri.kemct;
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, good.size() - 1, good.size() + 1, 2 * good.size()}) {
    kemri.kemct = good;
    kemri.kemct.resize(size);
    EXPECT_EQ(outcome(header, kRsaKem), "enc.failed") << size;
  }
  kemri.kemct = Bytes(good.size(), 0xff);  // not below the modulus
  EXPECT_EQ(outcome(header, kRsaKem), "enc.failed");
  kemri.kemct = good;
  kemri.kemct.back() ^= 1;
  EXPECT_EQ(outcome(header, kRsaKem), "enc.failed");
}

TEST(BadRecipients, KM42_KM45_KM54_what_the_KEM_key_is_derived_with) {
  EnvelopedHeader header = ReadBack(encrypt(to(kRsaKem), content_of(20))).enveloped_header;
  auto with = [&](auto change) {
    EnvelopedHeader changed = header;
    change(std::get<KemRecipientInfo>(changed.recipients.at(0)));
    return outcome(changed, kRsaKem);
  };
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.kek_length = 0; }), "crypto.bad-parameters");
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.kek_length = 24; }), "crypto.bad-parameters");
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.kek_length = 65'536; }),
            "crypto.bad-parameters");
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.ukm = Bytes(8, 1); }), "enc.failed");
  for (Digest digest : {Digest::Sha384, Digest::Sha512}) {
    crypto::KemKdf other{.function = crypto::KemKdf::Function::Kdf3, .digest = digest};
    EXPECT_EQ(with([&](KemRecipientInfo& info) { info.kdf = crypto::kem_kdf_identifier(other); }),
              "enc.failed");
  }
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.kdf.algorithm = Oid::of("1.2.3"); }),
            "crypto.unknown-algorithm");
  EXPECT_EQ(with([](KemRecipientInfo& info) { info.wrap.algorithm = Oid::of("1.2.3"); }),
            "crypto.unknown-algorithm");
}

// Every other derivation that keys of the kind can have.
TEST(BadRecipients, ALG45_ALG46_another_KDF_than_the_one_that_was_used) {
  for (const char* name : {"p256", "p384", "p521", "x25519", "x448"}) {
    EnvelopedHeader header = ReadBack(encrypt(to(name), content_of(20))).enveloped_header;
    auto& kari = std::get<KeyAgreeRecipientInfo>(header.recipients.at(0));
    auto used = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
    for (crypto::Kdf kdf : {crypto::Kdf::X963, crypto::Kdf::Hkdf}) {
      for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
        if (kdf == used.kdf && digest == used.digest) continue;
        crypto::KeyAgreement other = used;
        other.kdf = kdf;
        other.digest = digest;
        kari.key_encryption_algorithm = crypto::key_agreement_identifier(other);
        EXPECT_EQ(outcome(header, name), "enc.failed") << name;
      }
    }
    // NULL where nothing stood is another keyInfo (KM-19).
    used.wrap_identifier.parameters = crypto::kNullParameters;
    kari.key_encryption_algorithm = crypto::key_agreement_identifier(used);
    EXPECT_EQ(outcome(header, name), "enc.failed") << name;
    used.wrap_identifier.parameters.reset();
    kari.key_encryption_algorithm = crypto::key_agreement_identifier(used);
    kari.ukm = Bytes(8, 1);
    EXPECT_EQ(outcome(header, name), "enc.failed") << name;
  }
}

}  // namespace
}  // namespace bulla::cms
