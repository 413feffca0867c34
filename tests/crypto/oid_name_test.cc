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

// draft-ietf-lamps-pq-composite-sigs 8: eighteen in a row.
TEST(OidName, composite_signatures_are_recognised) {
  EXPECT_EQ(oid_name(Oid::of("1.3.6.1.5.5.7.6.37")), "id-MLDSA44-RSA2048-PSS-SHA256");
  EXPECT_EQ(oid_name(Oid::of("1.3.6.1.5.5.7.6.54")), "id-MLDSA87-ECDSA-P521-SHA512");
  auto scheme = read_signature_scheme({Oid::of("1.3.6.1.5.5.7.6.45"), {}}, Digest::Sha512);
  ASSERT_FALSE(scheme);
  EXPECT_EQ(scheme.error().rule, Rule::CryptoUnknownAlgorithm);
  EXPECT_EQ(scheme.error().detail, "id-MLDSA65-ECDSA-P256-SHA512");
}

TEST(OidName, is_the_number_without_a_name) { EXPECT_EQ(oid_name(Oid::of("1.2.3.4")), "1.2.3.4"); }

}  // namespace
}  // namespace bulla::crypto
