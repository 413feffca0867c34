// The certificates of recipients, where roots are given that they must lead to (RFC 9787 8.1.1).
#include <gtest/gtest.h>

#include "bulla/recipients.h"
#include "message/seal_support.h"

namespace bulla {
namespace {

using seal_testing::encrypt_to;
using seal_testing::recipe_of;
using seal_testing::slugs;

constexpr std::string_view kText = "Content-Type: text/plain\r\n\r\nFor you alone.\r\n";

struct Trust {
  std::unique_ptr<TrustStore> roots;
  std::unique_ptr<CertSource> certificates = make_cert_source({load("intermediate")});
  std::unique_ptr<RevocationSource> lists;
  SealOptions options = seal_testing::options(SealOptions::Form::Der);

  explicit Trust(const std::string& root = "root", const std::vector<std::string>& crls = {})
      : roots(make_trust_store({load(root)})) {
    std::vector<Bytes> ders;
    for (const std::string& name : crls) ders.push_back(load_block(name + ".crl.pem"));
    lists = make_revocation_source(std::move(ders));
    options.recipient_trust = {
        .roots = roots.get(), .certificates = certificates.get(), .lists = lists.get()};
  }
};

std::string outcome(const std::string& name, const SealOptions& options) {
  return seal_testing::refusal(kText, recipe_of({encrypt_to({name})}), options);
}

void expect_sealed(const std::string& name, const SealOptions& options) {
  EXPECT_FALSE(
      seal_testing::seal_text(kText, recipe_of({encrypt_to({name})}), options).text.empty())
      << name;
}

TEST(RecipientPath, E2E19_without_roots_a_certificate_is_taken_as_it_is_given) {
  SealOptions options = seal_testing::options(SealOptions::Form::Der);
  for (const char* name : {"alice", "revoked", "sha1"}) expect_sealed(name, options);
}

TEST(RecipientPath, E2E19_it_leads_to_a_root) {
  expect_sealed("alice", Trust().options);
  Trust elsewhere("self_signed");
  EXPECT_EQ(outcome("alice", elsewhere.options), "path.no-root");
  Trust no_intermediate;
  no_intermediate.options.recipient_trust.certificates = nullptr;
  EXPECT_EQ(outcome("alice", no_intermediate.options), "path.no-root");
  EXPECT_EQ(outcome("sha1", Trust().options), "cert.weak-digest");
}

TEST(RecipientPath, E2E19_it_is_not_revoked_as_far_as_is_known) {
  expect_sealed("revoked", Trust().options);
  Trust known("root", {"intermediate", "root"});
  EXPECT_EQ(outcome("revoked", known.options), "revocation.revoked");
  expect_sealed("alice", known.options);
  known.options.recipient_trust.revocation = Revocation::Off;
  expect_sealed("revoked", known.options);
  Trust unknown;
  unknown.options.recipient_trust.revocation = Revocation::Hard;
  EXPECT_EQ(outcome("alice", unknown.options), "revocation.unknown");
}

// One recipient of several is enough to refuse; the error says which.
TEST(RecipientPath, E2E19_each_recipient_is_checked) {
  Trust known("root", {"intermediate", "root"});
  MemorySource in(as_bytes(kText));
  MemorySink out;
  auto sealed = seal(in, out, recipe_of({encrypt_to({"alice", "revoked"})}), known.options);
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().rule, Rule::RevocationRevoked);
  EXPECT_NE(sealed.error().detail.find("CN=Revoked"), std::string::npos) << sealed.error().detail;
  EXPECT_TRUE(out.bytes().empty());
}

TEST(RecipientPath, E2E19_recipients_that_are_added_are_checked) {
  Trust known("root", {"intermediate", "root"});
  std::string sealed =
      seal_testing::seal_text(kText, recipe_of({encrypt_to({"alice"})}), known.options).text;
  auto keys = make_key_source({seal_testing::person("alice")});
  for (const char* name : {"ec", "revoked"}) {
    MemorySource in(as_bytes(sealed));
    MemorySink out;
    AddRecipients change{.recipients = encrypt_to({name}), .keys = keys.get()};
    auto changed = change_recipients(in, out, change,
                                     {.at = seal_testing::now(),
                                      .limits = {},
                                      .recipient_trust = known.options.recipient_trust});
    EXPECT_EQ(bool(changed), std::string(name) == "ec") << name;
  }
}

}  // namespace
}  // namespace bulla
