#include "x509/dane.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "store/identity.h"

namespace bulla::x509 {
namespace {

using Usage = DaneRecord::Usage;

Certificate certificate(const std::string& name) {
  auto loaded = store::load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/" + name);
  EXPECT_TRUE(loaded) << name;
  return loaded->front();
}

Bytes rdata(std::uint8_t usage, std::uint8_t selector, std::uint8_t matching, ByteView data) {
  Bytes octets{usage, selector, matching};
  append(octets, data);
  return octets;
}

Bytes data_for(const Certificate& certificate, std::uint8_t selector, std::uint8_t matching) {
  ByteView selected = selector == 1 ? certificate.subject_public_key_info() : certificate.der();
  if (matching == 0) return to_bytes(selected);
  return *crypto::hash(matching == 1 ? Digest::Sha256 : Digest::Sha512, selected);
}

TEST(DaneRecord, CERT74_all_usages_selectors_and_matching_types) {
  Certificate alice = certificate("alice.pem");
  Certificate other = certificate("other.pem");
  for (std::uint8_t usage = 0; usage < 4; ++usage) {
    for (std::uint8_t selector = 0; selector < 2; ++selector) {
      for (std::uint8_t matching = 0; matching < 3; ++matching) {
        Bytes octets = rdata(usage, selector, matching, data_for(alice, selector, matching));
        auto record = DaneRecord::parse(octets);
        ASSERT_TRUE(record) << int{usage} << int{selector} << int{matching};
        EXPECT_TRUE(record->matches(alice));
        EXPECT_FALSE(record->matches(other));
        EXPECT_EQ(record->names_issuer(), usage == 0 || usage == 2);
        bool is_whole = selector == 0 && matching == 0;
        EXPECT_EQ(record->certificate().has_value(), is_whole);
        if (is_whole) {
          EXPECT_EQ(*record->certificate(), alice);
        }
      }
    }
  }
}

TEST(DaneRecord, what_is_unusable_is_no_record) {
  Bytes digest = data_for(certificate("alice.pem"), 0, 1);
  EXPECT_TRUE(DaneRecord::parse(rdata(3, 0, 1, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(4, 0, 1, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(255, 0, 1, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(3, 2, 1, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(3, 0, 3, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(3, 0, 2, digest)));
  EXPECT_FALSE(DaneRecord::parse(rdata(3, 0, 1, ByteView(digest).first(31))));
  EXPECT_FALSE(DaneRecord::parse(rdata(3, 0, 0, {})));
  EXPECT_FALSE(DaneRecord::parse({}));
  // Whole, and no certificate: it fits none.
  auto noise = DaneRecord::parse(rdata(3, 0, 0, digest));
  ASSERT_TRUE(noise);
  EXPECT_FALSE(noise->certificate());
  EXPECT_FALSE(noise->matches(certificate("alice.pem")));
}

}  // namespace
}  // namespace bulla::x509
