#include "net/directories.h"

#include <gtest/gtest.h>

#include "net/dns_query.h"

namespace bulla::net {
namespace {

Rule refusal(const Result<DirectoryPtr>& made) { return made ? Rule::Internal : made.error().rule; }

TEST(LdapDirectory, T146_nothing_in_a_value_has_a_meaning_of_its_own) {
  EXPECT_EQ(escape_ldap_value("bob.smith+x_y-z@example.com"), "bob.smith+x_y-z@example.com");
  EXPECT_EQ(escape_ldap_value("*)(uid=*"), "\\2a\\29\\28uid\\3d\\2a");
  EXPECT_EQ(escape_ldap_value("\\2a"), "\\5c2a");
  EXPECT_EQ(escape_ldap_value(std::string_view("a\0b", 3)), "a\\00b");
  EXPECT_EQ(escape_ldap_value("\xc3\xbc&|!<>~:/ "), "\\c3\\bc\\26\\7c\\21\\3c\\3e\\7e\\3a\\2f\\20");
}

TEST(LdapDirectory, takes_one_server_and_a_base) {
  auto made = make_ldap_directory({.uri = "ldap://ldap.example.com:1389/dc=example,dc=com"});
  if (!made && made.error().rule == Rule::IoNetwork) GTEST_SKIP() << describe(made.error());
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->place(), "ldap://ldap.example.com:1389/dc=example,dc=com");
  EXPECT_TRUE(make_ldap_directory({.uri = "ldaps://[::1]/"}));
  EXPECT_TRUE(make_ldap_directory({.uri = "LDAP://h/o=A%20B"}));
  for (const char* uri :
       {"", "ldap", "ldap://", "ldap:///dc=x", "ldapi://%2frun/", "http://h/", "cldap://h/",
        "ldap://a,b/dc=x", "ldap://a ldap://b/", "ldap://user:secret@h/", "ldap://h/dc=x?mail",
        "ldap://h/dc=x?mail?sub?(uid=*)", "ldap://h/\n", "ldap://h:port/"}) {
    EXPECT_EQ(refusal(make_ldap_directory({.uri = uri})), Rule::IoUsage) << uri;
  }
  EXPECT_EQ(refusal(make_ldap_directory({.uri = "ldaps://h/", .tls = LdapOptions::Tls::Start})),
            Rule::IoUsage);
}

TEST(HttpDirectory, takes_a_template_that_leaves_the_host_alone) {
  EXPECT_TRUE(make_http_directory("https://keys.example.com/{address}.p7c"));
  EXPECT_TRUE(make_http_directory("http://127.0.0.1:8080?email={address}"));
  for (const char* url :
       {"", "https://keys.example.com/", "https://{address}/", "https://{address}.example.com/x",
        "https://h{address}/{address}", "ldap://h/{address}", "file:///{address}",
        "https:///{address}", "https://user:secret@h/{address}", "https://h/{address}\n",
        "https://h/ {address}"}) {
    EXPECT_EQ(refusal(make_http_directory(url)), Rule::IoUsage) << url;
  }
}

TEST(DnsServer, is_an_address_and_perhaps_a_port) {
  EXPECT_EQ(parse_dns_server("192.0.2.53"), "192.0.2.53@53");
  EXPECT_EQ(parse_dns_server("192.0.2.53:5353"), "192.0.2.53@5353");
  EXPECT_EQ(parse_dns_server("2001:db8::53"), "2001:db8::53@53");
  EXPECT_EQ(parse_dns_server("[2001:db8::53]"), "2001:db8::53@53");
  EXPECT_EQ(parse_dns_server("[2001:db8::53]:5353"), "2001:db8::53@5353");
  for (const char* text : {"", "ns.example.com", "192.0.2", "192.0.2.53:", "192.0.2.53:0",
                           "192.0.2.53:65536", "192.0.2.53:x", "[192.0.2.53]", "[::1", "[::1]x",
                           "[::1]:", "::1]:53", "192.0.2.53@53", "1::2::3"}) {
    EXPECT_FALSE(parse_dns_server(text)) << text;
  }
}

}  // namespace
}  // namespace bulla::net
