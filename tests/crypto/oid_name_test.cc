#include "crypto/oid_name.h"

#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"

namespace bulla::crypto {
namespace {

TEST(OidName, content_ciphers_have_the_name_of_their_row) {
  for (const ContentCipherRow& row : content_cipher_rows()) {
    if (row.parameters == ParameterForm::Rc2) continue;  // three rows share one OID
    EXPECT_EQ(oid_name(row.oid), row.name);
  }
}

TEST(OidName, names_what_no_row_of_its_own_has) {
  EXPECT_EQ(oid_name(Oid::of("1.2.840.113549.3.2")), "rc2-cbc");
  EXPECT_EQ(oid_name(Oid::of("1.3.132.1.11.3")), "ECDH with SHA-512");
}

TEST(OidName, is_the_number_without_a_name) { EXPECT_EQ(oid_name(Oid::of("1.2.3.4")), "1.2.3.4"); }

}  // namespace
}  // namespace bulla::crypto
