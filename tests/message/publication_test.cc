// Certificates as they are handed out, for our own reader and for openssl.
#include "message/publication.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "cms/writer_support.h"
#include "message/people.h"
#include "mime/base64.h"

namespace bulla {
namespace {

using cms::testing::OpenSsl;

std::string name_of(std::string_view addr_spec) {
  auto name = smimea_name(addr_spec);
  EXPECT_TRUE(name);
  return name && *name ? **name : "none";
}

// The first is the example of RFC 8162 3.
TEST(Publication, names_in_the_DNS) {
  EXPECT_EQ(name_of("hugh@example.com"),
            "c93f1e400f26708f98cb19d936620da35eec8f72e57f9eec01c1afd6._smimecert.example.com.");
  EXPECT_EQ(name_of("\"hugh\"@EXAMPLE.com"), name_of("hugh@example.com"));
  EXPECT_NE(name_of("Hugh@example.com"), name_of("hugh@example.com"));
  EXPECT_TRUE(name_of("a@b\xc3\xbc"
                      "cher.example")
                  .ends_with("._smimecert.xn--bcher-kva.example."));
}

TEST(Publication, what_is_no_domain_name_stands_in_no_zone) {
  for (const char* bad :
       {"hugh", "hugh@", "@example.com", "hugh@[192.0.2.1]", "hugh@a b", "hugh@a;b", "hugh@a(b",
        "hugh@example.com.", "hugh@a..b", "hugh@a\nb", "hugh@$ORIGIN", "hugh@a\"b", "hugh@a\\.b"}) {
    EXPECT_EQ(name_of(bad), "none") << bad;
  }
  std::string label(64, 'a');
  EXPECT_EQ(name_of("hugh@" + label + ".example"), "none");
  EXPECT_EQ(name_of("hugh@" + label.substr(1) + ".example").substr(68, 63), label.substr(1));
  std::string longest;
  for (int i = 0; i < 61; ++i) longest += "aa.";
  EXPECT_EQ(name_of("hugh@" + longest + "aaaaaaa"), "none");
}

TEST(Publication, the_record_has_the_whole_certificate) {
  Certificate alice = testing::certificate("alice");
  std::string record = write_smimea_record("x._smimecert.example.com.", alice).value();
  std::string digits;
  for (std::string_view line : split(record, '\n')) {
    if (line.starts_with("    ") && !line.ends_with(")")) digits += line.substr(4);
    EXPECT_LE(line.size(), 80u);
  }
  EXPECT_TRUE(record.starts_with("x._smimecert.example.com. IN SMIMEA 3 0 0 (\n")) << record;
  EXPECT_EQ(digits, to_hex(alice.der()));
}

TEST(Publication, MIME44_MIME50_certs_only_is_read_by_us_and_by_openssl) {
  std::vector<Certificate> all{testing::certificate("alice"), testing::certificate("intermediate")};
  Bytes der = write_certs_only(all).value();
  auto read = load_certificates(der).value();
  ASSERT_EQ(read.size(), 2u);
  for (const Certificate& one : all) {
    EXPECT_NE(std::find(read.begin(), read.end(), one), read.end());
  }
  std::string entity = write_certs_only_entity(der);
  EXPECT_NE(entity.find("smime-type=certs-only"), std::string::npos);
  EXPECT_NE(entity.find("name=smime.p7c"), std::string::npos);
  if (!OpenSsl::is_installed()) GTEST_SKIP() << "no openssl";
  OpenSsl openssl;
  cms::testing::write_file(openssl.path("certs"), der);
  EXPECT_TRUE(openssl.command(
      {"pkcs7", "-inform", "DER", "-in", openssl.path("certs"), "-print_certs", "-noout"}))
      << openssl.errors();
}

// The lines of LDIF, put together again.
std::vector<std::string> unfolded(const std::string& ldif) {
  std::vector<std::string> lines;
  for (std::string_view line : split(ldif, '\n')) {
    EXPECT_LE(line.size(), 76u);
    if (line.starts_with(" ") && !lines.empty()) {
      lines.back() += line.substr(1);
    } else {
      lines.emplace_back(line);
    }
  }
  return lines;
}

TEST(Publication, a_directory_is_told_in_LDIF) {
  Certificate alice = testing::certificate("alice");
  std::string long_name = "uid=alice,ou=" + std::string(120, 'o') + ",dc=example,dc=com";
  auto lines = unfolded(write_ldif_change(long_name, {alice, alice}));
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0], "version: 1");
  EXPECT_EQ(lines[1], "dn: " + long_name);
  EXPECT_EQ(lines[2], "changetype: modify");
  EXPECT_EQ(lines[3], "add: userCertificate;binary");
  EXPECT_EQ(lines[4], "userCertificate;binary:: " + mime::base64(alice.der()));
  EXPECT_EQ(lines[5], lines[4]);
  EXPECT_EQ(lines[6], "-");
}

// Whatever a name has in it, it stays a name.
TEST(Publication, names_in_LDIF_are_safe_or_in_base64) {
  Certificate alice = testing::certificate("alice");
  for (const char* name : {" cn=a", ":cn=a", "<file:///etc/passwd", "cn=a\ndelete: mail", "cn=a ",
                           "cn=\xc3\xa4", "cn=a\r"}) {
    auto lines = unfolded(write_ldif_change(name, {alice}));
    EXPECT_EQ(lines[1], "dn:: " + mime::base64(as_bytes(name)));
  }
}

}  // namespace
}  // namespace bulla
