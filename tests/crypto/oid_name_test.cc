#include "crypto/oid_name.h"

#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"

namespace bulla::crypto {
namespace {

TEST(OidName, content_ciphers_have_the_name_of_their_row) {
  for (const ContentCipherRow& row : content_cipher_rows()) {
    EXPECT_EQ(oid_name(row.oid), row.name);
  }
}

TEST(OidName, names_what_bulla_does_not_have) {
  EXPECT_EQ(oid_name(Oid::of("1.2.840.113549.3.2")), "rc2-cbc");
}

TEST(OidName, is_the_number_without_a_name) { EXPECT_EQ(oid_name(Oid::of("1.2.3.4")), "1.2.3.4"); }

}  // namespace
}  // namespace bulla::crypto
