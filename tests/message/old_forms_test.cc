// What old and regional senders wrote, and what nobody should have written: refused by default,
// and opened on request with a finding for each thing.
#include <gtest/gtest.h>

#include "cms/content_type.h"
#include "cms/messages.h"
#include "crypto/algorithm_table.h"
#include "message/people.h"
#include "x509/memory_key_source.h"

namespace bulla::testing {
namespace {

// A file of tests/data/cms_old, made by OpenSSL for the keys of tests/data/cms.
std::string old_file(const std::string& name) {
  return std::string(as_text(read_file(std::string(BULLA_TEST_DATA) + "/cms_old/" + name)));
}

struct OldWorld : World {
  x509::MemoryKeySource source{{cms::messages::identity("rsa")}};
  OldWorld() { options.keys = &source; }
  void read_old_forms() { options.policy.old_forms = Policy::Old::Read; }
};

// Gives `size` octets at a time.
class PieceSource final : public Source {
 public:
  PieceSource(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    std::size_t count = std::min({size_, buffer.size(), text_.size() - at_});
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t size_;
  std::size_t at_ = 0;
};

bool has_legacy_provider() { return crypto::is_available(ContentCipher::DesCbc); }

std::string detail_of(const Opened& opened, Rule rule) {
  for (const Finding& finding : opened.verdict->findings) {
    if (finding.rule == rule) return finding.detail;
  }
  return "";
}

TEST(OldForms, ALG54_ALG56_broken_ciphers_are_refused_before_any_key_is_used) {
  for (const char* name : {"rc2_40", "rc2_64", "rc2_128", "des"}) {
    OldWorld world;
    Opened opened = open_mail(old_file(std::string(name) + ".p7m"), world.options);
    ASSERT_FALSE(opened.verdict);
    EXPECT_EQ(opened.verdict.error().rule, Rule::EncBrokenCipher) << name;
    EXPECT_EQ(opened.content, "");
  }
}

TEST(OldForms, ALG54_ALG56_broken_ciphers_open_on_request_and_are_named) {
  if (!has_legacy_provider()) GTEST_SKIP() << "no legacy provider";
  struct Case {
    const char* file;
    const char* cipher;
  };
  for (const Case& test : {Case{"rc2_40", "rc2-40-cbc"}, Case{"rc2_64", "rc2-64-cbc"},
                           Case{"rc2_128", "rc2-128-cbc"}, Case{"des", "des-cbc"}}) {
    OldWorld world;
    world.read_old_forms();
    Opened opened = open_mail(old_file(std::string(test.file) + ".p7m"), world.options);
    ASSERT_TRUE(opened.verdict) << opened.text();
    EXPECT_EQ(opened.content, cms::messages::kHello);
    EXPECT_EQ(opened.status(), Status::Indeterminate);
    EXPECT_EQ(detail_of(opened, Rule::EncWeakCipher), test.cipher);
  }
}

TEST(OldForms, regional_ciphers_are_read) {
  for (const char* name : {"seed", "camellia_128", "camellia_192", "camellia_256"}) {
    if (!has_legacy_provider() && std::string(name) == "seed") continue;
    OldWorld world;
    Opened opened = open_mail(old_file(std::string(name) + ".p7m"), world.options);
    ASSERT_TRUE(opened.verdict) << name << opened.text();
    EXPECT_EQ(opened.content, cms::messages::kHello);
    EXPECT_FALSE(opened.has(Rule::EncWeakCipher));
  }
}

// EnvelopedData whose AES-GCM tag stands behind the ciphertext.
std::string misplaced(const std::function<void(Bytes& content)>& change = {}) {
  cms::messages::Message message = cms::messages::parsed(cms::messages::file("gcm.p7m"));
  Bytes content = message.octets;
  append(content, message.enveloped_end.mac);
  if (change) change(content);
  return std::string(as_text(asn1::encode([&](asn1::Writer& out) {
    asn1::Writer info = out.sequence();
    info.oid(cms::kEnvelopedData);
    asn1::Writer content_field = info.enter(asn1::constructed(0));
    asn1::Writer enveloped = content_field.sequence();
    enveloped.integer(0);
    enveloped.set_of({asn1::encode([&](asn1::Writer& one) {
      cms::write_recipient_info(one, message.enveloped.recipients[0]);
    })});
    asn1::Writer encrypted = enveloped.sequence();
    encrypted.oid(cms::kData);
    message.enveloped.content_encryption_algorithm.write(encrypted);
    encrypted.primitive(asn1::primitive(0), content);
  })));
}

TEST(OldForms, T20_T24_aead_in_EnvelopedData_is_refused) {
  OldWorld world;
  Opened opened = open_mail(misplaced(), world.options);
  ASSERT_FALSE(opened.verdict);
  EXPECT_EQ(opened.verdict.error().rule, Rule::EncCipherPlace);
}

TEST(OldForms, T20_aead_in_EnvelopedData_opens_on_request_if_its_tag_fits) {
  OldWorld world;
  world.read_old_forms();
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{19}}) {
    PieceSource source(misplaced(), chunk);
    Opened opened = open_from(source, world.options);
    ASSERT_TRUE(opened.verdict) << opened.text();
    EXPECT_EQ(opened.content, cms::messages::kHello);
    EXPECT_TRUE(opened.has(Rule::EncCipherPlaceAccepted));
    EXPECT_EQ(opened.status(), Status::Indeterminate);
  }
}

TEST(OldForms, T20_T23_aead_in_EnvelopedData_without_a_tag_that_fits_fails) {
  OldWorld world;
  world.read_old_forms();
  std::vector<std::function<void(Bytes&)>> changes = {
      [](Bytes& content) { content.back() ^= 1; },
      [](Bytes& content) { content.front() ^= 1; },
      [](Bytes& content) { content.pop_back(); },
      [](Bytes& content) { content.resize(content.size() - 16); },
      [](Bytes& content) { content.resize(16); },
      [](Bytes& content) { content.resize(15); },
      [](Bytes& content) { content.clear(); },
  };
  for (const auto& change : changes) {
    Opened opened = open_mail(misplaced(change), world.options);
    ASSERT_FALSE(opened.verdict);
    EXPECT_EQ(opened.verdict.error().rule, Rule::EncFailed);
    EXPECT_EQ(opened.content, "");
  }
}

}  // namespace
}  // namespace bulla::testing
