#include "token/uri.h"

#include <gtest/gtest.h>

namespace bulla::token {
namespace {

// RFC 7512 2.3 and its examples (3).
TEST(TokenUri, attributes_are_read) {
  auto uri = parse_uri(
      "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model="
      "1.0;"
      "serial=0123;object=my-certificate;type=private;id=%69%95%3E%5C%00;slot-id=327;"
      "slot-description=a;slot-manufacturer=b?pin-source=file:/etc/token_pin");
  ASSERT_TRUE(uri) << describe(uri.error());
  EXPECT_EQ(uri->token, "The Software PKCS#11 Softtoken");
  EXPECT_EQ(uri->manufacturer, "Snake Oil, Inc.");
  EXPECT_EQ(uri->model, "1.0");
  EXPECT_EQ(uri->serial, "0123");
  EXPECT_EQ(uri->object, "my-certificate");
  EXPECT_EQ(uri->id, (Bytes{0x69, 0x95, 0x3e, 0x5c, 0}));
  EXPECT_EQ(uri->slot_id, 327u);
  EXPECT_EQ(uri->slot_description, "a");
  EXPECT_EQ(uri->slot_manufacturer, "b");
  EXPECT_EQ(uri->pin_source, "/etc/token_pin");
  EXPECT_TRUE(parse_uri("pkcs11:"));
  EXPECT_EQ(parse_uri("pkcs11:?pin-source=file:///pin")->pin_source, "/pin");
}

TEST(TokenUri, T124_a_pin_and_code_are_not_taken_from_it) {
  for (const char* text : {"pkcs11:token=a?pin-value=1234", "pkcs11:?module-path=/tmp/evil.so",
                           "pkcs11:?module-name=x", "pkcs11:?pin-source=%7Cprogram",
                           "pkcs11:?pin-source=file:relative"}) {
    auto uri = parse_uri(text);
    ASSERT_FALSE(uri) << text;
    EXPECT_EQ(uri.error().rule, Rule::KeyTokenUri) << text;
    EXPECT_EQ(describe(uri.error()).find("1234"), std::string::npos);
  }
}

TEST(TokenUri, what_is_not_understood_is_refused) {
  for (const char* text :
       {"file:x", "pkcs11:x-vendor=1", "pkcs11:token", "pkcs11:token=a;token=b", "pkcs11:token=%2",
        "pkcs11:token=%zz", "pkcs11:type=cert", "pkcs11:id=a;id=b", "pkcs11:slot-id=1x",
        "pkcs11:slot-id=99999999999999999999999", "pkcs11:?other=1", "pkcs11:;"}) {
    auto uri = parse_uri(text);
    ASSERT_FALSE(uri) << text;
    EXPECT_EQ(uri.error().rule, Rule::KeyTokenUri) << text;
  }
}

}  // namespace
}  // namespace bulla::token
