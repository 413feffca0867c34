// SignedAndEnvelopedData of PKCS #7 (RFC 2315 11): decrypted and verified, and never written. The
// messages are OpenSSL's, made here by its PKCS #7 functions.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "asn1/writer.h"
#include "bulla/recipients.h"
#include "cms/decrypt.h"
#include "cms/enclosing.h"
#include "cms/messages.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"
#include "message/people.h"
#include "x509/memory_key_source.h"

namespace bulla::testing {
namespace {

constexpr std::string_view kMail =
    "From: alice@example.org\r\nContent-Type: text/plain\r\n\r\nBoth at once.\r\n";

template <auto Function>
struct Freed {
  template <typename T>
  void operator()(T* what) const {
    Function(what);
  }
};
using Stream = std::unique_ptr<BIO, Freed<&BIO_free_all>>;
using HeldCertificate = std::unique_ptr<X509, Freed<&X509_free>>;
using HeldKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using HeldMessage = std::unique_ptr<PKCS7, Freed<&PKCS7_free>>;

Stream pem(const std::string& name) {
  std::string path = std::string(BULLA_TEST_DATA) + "/x509/" + name + ".pem";
  return Stream(BIO_new_file(path.c_str(), "rb"));
}

HeldCertificate x509_of(const std::string& name) {
  return HeldCertificate(PEM_read_bio_X509(pem(name).get(), nullptr, nullptr, nullptr));
}

enum class Attributes { None, Some };

// Signed by alice, and encrypted for her.
std::string by_openssl(std::string_view content, Attributes attributes = Attributes::Some) {
  HeldMessage message(PKCS7_new());
  PKCS7_set_type(message.get(), NID_pkcs7_signedAndEnveloped);
  PKCS7_set_cipher(message.get(), EVP_aes_128_cbc());
  HeldCertificate certificate = x509_of("alice");
  HeldKey key(PEM_read_bio_PrivateKey(pem("alice.key").get(), nullptr, nullptr, nullptr));
  EXPECT_NE(PKCS7_add_recipient(message.get(), certificate.get()), nullptr);
  PKCS7_SIGNER_INFO* info =
      PKCS7_add_signature(message.get(), certificate.get(), key.get(), EVP_sha256());
  EXPECT_NE(info, nullptr);
  if (attributes == Attributes::Some) PKCS7_add_attrib_content_type(info, nullptr);
  PKCS7_add_certificate(message.get(), certificate.get());
  PKCS7_add_certificate(message.get(), x509_of("intermediate").get());
  Stream in(PKCS7_dataInit(message.get(), nullptr));
  EXPECT_NE(in, nullptr);
  BIO_write(in.get(), content.data(), static_cast<int>(content.size()));
  (void)BIO_flush(in.get());
  EXPECT_EQ(PKCS7_dataFinal(message.get(), in.get()), 1);
  unsigned char* der = nullptr;
  int size = i2d_PKCS7(message.get(), &der);
  std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return result;
}

Identity alice() { return identity("alice", "alice"); }

std::string written(const cms::messages::Message& message) {
  return std::string(as_text(asn1::encode([&](asn1::Writer& out) {
    asn1::Writer info = out.sequence();
    info.oid(cms::kSignedAndEnvelopedData);
    asn1::Writer content = info.enter(asn1::constructed(0));
    asn1::Writer data = content.sequence();
    data.integer(1);
    {
      asn1::Writer set = data.set();
      for (const auto& one : message.enveloped.recipients) cms::write_recipient_info(set, one);
    }
    {
      asn1::Writer set = data.set();
      for (const auto& one : message.enveloped.digest_algorithms) one.write(set);
    }
    {
      asn1::Writer encrypted = data.sequence();
      encrypted.oid(message.enveloped.content_type);
      message.enveloped.content_encryption_algorithm.write(encrypted);
      encrypted.primitive(asn1::primitive(0), message.octets);
    }
    {
      asn1::Writer set = data.enter(asn1::constructed(0));
      for (const Certificate& one : message.tail.certificates) set.element(one.der());
    }
    asn1::Writer set = data.set();
    for (const auto& one : message.tail.signers) one.write(set);
  })));
}

// As RFC 2315 11 says it: the signature is encrypted under the key of the content.
std::string with_encrypted_signature(const std::string& der) {
  cms::messages::Message message = cms::messages::parsed(as_bytes(der));
  auto encryption = cms::check_content_encryption(message.enveloped).value();
  x509::MemoryKeySource keys({alice()});
  auto key =
      cms::recover_content_key(message.enveloped, encryption, keys, {}, cms::OldForms::Refuse)
          .value();
  Bytes encrypted;
  auto output = [&](ByteView octets) {
    append(encrypted, octets);
    return Result<void>();
  };
  auto encryptor =
      crypto::Encryptor::create(encryption.cipher, key.key.view(), encryption.iv).value();
  EXPECT_TRUE(encryptor.update(message.tail.signers.at(0).signature, output));
  EXPECT_TRUE(encryptor.finish(output));
  message.tail.signers.at(0).signature = std::move(encrypted);
  return written(message);
}

std::string as_mail(const std::string& der, const std::string& from) {
  std::string text = "From: " + from +
                     "\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; "
                     "name=smime.p7m\r\nContent-Transfer-Encoding: binary\r\n\r\n";
  return text + der;
}

TEST(SignedAndEnveloped, CMS40_is_decrypted_and_verified_in_both_forms) {
  std::string plain = by_openssl(kMail);
  EXPECT_EQ(written(cms::messages::parsed(as_bytes(plain))), plain);
  for (const std::string& der : {plain, with_encrypted_signature(plain)}) {
    World world;
    Opened opened = open_mail(der, world.options);
    ASSERT_TRUE(opened.verdict) << opened.text();
    EXPECT_EQ(opened.content, kMail);
    // A signature in the open says nothing of what is encrypted beside it.
    bool in_the_open = der == plain;
    EXPECT_EQ(opened.status(), in_the_open ? Status::Indeterminate : Status::Valid)
        << opened.text();
    EXPECT_EQ(opened.has(Rule::EncUnauthenticated), in_the_open);
    ASSERT_EQ(opened.verdict->layers.size(), 2u);
    EXPECT_EQ(opened.verdict->layers[1].signers.at(0).status, Status::Valid);
    EXPECT_EQ(opened.verdict->layers[0].kind, Layer::Kind::Enveloped);
    EXPECT_EQ(opened.verdict->layers[0].algorithm, "aes-128-cbc");
    EXPECT_EQ(opened.verdict->layers[1].kind, Layer::Kind::Signed);
    EXPECT_EQ(opened.verdict->layers[1].algorithm, "sha256");
    ASSERT_EQ(opened.verdict->layers[1].signers.size(), 1u);
    EXPECT_EQ(opened.verdict->layers[1].signers[0].certificate, certificate("alice"));
  }
}

TEST(SignedAndEnveloped, every_chunking_gives_the_same) {
  std::string der = with_encrypted_signature(by_openssl(kMail));
  for (std::size_t chunk : {std::size_t{1}, std::size_t{0}, std::size_t{7}}) {
    World world;
    ChunkedSource source(as_bytes(der), chunk);
    Opened opened = open_from(source, world.options);
    EXPECT_EQ(opened.content, kMail) << chunk;
    EXPECT_EQ(opened.status(), Status::Valid) << chunk << opened.text();
  }
}

TEST(SignedAndEnveloped, without_a_key_it_is_named) {
  World world;
  world.options.keys = nullptr;
  world.options.policy.require = Policy::Require::Nothing;
  Opened opened = open_mail(by_openssl(kMail), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.content, "");
  ASSERT_EQ(opened.verdict->layers.size(), 1u);
  EXPECT_TRUE(opened.verdict->is_encrypted());
  auto other = make_key_source({identity("ec", "ec")});
  world.options.keys = other.get();
  EXPECT_TRUE(open_mail(by_openssl(kMail), world.options).has(Rule::KeyNoneFits));
}

TEST(SignedAndEnveloped, a_signer_that_nobody_trusts_or_another_sender_is_told) {
  World world;
  std::string der = with_encrypted_signature(by_openssl(kMail));
  EXPECT_EQ(open_mail(as_mail(der, "alice@example.org"), world.options).status(), Status::Valid);
  EXPECT_TRUE(
      open_mail(as_mail(der, "bob@example.org"), world.options).has(Rule::AddressFromDiffers));
  auto nobody = make_trust_store({});
  world.options.trust = nobody.get();
  EXPECT_NE(open_mail(der, world.options).status(), Status::Valid);
}

// Whoever takes the message on its way puts a signature of his own over the attributes, which
// stand in the open, and takes the first one off.
std::string stolen(const std::string& der, const std::string& thief) {
  cms::messages::Message message = cms::messages::parsed(as_bytes(der));
  cms::SignerInfo& signer = message.tail.signers.at(0);
  Identity other = identity(thief, thief);
  signer.sid.issuer_der = to_bytes(other.certificate->issuer_der());
  signer.sid.serial_number = to_bytes(other.certificate->serial_number());
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::Ecdsa, .digest = Digest::Sha256};
  signer.signature_algorithm = crypto::signature_identifier(scheme);
  signer.signature = other.key->sign(scheme, *signer.signed_attrs_der).value();
  message.tail.certificates = {*other.certificate, certificate("intermediate")};
  return written(message);
}

TEST(SignedAndEnveloped, T92_who_signs_what_another_one_encrypted_is_not_its_author) {
  for (const std::string& der : {by_openssl(kMail), with_encrypted_signature(by_openssl(kMail))}) {
    World world;
    Opened opened = open_mail(stolen(der, "ec"), world.options);
    ASSERT_TRUE(opened.verdict) << opened.text();
    ASSERT_EQ(opened.verdict->layers.size(), 2u);
    EXPECT_EQ(opened.verdict->layers[1].signers.at(0).status, Status::Valid) << opened.text();
    EXPECT_EQ(opened.status(), Status::Indeterminate) << opened.text();
    EXPECT_TRUE(opened.has(Rule::EncUnauthenticated)) << opened.text();
  }
}

TEST(SignedAndEnveloped, without_a_key_nobody_has_signed_it) {
  World world;
  world.options.keys = nullptr;
  world.options.policy.require = Policy::Require::Signed;
  Opened opened = open_mail(by_openssl(kMail), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_TRUE(opened.has(Rule::PolicyAbsent)) << opened.text();
}

TEST(SignedAndEnveloped, decrypting_alone_judges_no_signature) {
  World world;
  world.options.peel = OpenOptions::Peel::EncryptionOnly;
  world.options.policy.require = Policy::Require::Nothing;
  Opened opened = open_mail(by_openssl(kMail), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.content, kMail);
  EXPECT_EQ(opened.verdict->layers.size(), 1u);
}

// T-16: what is signed could be attributes.
TEST(SignedAndEnveloped, CMS24_without_attributes_it_is_opened_on_request_alone) {
  std::string plain = by_openssl(kMail, Attributes::None);
  for (const std::string& der : {plain, with_encrypted_signature(plain)}) {
    World world;
    Opened opened = open_mail(der, world.options);
    EXPECT_EQ(opened.status(), Status::Invalid);
    EXPECT_EQ(opened.content, "");
    world.options.policy.old_forms = Policy::Old::Read;
    opened = open_mail(der, world.options);
    EXPECT_EQ(opened.status(), der == plain ? Status::Indeterminate : Status::Valid)
        << opened.text();
    EXPECT_EQ(opened.content, kMail);
  }
}

// Whatever is changed: nothing else is ever valid, and no other content comes out as valid.
TEST(SignedAndEnveloped, T27_no_changed_octet_makes_another_content_valid) {
  for (const std::string& good : {by_openssl(kMail), with_encrypted_signature(by_openssl(kMail))}) {
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); i += 3) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ 0x10);
      World world;
      Opened opened = open_mail(changed, world.options);
      if (opened.status() == Status::Valid) {
        EXPECT_EQ(opened.content, kMail) << i;
      } else {
        ++refused;
      }
    }
    EXPECT_GT(refused, good.size() / 6);
  }
}

TEST(SignedAndEnveloped, cut_messages_are_malformed) {
  std::string good = by_openssl(kMail);
  for (std::size_t size = 25; size < good.size(); size += 11) {
    World world;
    Opened opened = open_mail(good.substr(0, size), world.options);
    EXPECT_FALSE(opened.verdict) << size;
    EXPECT_EQ(opened.content, "");
  }
}

// The recipients could be added, but what is written here is nothing that nobody should write.
TEST(SignedAndEnveloped, CMS40_its_recipients_stay_as_they_are) {
  std::string der = by_openssl(kMail);
  MemorySource in(as_bytes(der));
  MemorySink out;
  World world;
  AddRecipients change{.recipients = encrypt_to("ec"), .keys = world.keys.get()};
  auto edited = change_recipients(in, out, change, {.at = kNow, .limits = {}});
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().rule, Rule::PolicyAbsent);
  EXPECT_TRUE(out.bytes().empty());
}

}  // namespace
}  // namespace bulla::testing
