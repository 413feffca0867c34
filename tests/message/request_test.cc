// Certification requests that are written here, for our own reader and for openssl.
#include "bulla/request.h"

#include <gtest/gtest.h>

#include "asn1/reader.h"
#include "cms/writer_support.h"
#include "mime/base64.h"
#include "x509/certification_request.h"
#include "x509/extensions.h"

namespace bulla {
namespace {

using cms::testing::OpenSsl;

PrivateKeyPtr key_of(std::string_view type) {
  return load_private_key(generate_private_key(type).value().view()).value();
}

const PrivateKeyPtr& p256() {
  static const PrivateKeyPtr key = key_of("p256");
  return key;
}

const PrivateKeyPtr& rsa() {
  static const PrivateKeyPtr key = key_of("rsa-2048");
  return key;
}

x509::CertificationRequest read(Bytes der) {
  return x509::CertificationRequest::parse(std::move(der)).value();
}

x509::CertificationRequest request(const PrivateKey& key, const CertificationRequestOptions& wish) {
  auto written = write_certification_request(key, wish);
  EXPECT_TRUE(written) << describe(written.error());
  return read(written.value_or(Bytes()));
}

const CertificateExtension* find(const x509::CertificationRequest& from, const Oid& oid) {
  for (const CertificateExtension& one : from.requested_extensions()) {
    if (one.oid == oid) return &one;
  }
  return nullptr;
}

std::string text_of(const std::vector<std::string>& words, ByteView request) {
  OpenSsl openssl;
  cms::testing::write_file(openssl.path("request"), request);
  std::vector<std::string> all{"req",  "-inform",           "DER", "-in", openssl.path("request"),
                               "-out", openssl.path("text")};
  all.insert(all.end(), words.begin(), words.end());
  EXPECT_TRUE(openssl.command(all)) << openssl.errors();
  Bytes text = openssl.get("text");
  return std::string(as_text(text));
}

// By the number of its bit; empty if it is not asked for.
std::string key_usage_bits(const x509::CertificationRequest& from) {
  const CertificateExtension* usage = find(from, x509::kKeyUsage);
  if (usage == nullptr) return "none";
  auto bits = x509::read_key_usage(usage->value).value();
  return to_hex(bits.bytes) + "/" + std::to_string(bits.unused_bits) +
         (usage->critical ? " critical" : "");
}

class RequestWithKey : public testing::TestWithParam<std::string_view> {};

// Of SLH-DSA one set: others make tens of kilobytes in seconds.
std::vector<std::string_view> types_to_sign_with() {
  std::vector<std::string_view> types = key_types();
  std::erase_if(types, [](std::string_view type) {
    return type.starts_with("slh-dsa") && type != "slh-dsa-sha2-128f";
  });
  return types;
}

TEST_P(RequestWithKey, CERT65_is_signed_with_the_key_or_refused) {
  auto made = generate_private_key(GetParam());
  if (!made) {
    EXPECT_EQ(made.error().rule, Rule::CryptoUnavailable);
    GTEST_SKIP() << describe(made.error());
  }
  PrivateKeyPtr key = load_private_key(made->view()).value();
  auto written = write_certification_request(*key, {.addresses = {"alice@example.org"}});
  if (GetParam().starts_with("x") || GetParam().starts_with("ml-kem")) {
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().rule, Rule::KeyCannotSign);
    EXPECT_EQ(written.error().detail, GetParam());
    return;
  }
  ASSERT_TRUE(written) << describe(written.error());
  x509::CertificationRequest parsed = read(*written);
  EXPECT_TRUE(equal(parsed.der(), *written));
  EXPECT_TRUE(equal(parsed.subject_public_key_info(), key->subject_public_key_info()));
  EXPECT_EQ(parsed.proves_possession(), true);
  ASSERT_EQ(parsed.addresses().size(), 1u);
  EXPECT_EQ(parsed.addresses()[0].address, "alice@example.org");
  EXPECT_NE(text_of({"-verify", "-text"}, *written).find("email:alice@example.org"),
            std::string::npos);
}

std::string test_name(const testing::TestParamInfo<std::string_view>& info) {
  std::string name(info.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Each, RequestWithKey, testing::ValuesIn(types_to_sign_with()), test_name);

TEST(Request, CERT08_names_the_address_beside_the_subject_and_not_in_it) {
  auto named = request(*p256(), {.addresses = {"alice@example.org"}, .name = "Alice Lovelace"});
  EXPECT_EQ(named.subject(), "CN=Alice Lovelace");
  ASSERT_NE(find(named, x509::kSubjectAltName), nullptr);
  EXPECT_FALSE(find(named, x509::kSubjectAltName)->critical);
  EXPECT_EQ(named.addresses().size(), 1u);
  // Without a subject the address is all that there is.
  auto nameless = request(*p256(), {.addresses = {"alice@example.org"}});
  EXPECT_EQ(nameless.subject(), "");
  EXPECT_TRUE(find(nameless, x509::kSubjectAltName)->critical);
}

TEST(Request, CERT65_asks_for_the_usages_of_such_keys_in_mail) {
  CertificationRequestOptions wish{.addresses = {"alice@example.org"}};
  EXPECT_EQ(key_usage_bits(request(*p256(), wish)), "88/3 critical");
  EXPECT_EQ(key_usage_bits(request(*rsa(), wish)), "a0/5 critical");
  EXPECT_EQ(key_usage_bits(request(*key_of("ed25519"), wish)), "80/7 critical");
  auto asked = request(*p256(), wish);
  const CertificateExtension* purposes = find(asked, x509::kExtendedKeyUsage);
  ASSERT_NE(purposes, nullptr);
  EXPECT_EQ(x509::read_extended_key_usage(purposes->value),
            std::vector<Oid>{x509::kEmailProtection});
}

TEST(Request, CERT15_CERT17_addresses_that_are_not_ascii_have_their_own_forms) {
  auto asked = request(
      *p256(), {.addresses = {"büro@example.org", "alice@Bücher.example", "\"a b\"@example.org"}});
  ASSERT_EQ(asked.addresses().size(), 3u);
  EXPECT_EQ(asked.addresses()[0].source, AddressSource::SmtpUtf8Mailbox);
  EXPECT_EQ(asked.addresses()[0].address, "büro@example.org");
  EXPECT_EQ(asked.addresses()[1].source, AddressSource::Rfc822Name);
  EXPECT_EQ(asked.addresses()[1].address, "alice@xn--bcher-kva.example");
  EXPECT_EQ(asked.addresses()[2].address, "\"a b\"@example.org");
}

TEST(Request, rsa_keys_sign_with_pss_if_that_is_asked_for) {
  using Padding = CertificationRequestOptions::Padding;
  auto usual = request(*rsa(), {.addresses = {"alice@example.org"}});
  EXPECT_EQ(usual.signature_description(), "RSA PKCS #1 v1.5 with SHA-256");
  auto written = write_certification_request(
      *rsa(), {.addresses = {"alice@example.org"}, .padding = Padding::Pss});
  ASSERT_TRUE(written);
  EXPECT_EQ(read(*written).signature_description(), "RSASSA-PSS with SHA-256, salt 32");
  EXPECT_EQ(read(*written).proves_possession(), true);
  EXPECT_NE(text_of({"-verify", "-text"}, *written).find("rsassaPss"), std::string::npos);
}

TEST(Request, subjects_are_written_as_they_are_shown) {
  for (const char* subject :
       {"CN=Alice Lovelace", "CN=Alice,OU=Harbour,O=Example Ltd,C=GB", "CN=Lovelace\\, Alice",
        "CN=Grüße,DC=example,DC=org", "UID=alice+CN=Alice,O=Example", "CN=\\#1 \\+ more\\ ",
        "emailAddress=alice@example.org,CN=Alice", ""}) {
    auto asked = request(*p256(), {.addresses = {"alice@example.org"}, .subject = subject});
    auto again = request(*p256(), {.addresses = {"alice@example.org"}, .subject = asked.subject()});
    EXPECT_EQ(again.subject(), asked.subject()) << subject;
    if (std::string_view(subject).find('+') == std::string_view::npos) {
      EXPECT_EQ(asked.subject(), subject);
    }
  }
  auto escaped = request(*p256(), {.addresses = {"a@example.org"}, .subject = "cn = \\c3\\a4 b "});
  EXPECT_EQ(escaped.subject(), "CN=ä b");
  auto written = write_certification_request(
      *p256(), {.addresses = {"a@example.org"}, .subject = "CN=Alice,O=Example,C=GB"});
  EXPECT_NE(text_of({"-noout", "-subject", "-nameopt", "RFC2253"}, written.value())
                .find("CN=Alice,O=Example,C=GB"),
            std::string::npos);
}

TEST(Request, what_no_certificate_can_have_is_refused) {
  auto refuses = [](const CertificationRequestOptions& wish) {
    auto written = write_certification_request(*p256(), wish);
    return !written && written.error().rule == Rule::IoUsage;
  };
  EXPECT_TRUE(refuses({.addresses = {}}));
  for (const char* address :
       {"alice", "alice@", "@example.org", "alice@exa mple.org", "a\n@b.org", "\xff@example.org",
        "\xef\xbb\xbf"
        "a@example.org"}) {
    EXPECT_TRUE(refuses({.addresses = {"good@example.org", address}})) << address;
  }
  for (const char* subject : {"Alice", "CN=", "CN=Alice,", "CN=Alice,O", "Nothing=x", "C=Germany",
                              "C=\\c3\\a4", "CN=#0c0141", "CN=a\\", "CN=\\ff", "DC=b\\c3\\bc"}) {
    EXPECT_TRUE(refuses({.addresses = {"a@example.org"}, .subject = subject})) << subject;
  }
  EXPECT_TRUE(refuses({.addresses = {"a@example.org"}, .name = std::string(65, 'x')}));
  EXPECT_FALSE(refuses({.addresses = {"a@example.org"}, .name = std::string(64, 'x')}));
}

TEST(Request, a_renewal_asks_for_what_the_certificate_has) {
  Certificate before = cms::testing::certificate("rsa");
  auto asked = request(*rsa(), {.addresses = {}, .like = before});
  EXPECT_EQ(asked.subject(), before.subject());
  ASSERT_EQ(asked.addresses().size(), before.addresses().size());
  EXPECT_EQ(asked.addresses()[0].address, before.addresses()[0].address);
  EXPECT_TRUE(equal(find(asked, x509::kKeyUsage)->value, before.extension(x509::kKeyUsage)->value));
  // A key of another kind is for other things.
  EXPECT_EQ(key_usage_bits(request(*p256(), {.addresses = {}, .like = before})), "88/3 critical");
}

TEST(Request, MIME49_goes_by_mail_as_application_pkcs10) {
  Bytes der = write_certification_request(*p256(), {.addresses = {"a@example.org"}}).value();
  std::string entity = write_request_entity(der);
  EXPECT_NE(entity.find("Content-Type: application/pkcs10; name=smime.p10\r\n"), std::string::npos);
  EXPECT_NE(entity.find("Content-Transfer-Encoding: base64\r\n"), std::string::npos);
  EXPECT_NE(entity.find("Content-Disposition: attachment; filename=smime.p10\r\n"),
            std::string::npos);
  std::size_t body = entity.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos);
  MemorySink decoded;
  mime::Base64Decoder decoder(decoded);
  ASSERT_TRUE(decoder.write(as_bytes(std::string_view(entity).substr(body + 4))));
  ASSERT_TRUE(decoder.finish());
  EXPECT_EQ(decoded.bytes(), der);
}

}  // namespace
}  // namespace bulla
