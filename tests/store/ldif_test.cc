#include "store/ldif.h"

#include <gtest/gtest.h>

#include "message/publication.h"
#include "mime/base64.h"
#include "store/identity.h"

namespace bulla::store {
namespace {

Certificate certificate(const std::string& name) {
  auto loaded = load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/" + name);
  EXPECT_TRUE(loaded) << name;
  return loaded->front();
}

std::string encoded(const std::string& name) { return mime::base64(certificate(name).der()); }

LdifContents read(const std::string& text) {
  EXPECT_TRUE(is_ldif(as_bytes(text))) << text.substr(0, 80);
  auto contents = read_ldif(as_bytes(text));
  EXPECT_TRUE(contents) << describe(contents.error()) << "\n" << text.substr(0, 80);
  return contents.value_or(LdifContents());
}

std::size_t count(const std::string& text) { return read(text).certificates.size(); }

Error refusal(const std::string& text) {
  auto contents = read_ldif(as_bytes(text));
  EXPECT_FALSE(contents) << text;
  return contents ? Error() : contents.error();
}

// Lines that are as short as they may be.
std::string folded(const std::string& line) {
  std::string text = line.substr(0, 2);
  for (std::size_t at = 2; at < line.size(); ++at) text += "\n " + line.substr(at, 1);
  return text;
}

std::string with_crlf(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

TEST(Ldif, all_attributes_of_certificates_are_taken_with_binary_and_without) {
  for (const char* name :
       {"userCertificate;binary", "userCertificate", "USERCERTIFICATE;BINARY", "cACertificate",
        "cACertificate;binary", "userSMIMECertificate", "userSMIMECertificate;binary", "2.5.4.36",
        "2.5.4.37;binary", "2.16.840.1.113730.3.1.40"}) {
    LdifContents contents = read("dn: cn=x\n" + std::string(name) + ":: " + encoded("alice.pem"));
    ASSERT_EQ(contents.certificates.size(), 1u) << name;
    EXPECT_EQ(contents.certificates[0], certificate("alice.pem")) << name;
  }
  for (const char* name : {"jpegPhoto", "userCertificate;x-deleted", "userCertificate;lang-de",
                           "crossCertificatePair", "xuserCertificate"}) {
    LdifContents contents = read("dn: cn=x\n" + std::string(name) + ":: " + encoded("alice.pem"));
    EXPECT_TRUE(contents.certificates.empty() && contents.passed_over.empty()) << name;
  }
}

TEST(Ldif, what_cert_publish_writes_is_read_back) {
  std::vector<Certificate> all = {certificate("alice.pem"), certificate("ec.pem")};
  for (const char* name : {"uid=x,dc=example", "uid=J\xc3\xbcrgen,dc=example"}) {
    std::string text = write_ldif_change(name, all);
    EXPECT_EQ(read(text).certificates, all);
    EXPECT_EQ(read(with_crlf(text)).certificates, all);
  }
}

TEST(Ldif, output_of_ldapsearch_is_read) {
  std::string value = "userCertificate;binary:: " + encoded("alice.pem");
  std::string text =
      "# extended LDIF\n#\n# LDAPv3\n# base <dc=example,dc=com> with scope\n  subtree\n#\n\n"
      "# alice, example.com\ndn: uid=alice,dc=example,dc=com\nmail: alice@example.com\n" +
      value + "\n" + value +
      "\n\n# search reference\nref: ldap://127.0.0.1/dc=x??sub\n\n"
      "# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 2\n";
  EXPECT_EQ(count(text), 1u);  // the same twice
  EXPECT_EQ(count("version: 1\n\n" + text), 1u);
  EXPECT_EQ(count("\xef\xbb\xbf" + with_crlf(text)), 1u);
  EXPECT_EQ(count("dn: x\n" + folded(value) + "\nmail: a@b"), 1u);
}

TEST(Ldif, certificates_of_a_signed_message_are_taken) {
  auto both = write_certs_only({certificate("alice.pem"), certificate("intermediate.pem")});
  ASSERT_TRUE(both);
  EXPECT_EQ(count("dn: x\nuserSMIMECertificate;binary:: " + mime::base64(*both) + "\n"), 2u);
}

TEST(Ldif, what_a_change_takes_away_is_not_taken) {
  std::string value = "userCertificate;binary:: " + encoded("alice.pem") + "\n";
  std::string modify = "dn: x\nchangetype: modify\n";
  EXPECT_EQ(count(modify + "delete: userCertificate;binary\n" + value + "-\n"), 0u);
  EXPECT_EQ(count(modify + "replace: userCertificate;binary\n" + value + "-\n"), 1u);
  EXPECT_EQ(count(modify + "add: mail\nmail: a@b\n-\n" + value), 0u);
  EXPECT_EQ(count("dn: x\ndelete: userCertificate;binary\n" + value + "-\n"), 0u);
  EXPECT_EQ(count("dn: x\nchangetype: delete\n" + value), 0u);
  EXPECT_EQ(count("dn: x\ncontrol: 1.2.3 true\nchangetype: add\n" + value), 1u);
  // The next entry is another.
  EXPECT_EQ(count("dn: x\nchangetype: delete\n\ndn: y\n" + value), 1u);
  EXPECT_EQ(count("version: 1\ndn: y\n" + value), 1u);
}

TEST(Ldif, urls_are_not_followed) {
  std::string text = "dn: x\nuserCertificate;binary:< file:///etc/passwd\njpegPhoto:< file:///y\n";
  LdifContents contents = read(text + "userCertificate:: " + encoded("alice.pem") + "\n");
  EXPECT_EQ(contents.certificates.size(), 1u);
  ASSERT_EQ(contents.passed_over.size(), 1u);
  EXPECT_EQ(contents.passed_over[0].rule, Rule::KeyLdifUrl);
  EXPECT_EQ(contents.passed_over[0].detail, "file:///etc/passwd");
  EXPECT_EQ(contents.passed_over[0].offset, 6u);
}

TEST(Ldif, a_value_that_is_no_certificate_is_passed_over_with_its_place) {
  std::string good = "userCertificate:: " + encoded("alice.pem") + "\n";
  for (const char* bad :
       {"userCertificate:: MAA=", "userCertificate:: MA", "userCertificate:: M A=",
        "userCertificate:: MAA=MAA=", "userCertificate:: =", "userCertificate:",
        "userCertificate::", "userCertificate: plain", "userCertificate:: !!!!"}) {
    LdifContents contents = read("dn: x\n" + std::string(bad) + "\n" + good);
    EXPECT_EQ(contents.certificates.size(), 1u) << bad;
    ASSERT_EQ(contents.passed_over.size(), 1u) << bad;
    EXPECT_EQ(contents.passed_over[0].offset, 6u) << bad;
  }
}

TEST(Ldif, what_is_no_ldif_is_refused_at_its_line) {
  for (const char* bad : {"no colon", "-", "a b: c", ": x", "dn\xc3\xbc: x"}) {
    Error error = refusal("dn: x\n" + std::string(bad) + "\n");
    EXPECT_EQ(error.rule, Rule::KeyBadLdif) << bad;
    EXPECT_EQ(error.offset, 6u) << bad;
  }
  EXPECT_EQ(refusal("dn: x\n\n userCertificate:: MAA=\n").offset, 7u);
  EXPECT_EQ(refusal(" dn: x\n").rule, Rule::KeyBadLdif);
  EXPECT_EQ(refusal("version: 2\ndn: x\n").rule, Rule::KeyBadLdif);
  EXPECT_EQ(refusal("dn: x\nchangetype: burn\n").rule, Rule::KeyBadLdif);
}

TEST(Ldif, only_its_beginning_makes_a_text_ldif) {
  for (const char* text : {"", "\n", "# nothing\n", "Subject: x\n\ndn: y\n", "-----BEGIN X-----\n",
                           "dn\n", "From: a@b\nversion: 1\n"}) {
    EXPECT_FALSE(is_ldif(as_bytes(text))) << text;
  }
  EXPECT_TRUE(is_ldif(as_bytes("\r\n# x\r\nDN:: eA==\r\n")));
}

TEST(Ldif, counts_are_bounded) {
  std::string text = "dn: x\n";
  for (int i = 0; i < 1'000; ++i) text += "userCertificate:: MAA=\n";
  EXPECT_EQ(read(text).passed_over.size(), 1'000u);
  EXPECT_EQ(refusal(text + "userCertificate:: MAA=\n").rule, Rule::LimitCertificates);
}

}  // namespace
}  // namespace bulla::store
