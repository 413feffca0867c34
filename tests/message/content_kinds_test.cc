// The content types of RFC 5652 that no mail program writes: DigestedData and EncryptedData.
#include <gtest/gtest.h>

#include "cms/messages.h"
#include "message/people.h"
#include "x509/memory_key_source.h"

namespace bulla::testing {
namespace {

using cms::messages::kHello;

std::string data_file(const std::string& name) {
  return std::string(as_text(read_file(std::string(BULLA_TEST_DATA) + "/" + name)));
}

Bytes shared_key() {
  Bytes key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  return key;
}

struct KeyWorld : World {
  x509::MemoryKeySource source;
  KeyWorld() { options.keys = &source; }
};

const Finding* find(const Opened& opened, Rule rule) {
  for (const Finding& finding : opened.verdict->findings) {
    if (finding.rule == rule) return &finding;
  }
  return nullptr;
}

TEST(ContentKinds, CMS72_a_digest_that_fits_proves_nothing_of_a_sender) {
  World world;
  world.options.policy.require = Policy::Require::Nothing;
  Opened opened = open_mail(data_file("cms/digested.p7m"), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.status(), Status::Unprotected);
  EXPECT_EQ(opened.content, kHello);
  ASSERT_EQ(opened.verdict->layers.size(), 1u);
  EXPECT_EQ(opened.verdict->layers[0].kind, Layer::Kind::Digested);
  EXPECT_EQ(opened.verdict->layers[0].algorithm, "sha1");
  ASSERT_NE(find(opened, Rule::CmsDigestOnly), nullptr);
  EXPECT_EQ(find(opened, Rule::CmsDigestOnly)->place, "layer 1");
}

TEST(ContentKinds, CMS72_a_digested_message_is_not_what_asks_for_protection_takes) {
  World world;
  Opened opened = open_mail(data_file("cms/digested.p7m"), world.options);
  EXPECT_EQ(opened.status(), Status::Unprotected);
  EXPECT_EQ(opened.content, "");
}

TEST(ContentKinds, CMS72_content_that_does_not_have_its_digest_is_invalid) {
  for (const char* part : {"Hello", "bulla."}) {
    World world;
    world.options.policy.require = Policy::Require::Nothing;
    std::string message = data_file("cms/digested.p7m");
    message[message.find(part)] ^= 1;
    Opened opened = open_mail(message, world.options);
    EXPECT_EQ(opened.status(), Status::Invalid) << opened.text();
    EXPECT_TRUE(opened.has(Rule::CmsDigestMismatch));
    EXPECT_EQ(opened.content, "");
  }
  World world;
  world.options.policy.require = Policy::Require::Nothing;
  std::string message = data_file("cms/digested.p7m");
  message.back() = static_cast<char>(message.back() ^ 1);
  EXPECT_EQ(open_mail(message, world.options).status(), Status::Invalid);
}

// MIME-34, MIME-49: a request for a certificate is named, and protected by nobody.
TEST(ContentKinds, MIME34_a_certificate_request_is_named) {
  for (const char* type : {"application/pkcs10", "application/octet-stream; name=\"smime.p10\""}) {
    World world;
    world.options.policy.require = Policy::Require::Nothing;
    std::string mail = "From: alice@example.org\r\nContent-Type: " + std::string(type) +
                       "\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n";
    Opened opened = open_mail(mail, world.options);
    EXPECT_EQ(opened.status(), Status::Unprotected);
    EXPECT_TRUE(opened.has(Rule::MimeCertificateRequest)) << opened.text();
    EXPECT_EQ(opened.content, mail);
  }
}

TEST(ContentKinds, CMS73_encrypted_data_opens_with_the_key_that_both_sides_have) {
  KeyWorld world;
  world.source.add_content_key(Bytes(16, 1));
  world.source.add_content_key(shared_key());
  Opened opened = open_mail(data_file("cms_old/encrypted.p7m"), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.content, kHello);
  EXPECT_EQ(opened.status(), Status::Indeterminate);
  EXPECT_TRUE(opened.verdict->is_encrypted());
  EXPECT_EQ(opened.verdict->layers[0].kind, Layer::Kind::Encrypted);
  EXPECT_TRUE(opened.has(Rule::EncUnauthenticated));
}

TEST(ContentKinds, CMS73_T27_encrypted_data_without_its_one_key) {
  auto refusal = [](std::vector<Bytes> keys) {
    KeyWorld world;
    for (const Bytes& key : keys) world.source.add_content_key(key);
    Opened opened = open_mail(data_file("cms_old/encrypted.p7m"), world.options);
    EXPECT_EQ(opened.content, "");
    return opened.verdict ? "opened" : std::string(info(opened.verdict.error().rule).slug);
  };
  EXPECT_EQ(refusal({}), "key.none-fits");
  EXPECT_EQ(refusal({Bytes(16)}), "key.none-fits");
  EXPECT_EQ(refusal({shared_key(), Bytes(32)}), "key.ambiguous");
  EXPECT_EQ(refusal({Bytes(32, 9)}), "enc.failed");
}

TEST(ContentKinds, CMS73_encrypted_data_without_keys_is_told_and_left) {
  World world;
  world.options.keys = nullptr;
  Opened opened = open_mail(data_file("cms_old/encrypted.p7m"), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.verdict->layers.at(0).kind, Layer::Kind::Encrypted);
  EXPECT_EQ(opened.content, "");
}

}  // namespace
}  // namespace bulla::testing
