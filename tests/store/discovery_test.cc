#include "store/discovery.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "host/temporary_folder.h"
#include "store/file.h"

namespace bulla::store {
namespace {

using x509::DaneRecord;
using Usage = DaneRecord::Usage;
using Selector = DaneRecord::Selector;
using Matching = DaneRecord::Matching;
using What = Imported::What;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
constexpr const char* kAlice = "alice@example.org";

Certificate certificate(const std::string& name) {
  auto loaded = load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/" + name + ".pem");
  EXPECT_TRUE(loaded) << name;
  return loaded->front();
}

PlacedAnswer ldap(const std::vector<std::string>& names) {
  PlacedAnswer placed{.origin = Origin::Ldap, .place = "ldap://h/", .answer = {}};
  for (const std::string& name : names) placed.answer.certificates.push_back(certificate(name));
  return placed;
}

DaneRecord record(Usage usage, const std::string& name, Matching matching = Matching::Full) {
  Certificate one = certificate(name);
  Bytes data = to_bytes(one.der());
  if (matching == Matching::Sha256) data = *crypto::hash(Digest::Sha256, one.der());
  return {.usage = usage,
          .selector = Selector::Certificate,
          .matching = matching,
          .data = std::move(data)};
}

PlacedAnswer smimea(std::vector<DaneRecord> records) {
  PlacedAnswer placed{.origin = Origin::Smimea, .place = "the DNS", .answer = {}};
  placed.answer.records = std::move(records);
  return placed;
}

Discovery look(const std::vector<PlacedAnswer>& answers, const std::string& address = kAlice) {
  auto roots = make_trust_store({certificate("root")});
  return judge(address, answers, {.trust = roots.get()}, kNow);
}

Vouching vouching(const std::vector<PlacedAnswer>& answers) {
  Discovery found = look(answers);
  EXPECT_EQ(found.found.size(), 1u);
  return found.found.empty() ? Vouching::Nobody : found.found[0].vouching;
}

// The reasons why what was found is not taken, where nothing is.
std::vector<Rule> refusals(const std::vector<PlacedAnswer>& answers,
                           const std::string& address = kAlice) {
  Discovery found = look(answers, address);
  EXPECT_TRUE(found.found.empty());
  std::vector<Rule> rules;
  for (const RefusedCertificate& one : found.refused) rules.push_back(one.why.rule);
  return rules;
}

TEST(Discovery, a_certificate_needs_a_path) {
  Discovery found = look({ldap({"alice", "intermediate"})});
  ASSERT_EQ(found.found.size(), 1u);
  EXPECT_EQ(found.found[0].vouching, Vouching::Path);
  EXPECT_EQ(found.found[0].issuers, std::vector<Certificate>{certificate("intermediate")});
  EXPECT_EQ(found.found[0].places, std::vector<std::string>{"ldap ldap://h/"});
  EXPECT_TRUE(found.refused.empty());
  Discovery alone = look({ldap({"alice"})});
  ASSERT_EQ(alone.found.size(), 1u);
  EXPECT_EQ(alone.found[0].vouching, Vouching::Nobody);
  ASSERT_TRUE(alone.found[0].lack);
  EXPECT_EQ(alone.found[0].lack->rule, Rule::PathNoRoot);
  // Somebody else's answer may have the issuer, and the same certificate.
  EXPECT_EQ(look({ldap({"alice"}), ldap({"intermediate", "alice"})}).found[0].places.size(), 1u);
  EXPECT_EQ(vouching({ldap({"alice"}), ldap({"intermediate"})}), Vouching::Path);
}

TEST(Discovery, T113_what_is_for_another_address_is_never_taken) {
  EXPECT_EQ(refusals({ldap({"ec", "no_address"})}),
            (std::vector<Rule>{Rule::AddressOther, Rule::AddressOther}));
  EXPECT_EQ(refusals({ldap({"alice", "intermediate"})}, "Alice@example.org"),
            std::vector<Rule>{Rule::AddressOther});
  EXPECT_EQ(refusals({smimea({record(Usage::DaneEe, "ec")})}),
            std::vector<Rule>{Rule::AddressOther});
}

TEST(Discovery, T113_what_cannot_be_encrypted_to_is_not_taken) {
  EXPECT_EQ(refusals({ldap({"expired", "intermediate"})}, "expired@example.org"),
            std::vector<Rule>{Rule::EncExpiredRecipient});
}

TEST(Discovery, CERT74_dane_ee_vouches_without_a_path) {
  EXPECT_EQ(vouching({smimea({record(Usage::DaneEe, "alice")})}), Vouching::Dns);
  auto digest = smimea({record(Usage::DaneEe, "alice", Matching::Sha256)});
  EXPECT_TRUE(refusals({digest}).empty());  // and nothing to take
  EXPECT_EQ(vouching({digest, ldap({"alice"})}), Vouching::Dns);
  // One of several suffices.
  EXPECT_EQ(vouching({smimea({record(Usage::DaneEe, "ec", Matching::Sha256),
                              record(Usage::DaneEe, "alice", Matching::Sha256)}),
                      ldap({"alice"})}),
            Vouching::Dns);
}

TEST(Discovery, CERT74_another_certificate_than_the_dns_names_is_refused) {
  auto records = smimea({record(Usage::DaneEe, "ec", Matching::Sha256)});
  EXPECT_EQ(refusals({records, ldap({"alice", "intermediate"})}),
            std::vector<Rule>{Rule::AddressDnsDiffers});
}

TEST(Discovery, CERT74_dane_ta_vouches_for_what_it_issued) {
  auto anchor = smimea({record(Usage::DaneTa, "intermediate")});
  Discovery found = judge(kAlice, {anchor, ldap({"alice"})}, {}, kNow);  // no root is trusted
  ASSERT_EQ(found.found.size(), 1u);
  EXPECT_EQ(found.found[0].vouching, Vouching::Dns);
  auto digest = smimea({record(Usage::DaneTa, "intermediate", Matching::Sha256)});
  EXPECT_EQ(vouching({digest, ldap({"alice", "intermediate"})}), Vouching::Dns);
  EXPECT_EQ(refusals({digest, ldap({"alice"})}), std::vector<Rule>{Rule::AddressDnsDiffers});
  EXPECT_EQ(refusals({smimea({record(Usage::DaneTa, "other")}), ldap({"alice", "intermediate"})}),
            std::vector<Rule>{Rule::AddressDnsDiffers});
  // A certificate that is no CA is no anchor.
  EXPECT_EQ(refusals({smimea({record(Usage::DaneTa, "alice")})}),
            std::vector<Rule>{Rule::AddressDnsDiffers});
}

TEST(Discovery, CERT74_pkix_usages_need_a_path_besides) {
  auto leaf = smimea({record(Usage::PkixEe, "alice")});
  EXPECT_EQ(vouching({leaf}), Vouching::Nobody);
  EXPECT_EQ(vouching({leaf, ldap({"intermediate"})}), Vouching::Path);
  auto issuer = smimea({record(Usage::PkixTa, "root", Matching::Sha256)});
  EXPECT_EQ(vouching({issuer, ldap({"alice", "intermediate"})}), Vouching::Path);
  EXPECT_EQ(vouching({issuer, ldap({"alice"})}), Vouching::Nobody);
  EXPECT_EQ(refusals({smimea({record(Usage::PkixTa, "other", Matching::Sha256)}),
                      ldap({"alice", "intermediate"})}),
            std::vector<Rule>{Rule::AddressDnsDiffers});
}

TEST(Discovery, what_something_vouches_for_comes_first) {
  Discovery found = look({ldap({"alice_encrypts", "alice"}), ldap({"intermediate"})});
  ASSERT_EQ(found.found.size(), 2u);
  EXPECT_EQ(found.found[0].vouching, Vouching::Path);
  auto both =
      look({smimea({record(Usage::DaneEe, "alice"), record(Usage::PkixEe, "alice_encrypts")}),
            ldap({"intermediate"})});
  ASSERT_EQ(both.found.size(), 2u);
  EXPECT_EQ(both.found[0].certificate, certificate("alice"));
  EXPECT_EQ(both.found[0].vouching, Vouching::Dns);
}

What kept(Store& store, const std::vector<PlacedAnswer>& answers) {
  Import batch = to_import(look(answers).found.at(0));
  auto done = store.import({{batch, {.at = kNow, .source = "from a test"}}});
  EXPECT_TRUE(done);
  return done->certificates.at(0).what;
}

TEST(Discovery, T09_what_nothing_vouches_for_is_held_and_another_key_too) {
  TemporaryFolder folder;
  auto store = Store::open(folder.path("store"), Missing::Create);
  ASSERT_TRUE(store);
  EXPECT_EQ(kept(**store, {ldap({"alice"})}), What::Held);
  EXPECT_TRUE((*store)->find_certificates(kAlice)->empty());
  // Known and not confirmed: whoever vouches for it later.
  EXPECT_EQ(kept(**store, {ldap({"alice", "intermediate"})}), What::Held);

  TemporaryFolder second;
  auto other = Store::open(second.path("store"), Missing::Create);
  ASSERT_TRUE(other);
  EXPECT_EQ(kept(**other, {ldap({"alice", "intermediate"})}), What::Added);
  EXPECT_EQ((*other)->find_certificates(kAlice)->size(), 1u);
  EXPECT_EQ(kept(**other, {smimea({record(Usage::DaneEe, "alice_encrypts")})}), What::Held);
  EXPECT_EQ((*other)->find_certificates(kAlice)->size(), 1u);
  EXPECT_EQ(kept(**other, {ldap({"alice"})}), What::Known);
}

TEST(Discovery, what_is_held_without_a_voucher_is_told) {
  TemporaryFolder folder;
  auto store = Store::open(folder.path("store"), Missing::Create);
  ASSERT_TRUE(store);
  Import batch = to_import(look({ldap({"alice"})}).found.at(0));
  auto done = (*store)->import({{batch, {.at = kNow, .source = "from a test"}}});
  ASSERT_TRUE(done);
  ASSERT_EQ(done->findings.size(), 1u);
  EXPECT_EQ(done->findings[0].rule, Rule::StoreUnvouched);
}

}  // namespace
}  // namespace bulla::store
