// What a CA has issued and revoked, on each engine.
#include <gtest/gtest.h>

#include "store/authority_table.h"
#include "store/engine.h"
#include "store/store.h"
#include "x509/test_files.h"

namespace bulla::store {
namespace {

const Time kNow = *parse_time("2026-12-01");

Provenance from(std::string source) { return {.at = kNow, .source = std::move(source)}; }

class AuthorityIn : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    engine_ = make_engine(GetParam());
    if (!engine_->is_there()) GTEST_SKIP() << "no server";
    store_ = std::move(engine_->open(Missing::Create).value());
    ca_ = {.certificate = load("intermediate"),
           .places = {.crl = "http://ca/l", .ocsp = "", .issuer = "http://ca/c"}};
    KeyRow key{.public_key = to_bytes(ca_.certificate.subject_public_key_info()),
               .form = KeyRow::Form::Token,
               .pkcs8 = Secret(as_bytes("pkcs11:object=ca")),
               .added = kNow};
    ASSERT_TRUE(store_->add_authority(key, ca_, from("by a test")));
    ASSERT_TRUE(store_->add_issued(ca_, load("alice"), from("by a test")));
    ASSERT_TRUE(store_->add_issued(ca_, load("pss"), from("by a test")));
  }

  Issued issued(const char* name) const {
    return store_->authorities().find_issued(ca_, load(name).serial_number()).value().value();
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
  Authority ca_{.certificate = load("intermediate"), .places = {}};
};

INSTANTIATE_TEST_SUITE_P(Engines, AuthorityIn, each_engine(),
                         [](const auto& one) { return engine_name(one.param); });

TEST_P(AuthorityIn, what_it_issues_is_remembered_when_its_certificate_is_removed) {
  ASSERT_TRUE(store_->remove({load("alice")}, from("by a test")));
  EXPECT_EQ(store_->authorities().issued(ca_)->size(), 2u);
  EXPECT_TRUE(issued("alice").addresses.starts_with("alice@example.org"));
  EXPECT_FALSE(issued("alice").revocation);
  EXPECT_EQ(store_->check().value(), std::vector<std::string>());
}

TEST_P(AuthorityIn, a_revocation_is_for_ever) {
  Revocation first{.at = kNow, .reason = RevocationReason::KeyCompromise};
  Revocation second{.at = kNow + std::chrono::hours(1), .reason = RevocationReason::Superseded};
  ASSERT_TRUE(store_->revoke(ca_, {issued("alice")}, first, from("by a test")));
  ASSERT_TRUE(store_->revoke(ca_, {issued("alice")}, second, from("by a test")));
  std::vector<Issued> revoked = store_->authorities().revoked(ca_).value();
  ASSERT_EQ(revoked.size(), 1u);
  EXPECT_EQ(revoked[0].revocation->at, kNow);
  EXPECT_EQ(revoked[0].revocation->reason, RevocationReason::KeyCompromise);
  EXPECT_EQ(store_->check().value(), std::vector<std::string>());
}

TEST_P(AuthorityIn, each_list_has_a_greater_number) {
  std::int64_t first = store_->number_list(ca_, from("a list")).value();
  std::int64_t second = store_->number_list(ca_, from("a list")).value();
  EXPECT_LT(first, second);
  EXPECT_EQ(store_->check().value(), std::vector<std::string>());
}

TEST_P(AuthorityIn, what_others_change_is_found) {
  for (const char* change :
       {"UPDATE issued SET not_after = not_after + 1", "UPDATE authorities SET crl_url = 'x'"}) {
    engine_->tamper(change);
    EXPECT_FALSE(store_->check()->empty()) << change;
  }
  engine_->tamper("DELETE FROM issued");
  std::vector<std::string> found = store_->check().value();
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](const std::string& line) {
    return line.find("is gone, and the history does not say so") != std::string::npos;
  }));
}

TEST(RevocationReasons, have_the_names_of_rfc_5280) {
  for (std::string_view each : revocation_reasons()) {
    EXPECT_EQ(name(find_revocation_reason(each).value()), each);
  }
  EXPECT_FALSE(find_revocation_reason("certificateHold"));
}

}  // namespace
}  // namespace bulla::store
