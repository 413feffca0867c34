#include "crypto/self_test.h"

#include <gtest/gtest.h>
#include <openssl/objects.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace bulla::crypto {
namespace {

TEST(SelfTest, T128_passes) { EXPECT_TRUE(self_test()); }

// A configuration that is read leaves its object identifier behind. Under ctest this
// test has a process of its own.
TEST(SelfTest, T127_openssl_conf_is_not_read) {
  auto path = std::filesystem::path(testing::TempDir()) / "bulla_crypto_test.cnf";
  std::ofstream(path) << "openssl_conf = all\n[all]\noid_section = oids\n"
                         "[oids]\nbullaTestOid = 1.2.3.4.5.6\n";
  setenv("OPENSSL_CONF", path.c_str(), 1);
  EXPECT_TRUE(self_test());
  EXPECT_EQ(OBJ_txt2nid("bullaTestOid"), NID_undef);
  unsetenv("OPENSSL_CONF");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace bulla::crypto
