// One octet of a sealed message is changed, at sampled positions: it is never valid with
// another content. With an authenticated cipher no other content ever comes out; with CBC a
// change can make the signature inside unrecognisable, and what is left is a message that is
// encrypted and not signed: indeterminate, and named enc.unauthenticated (RFC 8551 6).
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "host/temporary_folder.h"

namespace bulla::cli {
namespace {

constexpr const char* kText = "the ship leaves at dawn, and nobody must know before it does\n";

std::string data(const std::string& name) { return std::string(BULLA_TEST_DATA) + "/x509/" + name; }

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Tamper : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  void SetUp() override {
    identity_ = folder_.write("me.pem", read(data("alice.key.pem")) + read(data("alice.pem")) +
                                            read(data("intermediate.pem")));
    std::vector<std::string> words = {"seal", "-q",      "--form", "der",
                                      "-i",   identity_, "-r",     data("alice.pem")};
    words.insert(words.end(), GetParam().begin(), GetParam().end());
    words.insert(words.end(), {folder_.write("in", kText), "-o", folder_.path("sealed")});
    ASSERT_EQ(run(words), Exit::Done);
    sealed_ = folder_.read("sealed");
  }

  Exit open(const std::string& message) {
    std::string path = folder_.write("message", message);
    return run({"open", "-q", "-i", identity_, "--trust", data("root.pem"), "-o",
                folder_.path("out"), path});
  }

  static bool is_cbc() { return GetParam().size() == 1; }

  TemporaryFolder folder_;
  std::string identity_;
  std::string sealed_;
};

TEST_P(Tamper, the_untouched_message_is_valid) {
  EXPECT_EQ(open(sealed_), Exit::Done);
  EXPECT_EQ(folder_.read("out"), kText);
}

TEST_P(Tamper, no_changed_octet_makes_another_content_valid) {
  for (std::size_t i = 0; i < sealed_.size(); i += 37) {
    std::string changed = sealed_;
    changed[i] = static_cast<char>(changed[i] ^ (i % 2 == 0 ? 0x01 : 0x80));
    Exit exit = open(changed);
    bool same = folder_.has("out") && folder_.read("out") == kText;
    if (folder_.has("out")) {
      EXPECT_TRUE(exit == Exit::Done || exit == Exit::Indeterminate) << i;
      EXPECT_TRUE(same || (is_cbc() && exit == Exit::Indeterminate)) << i;
      std::filesystem::remove(folder_.path("out"));
    } else {
      EXPECT_NE(exit, Exit::Done) << i;
    }
    EXPECT_FALSE(folder_.has("out.part")) << i;
  }
}

TEST_P(Tamper, no_beginning_of_the_message_gives_content) {
  for (std::size_t size = 0; size < sealed_.size(); size += 101) {
    // Where the ciphertext is cut, CBC fails as it does for any other reason.
    Exit exit = open(sealed_.substr(0, size));
    EXPECT_TRUE(exit == Exit::Invalid || static_cast<int>(exit) >= 64) << size;
    EXPECT_FALSE(folder_.has("out")) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, Tamper,
                         testing::Values(std::vector<std::string>{"--opaque"},
                                         std::vector<std::string>{"--opaque", "--cipher",
                                                                  "aes-256-gcm", "--oaep"}),
                         [](const auto& form) { return form.index == 0 ? "cbc" : "gcm"; });

}  // namespace
}  // namespace bulla::cli
