// PKCS #10 (RFC 2986), as openssl req writes it.
#include "x509/certification_request.h"

#include <gtest/gtest.h>

#include "cms/writer_support.h"

namespace bulla::x509 {
namespace {

using cms::testing::OpenSsl;

Bytes request(const std::vector<std::string>& more, const std::string& key = "rsa:2048") {
  OpenSsl openssl;
  std::vector<std::string> words{"req",
                                 "-new",
                                 "-newkey",
                                 key,
                                 "-nodes",
                                 "-keyout",
                                 openssl.path("key"),
                                 "-outform",
                                 "DER",
                                 "-out",
                                 openssl.path("request")};
  words.insert(words.end(), more.begin(), more.end());
  EXPECT_TRUE(openssl.command(words)) << openssl.errors();
  return openssl.get("request");
}

TEST(CertificationRequest, MIME34_says_who_asks_for_which_key) {
  auto read = CertificationRequest::parse(
      request({"-subj", "/CN=Alice/emailAddress=a@example.com", "-addext",
               "subjectAltName=email:b@example.com,email:c@example.com"}));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_NE(read->subject().find("CN=Alice"), std::string::npos);
  EXPECT_EQ(read->key_description(), "RSA 2048");
  ASSERT_EQ(read->addresses().size(), 3u);
  EXPECT_EQ(read->addresses()[0].address, "b@example.com");
  EXPECT_EQ(read->addresses()[2].address, "a@example.com");
  EXPECT_EQ(read->proves_possession(), true);
}

TEST(CertificationRequest, MIME34_without_attributes_or_addresses_is_read) {
  auto read = CertificationRequest::parse(request({"-subj", "/CN=Nobody"}));
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_TRUE(read->addresses().empty());
  EXPECT_EQ(read->proves_possession(), true);
}

// A changed octet is malformed, or is signed by nobody.
TEST(CertificationRequest, MIME34_no_changed_request_proves_possession) {
  Bytes good = request({"-subj", "/CN=Alice"});
  std::size_t read_anyway = 0;
  for (std::size_t i = 0; i < good.size(); i += 5) {
    Bytes changed = good;
    changed[i] ^= 0x04;
    auto read = CertificationRequest::parse(changed);
    if (!read) continue;
    ++read_anyway;
    auto proves = read->proves_possession();
    EXPECT_FALSE(proves && *proves) << i;
  }
  EXPECT_GT(read_anyway, 10u);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(CertificationRequest::parse(
        Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))))
        << size;
  }
}

TEST(CertificationRequest, MIME34_is_no_larger_than_a_certificate_may_be) {
  Limits limits;
  limits.certificate_bytes = 100;
  auto read = CertificationRequest::parse(request({"-subj", "/CN=Alice"}), limits);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().rule, Rule::LimitSize);
}

}  // namespace
}  // namespace bulla::x509
