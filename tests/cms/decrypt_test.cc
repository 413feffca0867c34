#include "cms/decrypt.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "asn1/writer.h"
#include "cms/hostile.h"
#include "cms/messages.h"
#include "cms/shared_info.h"
#include "crypto/password.h"
#include "crypto/public_key.h"
#include "hex.h"
#include "x509/memory_key_source.h"

namespace bulla::cms {
namespace {

using asn1::Writer;
using messages::certificate;
using messages::file;
using messages::identity;
using messages::kHello;
using messages::Message;
using messages::parsed;

Bytes kek() {
  Bytes key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return key;
}

// Everything that a message can be opened with: "rsa", "p256", "bare:rsa", "kek", "password".
x509::MemoryKeySource keys(const std::vector<std::string>& names) {
  std::vector<Identity> identities;
  for (const std::string& name : names) {
    if (name == "kek" || name == "password" || name == "wrong-password") continue;
    bool is_bare = name.starts_with("bare:");
    Identity one = identity(is_bare ? name.substr(5) : name);
    if (is_bare) one.certificate.reset();
    identities.push_back(std::move(one));
  }
  x509::MemoryKeySource source(std::move(identities));
  for (const std::string& name : names) {
    if (name == "kek") source.add_kek(Bytes{1, 2}, kek());
    if (name == "password") source.add_password(as_bytes("secret"));
    if (name == "wrong-password") source.add_password(as_bytes("Secret"));
  }
  return source;
}

struct Opened {
  std::string error = "ok";
  std::string detail;
  std::string text;
  std::size_t recipient = 0;
  std::string findings;
  bool has_certificate = false;
};

Result<Opened> decrypt(const Message& message, const KeySource& source, const Limits& limits,
                       OldForms old_forms, std::size_t chunk) {
  auto encryption = TRY(check_content_encryption(message.enveloped));
  auto key = TRY(recover_content_key(message.enveloped, encryption, source, limits, old_forms));
  auto decryptor = TRY(ContentDecryptor::create(encryption, key));
  Opened opened;
  auto output = [&](ByteView octets) -> Result<void> {
    opened.text += as_text(octets);
    return {};
  };
  ByteView rest = message.octets;
  while (!rest.empty()) {
    std::size_t size = std::min(chunk, rest.size());
    TRY_VOID(decryptor.update(rest.first(size), output));
    rest = rest.subspan(size);
  }
  TRY_VOID(decryptor.finish(message.enveloped, message.enveloped_end, output));
  opened.recipient = key.recipient;
  opened.findings = messages::slugs(key.findings);
  opened.has_certificate = key.certificate.has_value();
  return opened;
}

Opened open(const Message& message, const KeySource& source, const Limits& limits = {},
            OldForms old_forms = OldForms::Refuse) {
  Opened first;
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{17}}) {
    auto result = decrypt(message, source, limits, old_forms, chunk);
    Opened now = result ? *result : Opened{};
    if (!result) {
      now.error = info(result.error().rule).slug;
      now.detail = result.error().detail;
    }
    if (chunk == SIZE_MAX) first = now;
    EXPECT_EQ(now.error, first.error);
    EXPECT_EQ(now.text, first.text);
  }
  return first;
}

Opened open(const std::string& name, const std::vector<std::string>& with) {
  return open(parsed(file(name)), keys(with));
}

template <typename Kind>
Kind& recipient(Message& message, std::size_t index = 0) {
  return std::get<Kind>(message.enveloped.recipients.at(index));
}

TEST(Decrypt, messages_of_openssl_with_an_RSA_key) {
  for (const char* name :
       {"ktri.p7m", "ktri_streamed.p7m", "ktri_keyid.p7m", "oaep.p7m", "gcm.p7m", "many.p7m"}) {
    Opened opened = open(name, {"p256", "rsa"});
    EXPECT_EQ(opened.error, "ok") << name;
    EXPECT_EQ(opened.text, kHello) << name;
    EXPECT_TRUE(opened.has_certificate);
  }
}

TEST(Decrypt, KM18_KM21_messages_of_openssl_with_an_EC_key) {
  for (const char* name : {"kari.p7m", "kari_sha256.p7m", "gcm_kari.p7m", "many.p7m"}) {
    EXPECT_EQ(open(name, {"p256"}).text, kHello) << name;
  }
}

TEST(Decrypt, ALG44_KM09_messages_of_openssl_with_a_DH_key) {
  for (const char* name : {"dh.p7m", "dh_3des.p7m"}) {
    EXPECT_EQ(open(parsed(file(name)), keys({"dh"})).text, kHello) << name;
    EXPECT_EQ(open(parsed(file(name)), keys({"bare:dh"})).text, kHello) << name;
  }
}

TEST(Decrypt, KM31_messages_of_openssl_with_a_key_encryption_key) {
  EXPECT_EQ(open("kekri.p7m", {"kek"}).text, kHello);
  EXPECT_EQ(open("many.p7m", {"kek"}).text, kHello);
  EXPECT_EQ(open("many.p7m", {"kek"}).recipient, 2u);
  EXPECT_FALSE(open("many.p7m", {"kek"}).has_certificate);
}

TEST(Decrypt, KM32_KM36_messages_of_openssl_with_a_password) {
  for (const char* name : {"pwri.p7m", "pwri_3des.p7m", "many.p7m"}) {
    EXPECT_EQ(open(name, {"password"}).text, kHello) << name;
    EXPECT_EQ(open(name, {"wrong-password", "password"}).text, kHello) << name;
    EXPECT_EQ(open(name, {"wrong-password"}).error, "enc.failed") << name;
  }
}

TEST(Decrypt, T28_without_a_fitting_key) {
  EXPECT_EQ(open("ktri.p7m", {"p256", "rsa1024", "kek", "password"}).error, "key.none-fits");
  EXPECT_EQ(open("kari.p7m", {"rsa"}).error, "key.none-fits");
  EXPECT_EQ(open("kekri.p7m", {"rsa"}).error, "key.none-fits");
  EXPECT_EQ(open("pwri.p7m", {"rsa"}).error, "key.none-fits");
}

TEST(Decrypt, CMS48_a_message_without_recipients) {
  Message message = parsed(file("ktri.p7m"));
  message.enveloped.recipients.clear();
  EXPECT_EQ(open(message, keys({"rsa"})).error, "cms.no-recipients");
}

TEST(Decrypt, a_bare_key_serves_the_one_recipient_of_its_kind) {
  EXPECT_EQ(open("ktri.p7m", {"bare:rsa"}).text, kHello);
  EXPECT_EQ(open("many.p7m", {"bare:rsa"}).text, kHello);
  EXPECT_EQ(open("many.p7m", {"bare:p256"}).text, kHello);
  EXPECT_FALSE(open("many.p7m", {"bare:p256"}).has_certificate);
  EXPECT_EQ(open("ktri_keyid.p7m", {"bare:rsa"}).text, kHello);
  EXPECT_EQ(open("ktri.p7m", {"bare:p256"}).error, "key.none-fits");
}

TEST(Decrypt, T27_a_bare_key_with_several_recipients_of_its_kind_is_ambiguous) {
  Message message = parsed(file("ktri.p7m"));
  message.enveloped.recipients.push_back(message.enveloped.recipients[0]);
  recipient<KeyTransRecipientInfo>(message, 1).rid.serial_number = {1};
  EXPECT_EQ(open(message, keys({"bare:rsa"})).error, "key.ambiguous");
  EXPECT_EQ(open(message, keys({"rsa"})).text, kHello);
  EXPECT_EQ(open("ktri.p7m", {"bare:rsa", "bare:rsa1024"}).error, "key.ambiguous");
}

TEST(Decrypt, T27_one_name_twice_is_refused_before_any_key_is_used) {
  EXPECT_EQ(open("twice.p7m", {"rsa"}).error, "enc.duplicate-recipient");
  EXPECT_EQ(open("twice.p7m", {}).error, "enc.duplicate-recipient");
  Message message = parsed(file("kekri.p7m"));
  message.enveloped.recipients.push_back(message.enveloped.recipients[0]);
  EXPECT_EQ(open(message, keys({"kek"})).error, "enc.duplicate-recipient");
}

// Counts what is asked of it.
class CountingKey final : public PrivateKey {
 public:
  explicit CountingKey(PrivateKeyPtr key) : key_(std::move(key)) {}
  KeyKind kind() const override { return key_->kind(); }
  Bytes subject_public_key_info() const override { return key_->subject_public_key_info(); }
  Result<Bytes> sign(const SignatureScheme& scheme, ByteView message) const override {
    return key_->sign(scheme, message);
  }
  Result<Secret> decrypt_key(const TransportScheme& scheme, ByteView key,
                             std::size_t size) const override {
    ++operations;
    return key_->decrypt_key(scheme, key, size);
  }
  Result<Secret> agree(ByteView peer) const override {
    ++operations;
    return key_->agree(peer);
  }
  mutable int operations = 0;

 private:
  PrivateKeyPtr key_;
};

TEST(Decrypt, T27_private_key_operations_are_bounded) {
  auto key = std::make_shared<CountingKey>(identity("rsa").key);
  Identity with_certificate{.key = key, .certificate = certificate("rsa"), .chain = {}};
  x509::MemoryKeySource source({with_certificate, with_certificate, with_certificate});
  Message message = parsed(file("oaep.p7m"));
  recipient<KeyTransRecipientInfo>(message).encrypted_key[20] ^= 1;
  Limits limits;
  auto encryption = check_content_encryption(message.enveloped).value();
  auto result =
      recover_content_key(message.enveloped, encryption, source, limits, OldForms::Refuse);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, Rule::EncFailed);
  EXPECT_EQ(key->operations, 2);
}

TEST(Decrypt, T28_no_operation_when_no_recipient_is_ours) {
  auto key = std::make_shared<CountingKey>(identity("rsa").key);
  x509::MemoryKeySource source(
      {Identity{.key = key, .certificate = certificate("rsa1024"), .chain = {}}});
  EXPECT_EQ(open(parsed(file("ktri.p7m")), source).error, "key.none-fits");
  EXPECT_EQ(key->operations, 0);
}

TEST(Decrypt, T26_bad_padding_of_PKCS1_is_no_error_of_its_own) {
  Message message = parsed(file("ktri.p7m"));
  recipient<KeyTransRecipientInfo>(message).encrypted_key[20] ^= 1;
  auto encryption = check_content_encryption(message.enveloped).value();
  auto key =
      recover_content_key(message.enveloped, encryption, keys({"rsa"}), {}, OldForms::Refuse);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->key.size(), 32u);
  auto again =
      recover_content_key(message.enveloped, encryption, keys({"rsa"}), {}, OldForms::Refuse);
  EXPECT_TRUE(equal(key->key.view(), again->key.view()));
  Message gcm = parsed(file("gcm.p7m"));
  recipient<KeyTransRecipientInfo>(gcm).encrypted_key[20] ^= 1;
  EXPECT_EQ(open(gcm, keys({"rsa"})).error, "enc.failed");
}

TEST(Decrypt, T33_every_failure_after_a_match_has_one_face) {
  Message oaep = parsed(file("oaep.p7m"));
  recipient<KeyTransRecipientInfo>(oaep).encrypted_key.pop_back();
  EXPECT_EQ(open(oaep, keys({"rsa"})).error, "enc.failed");
  Message kari = parsed(file("kari.p7m"));
  recipient<KeyAgreeRecipientInfo>(kari).recipients[0].encrypted_key[3] ^= 1;
  EXPECT_EQ(open(kari, keys({"p256"})).error, "enc.failed");
  Message kekri = parsed(file("kekri.p7m"));
  recipient<KekRecipientInfo>(kekri).encrypted_key[3] ^= 1;
  EXPECT_EQ(open(kekri, keys({"kek"})).error, "enc.failed");
  Message pwri = parsed(file("pwri.p7m"));
  recipient<PasswordRecipientInfo>(pwri).encrypted_key.resize(8);
  EXPECT_EQ(open(pwri, keys({"password"})).error, "enc.failed");
}

TEST(Decrypt, T36_points_that_are_not_on_the_curve) {
  Message message = parsed(file("kari.p7m"));
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  for (const Bytes& point : {Bytes{0}, Bytes{}, Bytes(65, 4), Bytes(33, 2)}) {
    kari.originator_key = point;
    EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
  }
}

Bytes integer(ByteView magnitude) {
  return asn1::encode([&](Writer& out) { out.unsigned_integer(magnitude); });
}

TEST(Decrypt, ALG44_numbers_that_are_not_in_the_group) {
  Message message = parsed(file("dh.p7m"));
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  const Bytes one{1}, two{2}, large(257, 0x7f);
  for (const Bytes& number : {Bytes{}, Bytes{2, 1, 0}, Bytes{2, 1, 0xff}, integer(one),
                              integer(two), integer(large), Bytes{4, 1, 2}}) {
    kari.originator_key = number;
    EXPECT_EQ(open(message, keys({"dh"})).error, "enc.failed") << to_hex(number);
  }
}

TEST(Decrypt, KM12_the_group_of_the_originator) {
  Message message = parsed(file("dh.p7m"));
  auto& algorithm = recipient<KeyAgreeRecipientInfo>(message).originator_algorithm;
  algorithm.parameters =
      to_bytes(crypto::PublicKey::parse(certificate("dh").subject_public_key_info())->curve());
  EXPECT_EQ(open(message, keys({"dh"})).text, kHello);
  algorithm.parameters = Bytes{5, 0};
  EXPECT_EQ(open(message, keys({"dh"})).text, kHello);
  algorithm.parameters = Bytes{0x30, 0};
  EXPECT_EQ(open(message, keys({"dh"})).error, "enc.failed");
  algorithm = {.algorithm = Oid::of("1.2.840.10045.2.1"), .parameters = std::nullopt};
  EXPECT_EQ(open(message, keys({"dh"})).error, "enc.failed");
}

// Each key derivation belongs to its keys: SHA-1 of X9.42 to no curve, X9.63 to no group.
TEST(Decrypt, ALG44_ALG45_key_derivations_of_other_keys) {
  Message kari = parsed(file("kari.p7m"));
  Message dh = parsed(file("dh.p7m"));
  auto& ecdh = recipient<KeyAgreeRecipientInfo>(kari).key_encryption_algorithm;
  auto& esdh = recipient<KeyAgreeRecipientInfo>(dh).key_encryption_algorithm;
  std::swap(ecdh.algorithm, esdh.algorithm);
  EXPECT_EQ(open(kari, keys({"p256"})).error, "enc.failed");
  EXPECT_EQ(open(dh, keys({"dh"})).error, "enc.failed");
}

TEST(Decrypt, KM13_KM15_the_curve_of_the_originator) {
  Message message = parsed(file("kari.p7m"));
  auto& algorithm = recipient<KeyAgreeRecipientInfo>(message).originator_algorithm;
  auto curve = crypto::PublicKey::parse(certificate("p256").subject_public_key_info()).value();
  algorithm.parameters = to_bytes(curve.curve());
  EXPECT_EQ(open(message, keys({"p256"})).text, kHello);
  algorithm.parameters = Bytes{5, 0};
  EXPECT_EQ(open(message, keys({"p256"})).text, kHello);
  algorithm.parameters = asn1::encode([](Writer& out) { out.oid(Oid::of("1.3.132.0.34")); });
  EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
}

TEST(Decrypt, unknown_key_encryption_algorithms_are_named) {
  Message ktri = parsed(file("ktri.p7m"));
  recipient<KeyTransRecipientInfo>(ktri).key_encryption_algorithm.algorithm = Oid::of("1.2.3");
  Opened opened = open(ktri, keys({"rsa"}));
  EXPECT_EQ(opened.error, "crypto.unknown-algorithm");
  EXPECT_EQ(opened.detail, "1.2.3");
  Message kari = parsed(file("kari.p7m"));
  recipient<KeyAgreeRecipientInfo>(kari).key_encryption_algorithm.algorithm = Oid::of("1.2.3");
  EXPECT_EQ(open(kari, keys({"p256"})).error, "crypto.unknown-algorithm");
}

TEST(Decrypt, T32_malformed_OAEP_parameters_do_not_become_PKCS1) {
  Message message = parsed(file("ktri.p7m"));
  auto& algorithm = recipient<KeyTransRecipientInfo>(message).key_encryption_algorithm;
  algorithm.algorithm = Oid::of("1.2.840.113549.1.1.7");
  algorithm.parameters = std::nullopt;
  EXPECT_EQ(open(message, keys({"rsa"})).error, "crypto.bad-parameters");
  algorithm.parameters = Bytes{0x30, 0};
  EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
}

TEST(Decrypt, KM38_iterations_are_bounded_over_the_whole_message) {
  Limits limits;
  limits.pbkdf2_iterations = 2'048;  // what OpenSSL writes
  Message message = parsed(file("pwri.p7m"));
  EXPECT_EQ(open(message, keys({"password"}), limits).text, kHello);
  EXPECT_EQ(open(message, keys({"wrong-password", "password"}), limits).error, "enc.failed");
  limits.pbkdf2_iterations = 2'047;
  EXPECT_EQ(open(message, keys({"password"}), limits).error, "limit.iterations");
}

TEST(Decrypt, CMS56_a_password_recipient_without_key_derivation) {
  Message message = parsed(file("pwri.p7m"));
  recipient<PasswordRecipientInfo>(message).key_derivation_algorithm.reset();
  EXPECT_EQ(open(message, keys({"password"})).error, "crypto.unknown-algorithm");
}

TEST(Decrypt, KM37_a_password_recipient_with_AES_key_wrap) {
  Message message = parsed(file("kekri.p7m"));
  Bytes derivation = asn1::encode([](Writer& out) {
    Writer seq = out.sequence();
    seq.octet_string(as_bytes("salt"));
    seq.integer(10);
  });
  auto kek_of_password =
      crypto::derive_pbkdf2(Digest::Sha1, as_bytes("secret"), as_bytes("salt"), 10, 32).value();
  auto content_key = crypto::unwrap_key(crypto::KeyWrap::Aes256, kek(),
                                        recipient<KekRecipientInfo>(message).encrypted_key)
                         .value();
  PasswordRecipientInfo info;
  info.key_derivation_algorithm = {.algorithm = Oid::of("1.2.840.113549.1.5.12"),
                                   .parameters = derivation};
  info.key_encryption_algorithm.algorithm = Oid::of("2.16.840.1.101.3.4.1.45");
  info.encrypted_key =
      crypto::wrap_key(crypto::KeyWrap::Aes256, kek_of_password.view(), content_key.view()).value();
  message.enveloped.recipients = {info};
  EXPECT_EQ(open(message, keys({"password"})).text, kHello);
}

// Wraps the content key of a kari message again, under another keyInfo.
Message with_key_info(const asn1::AlgorithmIdentifier& key_info) {
  Message message = parsed(file("kari.p7m"));
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  auto agreement = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
  Secret shared = identity("p256").key->agree(kari.originator_key).value();
  Secret old = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  Bytes& wrapped = kari.recipients[0].encrypted_key;
  Secret content_key = crypto::unwrap_key(agreement.wrap, old.view(), wrapped).value();
  agreement.wrap_identifier = key_info;
  Secret kek_now = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  wrapped = crypto::wrap_key(agreement.wrap, kek_now.view(), content_key.view()).value();
  return message;
}

TEST(Decrypt, KM23_cofactor_agreement_on_a_curve_with_cofactor_1) {
  Message message = parsed(file("kari_sha256.p7m"));
  auto& algorithm = recipient<KeyAgreeRecipientInfo>(message).key_encryption_algorithm;
  ASSERT_EQ(algorithm.algorithm, Oid::of("1.3.132.1.11.1"));
  algorithm.algorithm = Oid::of("1.3.132.1.14.1");
  EXPECT_EQ(open(message, keys({"p256"})).text, kHello);
}

TEST(Decrypt, CMS54_KM20_user_keying_material_goes_into_the_derivation) {
  Message message = parsed(file("kari.p7m"));
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  ASSERT_FALSE(kari.ukm);
  auto agreement = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
  Secret shared = identity("p256").key->agree(kari.originator_key).value();
  Bytes& wrapped = kari.recipients[0].encrypted_key;
  Secret old = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  Secret content_key = crypto::unwrap_key(agreement.wrap, old.view(), wrapped).value();
  Bytes ukm(64, 7);
  Secret now = derive_key_encryption_key(agreement, shared.view(), ukm).value();
  wrapped = crypto::wrap_key(agreement.wrap, now.view(), content_key.view()).value();
  EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
  kari.ukm = ukm;
  EXPECT_EQ(open(message, keys({"p256"})).text, kHello);
}

TEST(Decrypt, KM22_old_shared_info_only_on_request) {
  Message now = parsed(file("kari.p7m"));
  auto agreement =
      crypto::read_key_agreement(recipient<KeyAgreeRecipientInfo>(now).key_encryption_algorithm)
          .value();
  asn1::AlgorithmIdentifier with_null = agreement.wrap_identifier;
  with_null.parameters = Bytes{5, 0};
  for (const auto& key_info : {with_null, now.enveloped.content_encryption_algorithm}) {
    Message message = with_key_info(key_info);
    EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
    Opened opened = open(message, keys({"p256"}), {}, OldForms::Read);
    EXPECT_EQ(opened.text, kHello);
    EXPECT_EQ(opened.findings, "enc.old-kdf");
  }
  EXPECT_EQ(open(now, keys({"p256"}), {}, OldForms::Read).findings, "");
}

TEST(Decrypt, CMS53_a_static_originator_through_its_certificate) {
  Message message = parsed(file("kari.p7m"));
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  kari.originator = EntityIdentifier::issuer_and_serial(certificate("p256"));
  EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
  // The recipient's own key as the static one of the originator.
  auto own = crypto::PublicKey::parse(certificate("p256").subject_public_key_info()).value();
  auto agreement = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
  Secret shared = identity("p256").key->agree(own.subject_public_key()).value();
  Secret wrap_key = derive_key_encryption_key(agreement, shared.view(), std::nullopt).value();
  Message known = parsed(file("kari.p7m"));
  auto key = recover_content_key(known.enveloped, check_content_encryption(known.enveloped).value(),
                                 keys({"p256"}), {}, OldForms::Refuse);
  kari.recipients[0].encrypted_key =
      crypto::wrap_key(agreement.wrap, wrap_key.view(), key->key.view()).value();
  message.enveloped.originator_certificates = {certificate("rsa"), certificate("p256")};
  EXPECT_EQ(open(message, keys({"p256"})).text, kHello);
  message.enveloped.originator_certificates = {certificate("rsa")};
  EXPECT_EQ(open(message, keys({"p256"})).error, "enc.failed");
}

// ssDH (RFC 3370 4.1.2): the originator's certificate, and a ukm.
TEST(Decrypt, ALG44_KM10_static_static_DH) {
  Message message = parsed(file("dh.p7m"));
  auto key =
      recover_content_key(message.enveloped, check_content_encryption(message.enveloped).value(),
                          keys({"dh"}), {}, OldForms::Refuse);
  auto& kari = recipient<KeyAgreeRecipientInfo>(message);
  kari.key_encryption_algorithm.algorithm = Oid::of("1.2.840.113549.1.9.16.3.10");
  auto agreement = crypto::read_key_agreement(kari.key_encryption_algorithm).value();
  auto own = crypto::PublicKey::parse(certificate("dh").subject_public_key_info()).value();
  Secret shared = identity("dh").key->agree(own.subject_public_key()).value();
  Bytes ukm(64, 9);
  Secret kek_now = derive_key_encryption_key(agreement, shared.view(), ukm).value();
  kari.recipients[0].encrypted_key =
      crypto::wrap_key(agreement.wrap, kek_now.view(), key->key.view()).value();
  kari.ukm = ukm;
  EXPECT_EQ(open(message, keys({"dh"})).error, "crypto.bad-parameters") << "a key for one message";
  kari.originator = EntityIdentifier::issuer_and_serial(certificate("dh"));
  message.enveloped.originator_certificates = {certificate("rsa"), certificate("dh")};
  EXPECT_EQ(open(message, keys({"dh"})).text, kHello);
  kari.ukm->back() ^= 1;
  EXPECT_EQ(open(message, keys({"dh"})).error, "enc.failed");
  kari.ukm.reset();
  EXPECT_EQ(open(message, keys({"dh"})).error, "crypto.bad-parameters");
}

// RFC 2631 2.1.6 and 2.1.7.
TEST(SharedInfo, KM09_KM10_KM11_vectors_of_RFC_2631) {
  Bytes zz(20);
  for (std::size_t i = 0; i < zz.size(); ++i) zz[i] = static_cast<std::uint8_t>(i);
  crypto::KeyAgreement agreement{.kdf = crypto::Kdf::X942,
                                 .digest = Digest::Sha1,
                                 .wrap = crypto::KeyWrap::TripleDes,
                                 .wrap_identifier = {Oid::of("1.2.840.113549.1.9.16.3.6"), {}}};
  EXPECT_EQ(to_hex(derive_key_encryption_key(agreement, zz, std::nullopt)->view()),
            "a09661392376f7044d9052a397883246b67f5f1ef63eb5fb");
  Bytes party;
  for (int i = 0; i < 4; ++i) append(party, from_hex("0123456789abcdeffedcba9876543201"));
  agreement.wrap = crypto::KeyWrap::Aes128;  // as long as the key of RC2-128
  agreement.wrap_identifier.algorithm = Oid::of("1.2.840.113549.1.9.16.3.7");
  EXPECT_EQ(to_hex(derive_key_encryption_key(agreement, zz, party)->view()),
            "48950c46e0530075403cce72889604e0");
}

// KM-37: scrypt as well (RFC 7914).
TEST(Decrypt, T125_scrypt_is_bounded_as_PBKDF2_is) {
  Message message = parsed(file("pwri.p7m"));
  auto& info = recipient<PasswordRecipientInfo>(message);
  auto with = [&](std::uint64_t cost, std::uint64_t block_size, std::uint64_t parallelization) {
    info.key_derivation_algorithm =
        crypto::password_derivation_identifier(crypto::Scrypt{.salt = Bytes(16),
                                                              .cost = cost,
                                                              .block_size = block_size,
                                                              .parallelization = parallelization,
                                                              .key_size = std::nullopt});
    return open(message, keys({"password"})).error;
  };
  EXPECT_EQ(with(1'024, 8, 1), "enc.failed");
  EXPECT_EQ(with(1'000, 8, 1), "crypto.bad-parameters") << "no power of two";
  EXPECT_EQ(with(1u << 20, 8, 1), "limit.iterations") << "1 GiB";
  EXPECT_EQ(with(1u << 17, 8, 16), "limit.iterations") << "time";
  EXPECT_EQ(with(1'024, 8, 17), "limit.iterations");
  info.key_derivation_algorithm->parameters.reset();
  EXPECT_EQ(open(message, keys({"password"})).error, "crypto.bad-parameters");
}

std::string place(bool authenticated, const Oid& oid, const Bytes& parameters = {4, 1, 0}) {
  EnvelopedHeader header;
  header.authenticated = authenticated;
  header.content_encryption_algorithm = {.algorithm = oid, .parameters = parameters};
  auto result = check_content_encryption(header);
  return result ? "ok" : std::string(info(result.error().rule).slug);
}

Bytes iv(std::size_t size) {
  return asn1::encode([&](Writer& out) { out.octet_string(Bytes(size)); });
}

Bytes gcm(std::size_t nonce, std::uint64_t tag) {
  return asn1::encode([&](Writer& out) {
    Writer seq = out.sequence();
    seq.octet_string(Bytes(nonce));
    seq.integer(tag);
  });
}

TEST(ContentEncryption, KM59_T20_T24_each_cipher_has_its_place) {
  constexpr Oid cbc = Oid::of("2.16.840.1.101.3.4.1.42");
  constexpr Oid gcm_oid = Oid::of("2.16.840.1.101.3.4.1.46");
  constexpr Oid ccm = Oid::of("2.16.840.1.101.3.4.1.47");
  EXPECT_EQ(place(false, cbc, iv(16)), "ok");
  EXPECT_EQ(place(true, cbc, iv(16)), "enc.cipher-place");
  EXPECT_EQ(place(true, gcm_oid, gcm(12, 16)), "ok");
  EXPECT_EQ(place(false, gcm_oid, gcm(12, 16)), "enc.cipher-place");
  EXPECT_EQ(place(false, ccm, gcm(11, 16)), "enc.cipher-place");
  EXPECT_EQ(place(true, ccm, gcm(11, 16)), "ok");
  constexpr Oid chacha = Oid::of("1.2.840.113549.1.9.16.3.18");
  EXPECT_EQ(place(false, chacha, iv(12)), "enc.cipher-place");
  EXPECT_EQ(place(true, chacha, iv(12)), "ok");
  EXPECT_EQ(place(false, Oid::of("1.2.3")), "crypto.unknown-algorithm");
}

// KM-57: the cipher inside a derivation has its place as well.
TEST(ContentEncryption, T24_KM57_a_derived_key_changes_no_place) {
  constexpr Oid derived = Oid::of("1.2.840.113549.1.9.16.3.31");
  auto cipher = [](const Oid& oid, const Bytes& parameters) {
    return asn1::AlgorithmIdentifier{.algorithm = oid, .parameters = parameters}.encode();
  };
  Bytes cbc = cipher(Oid::of("2.16.840.1.101.3.4.1.42"), iv(16));
  Bytes aead = cipher(Oid::of("2.16.840.1.101.3.4.1.46"), gcm(12, 16));
  EXPECT_EQ(place(false, derived, cbc), "ok");
  EXPECT_EQ(place(true, derived, cbc), "enc.cipher-place");
  EXPECT_EQ(place(true, derived, aead), "ok");
  EXPECT_EQ(place(false, derived, aead), "enc.cipher-place");
}

TEST(ContentEncryption, T04_T20_modes_without_a_place) {
  constexpr Oid modes[] = {
      Oid::of("2.16.840.1.101.3.4.1.1"),  Oid::of("2.16.840.1.101.3.4.1.21"),
      Oid::of("2.16.840.1.101.3.4.1.41"), Oid::of("2.16.840.1.101.3.4.1.3"),
      Oid::of("2.16.840.1.101.3.4.1.43"), Oid::of("2.16.840.1.101.3.4.1.4"),
      Oid::of("2.16.840.1.101.3.4.1.44"), Oid::of("1.2.840.113549.3.4"),
  };
  for (const Oid& oid : modes) {
    EXPECT_EQ(place(true, oid), "enc.cipher-place") << oid.to_string();
    EXPECT_EQ(place(false, oid), "enc.cipher-place") << oid.to_string();
  }
}

TEST(ContentEncryption, T21_T22_tags_nonces_and_IVs) {
  constexpr Oid oid = Oid::of("2.16.840.1.101.3.4.1.46");
  for (std::uint64_t tag = 0; tag < 12; ++tag) {
    EXPECT_EQ(place(true, oid, gcm(12, tag)), "enc.short-tag") << tag;
  }
  EXPECT_EQ(place(true, oid, gcm(12, 17)), "enc.bad-parameters");
  EXPECT_EQ(place(true, oid, gcm(0, 16)), "enc.bad-parameters");
  for (std::size_t size : {0, 8, 15, 17}) {
    EXPECT_EQ(place(false, Oid::of("2.16.840.1.101.3.4.1.2"), iv(size)), "enc.bad-parameters");
  }
}

TEST(ContentDecryptor, T02_T23_CMS68_a_changed_tag_or_ciphertext_fails) {
  for (std::size_t i : {std::size_t{0}, std::size_t{15}}) {
    Message message = parsed(file("gcm.p7m"));
    message.enveloped_end.mac[i] ^= 1;
    EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
  }
  Message message = parsed(file("gcm.p7m"));
  message.octets[7] ^= 1;
  EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
  message.octets.clear();
  EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
}

TEST(ContentDecryptor, ALG60_T21_the_size_of_the_tag_is_the_one_that_was_said) {
  for (std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{12}, std::size_t{15}}) {
    Message message = parsed(file("gcm.p7m"));
    message.enveloped_end.mac.resize(size);
    EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed") << size;
  }
  for (std::size_t size : {std::size_t{12}, std::size_t{16}, std::size_t{13}}) {
    Message message = parsed(file("gcm.p7m"));
    Bytes nonce = check_content_encryption(message.enveloped)->iv;
    message.enveloped.content_encryption_algorithm.parameters =
        asn1::encode([&](Writer& out) { out.sequence().octet_string(nonce); });
    message.enveloped_end.mac.resize(size);
    EXPECT_EQ(open(message, keys({"rsa"})).error, size == 13 ? "enc.failed" : "ok") << size;
  }
}

TEST(ContentDecryptor, CMS58_padding_that_is_wrong) {
  Message message = parsed(file("ktri.p7m"));
  message.octets.pop_back();
  EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
  message.octets.clear();
  EXPECT_EQ(open(message, keys({"rsa"})).error, "enc.failed");
}

TEST(ContentDecryptor, CMS59_external_ciphertext) {
  Message message = parsed(file("ktri.p7m"));
  message.octets.clear();
  message.enveloped_end.has_content = false;
  EXPECT_EQ(open(message, keys({"rsa"})).error, "cms.external-content");
}

// The message with other authAttrs, encrypted again under its own key.
Message with_attributes(const Oid& content_type, const std::vector<Attribute>& attributes) {
  Message message = parsed(file("gcm.p7m"));
  auto encryption = check_content_encryption(message.enveloped).value();
  auto key = recover_content_key(message.enveloped, encryption, keys({"rsa"}), {}, OldForms::Refuse)
                 .value();
  if (!attributes.empty()) {
    message.enveloped_end.auth_attrs = attributes;
    message.enveloped_end.auth_attrs_der =
        asn1::encode([&](Writer& out) { write_attributes(out, attributes, asn1::Tag::Set); });
  }
  auto encryptor = crypto::Encryptor::create(encryption.cipher, key.key.view(), encryption.iv,
                                             message.enveloped_end.auth_attrs_der)
                       .value();
  message.octets.clear();
  auto output = [&](ByteView octets) -> Result<void> {
    append(message.octets, octets);
    return {};
  };
  EXPECT_TRUE(encryptor.update(as_bytes(kHello), output));
  EXPECT_TRUE(encryptor.finish(output));
  message.enveloped_end.mac = to_bytes(encryptor.tag());
  message.enveloped.content_type = content_type;
  return message;
}

Attribute content_type_attribute(const Oid& type) {
  return {.type = kContentTypeAttribute,
          .values = {asn1::encode([&](Writer& out) { out.oid(type); })}};
}

TEST(ContentDecryptor, CMS64_T25_authenticated_attributes_are_the_additional_data) {
  Message message = with_attributes(kData, {content_type_attribute(kData)});
  EXPECT_EQ(open(message, keys({"rsa"})).text, kHello);
  Message changed = message;
  changed.enveloped_end.auth_attrs_der.back() ^= 1;
  EXPECT_EQ(open(changed, keys({"rsa"})).error, "enc.failed");
  Message moved = message;
  moved.enveloped_end.unprotected_attrs = std::move(moved.enveloped_end.auth_attrs);
  moved.enveloped_end.auth_attrs_der.clear();
  EXPECT_EQ(open(moved, keys({"rsa"})).error, "enc.failed");
}

TEST(ContentDecryptor, CMS63_the_content_type_among_the_authenticated_attributes) {
  auto error = [](const Oid& type, const std::vector<Attribute>& attributes) {
    return open(with_attributes(type, attributes), keys({"rsa"})).error;
  };
  Attribute data = content_type_attribute(kData);
  EXPECT_EQ(error(kSignedData, {content_type_attribute(kSignedData)}), "ok");
  EXPECT_EQ(error(kSignedData, {}), "enc.failed");
  EXPECT_EQ(error(kSignedData, {data}), "enc.failed");
  EXPECT_EQ(error(kData, {data, data}), "enc.failed");
  Attribute other{.type = kSigningTime, .values = {Bytes{5, 0}}};
  EXPECT_EQ(error(kData, {other}), "ok");
  EXPECT_EQ(error(kSignedData, {other}), "enc.failed");
}

TEST(Decrypt, T20_to_T24_the_hostile_corpus) {
  if (!hostile::is_here()) GTEST_SKIP() << "no corpus";
  Identity ee{.key = nullptr,
              .certificate = load_certificates(hostile::read("ee.crt")).value().front(),
              .chain = {}};
  auto blocks = x509::read_pem(hostile::read("ee.key")).value();
  ee.key = load_private_key(blocks.front().contents.view()).value();
  x509::MemoryKeySource source({ee});
  std::size_t count = 0;
  for (const hostile::Row& row : hostile::rows("decrypt")) {
    if (row.expect.starts_with("accept-or")) continue;
    Message message;
    bool is_read = messages::parse(hostile::read(row.file), message).has_value();
    bool accepted = is_read && open(message, source).error == "ok";
    EXPECT_EQ(accepted, row.expect.starts_with("accept")) << row.file;
    ++count;
  }
  EXPECT_GT(count, 5u);
}

Bytes deflated(ByteView content) {
  Bytes out(compressBound(content.size()));
  uLongf size = out.size();
  EXPECT_EQ(compress2(out.data(), &size, content.data(), content.size(), 9), Z_OK);
  out.resize(size);
  return out;
}

std::string inflated(ByteView input, std::size_t chunk, const Limits& limits = {}) {
  auto inflater = Inflater::create(limits).value();
  std::string text;
  auto output = [&](ByteView octets) -> Result<void> {
    text += as_text(octets);
    return {};
  };
  while (!input.empty()) {
    std::size_t size = std::min(chunk, input.size());
    auto result = inflater.update(input.first(size), output);
    if (!result) return std::string(info(result.error().rule).slug);
    input = input.subspan(size);
  }
  auto result = inflater.finish();
  return result ? text : std::string(info(result.error().rule).slug);
}

TEST(Inflater, inflates_in_every_chunking) {
  std::string content;
  for (int i = 0; i < 60'000; ++i) content += std::to_string(i * 7919);
  Bytes input = deflated(as_bytes(content));
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{1'000}}) {
    EXPECT_EQ(inflated(input, chunk), content);
  }
  EXPECT_EQ(inflated(deflated({}), SIZE_MAX), "");
}

TEST(Inflater, T103_truncated_trailing_and_damaged_data) {
  Bytes input = deflated(as_bytes("hello, hello, hello"));
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
    for (std::size_t size = 0; size < input.size(); ++size) {
      EXPECT_EQ(inflated(ByteView(input).first(size), chunk), "cms.bad-compression") << size;
    }
    Bytes longer = input;
    longer.push_back(0);
    EXPECT_EQ(inflated(longer, chunk), "cms.bad-compression");
    Bytes damaged = input;
    damaged.back() ^= 1;
    EXPECT_EQ(inflated(damaged, chunk), "cms.bad-compression");
  }
}

TEST(Inflater, T103_gzip_large_windows_and_dictionaries_are_refused) {
  EXPECT_EQ(inflated(Bytes{0x1f, 0x8b, 8, 0}, SIZE_MAX), "cms.bad-compression");
  EXPECT_EQ(inflated(Bytes{0x88, 0x1c, 0}, SIZE_MAX), "cms.bad-compression");
  EXPECT_EQ(inflated(Bytes{0x78, 0xbb, 0, 0, 0, 1, 0}, SIZE_MAX), "cms.bad-compression");
}

TEST(Inflater, T103_CMS75_expansion_is_bounded) {
  Bytes bomb = deflated(Bytes(8u << 20));
  Limits limits;
  limits.compression_free_bytes = 1u << 20;
  EXPECT_EQ(inflated(bomb, SIZE_MAX, limits), "limit.compression");
  EXPECT_EQ(inflated(bomb, 1, limits), "limit.compression");
  limits.compression_ratio = 2'000;
  EXPECT_EQ(inflated(bomb, 100, limits).size(), std::size_t{8u << 20});
  // By default an attachment of usual size may be as regular as it likes.
  EXPECT_EQ(inflated(bomb, SIZE_MAX).size(), std::size_t{8u << 20});
  EXPECT_EQ(inflated(deflated(Bytes(40u << 20)), SIZE_MAX), "limit.compression");
}

}  // namespace
}  // namespace bulla::cms
