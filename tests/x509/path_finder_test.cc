#include "x509/path_finder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "x509/path_cache.h"
#include "x509/test_files.h"

namespace bulla::x509 {
namespace {

struct Setting {
  std::vector<std::string> roots = {"root"};
  std::vector<std::string> pool = {"intermediate"};
  std::vector<std::string> crls = {};
  PathOptions options = {.at = *parse_time("2026-06-01")};
  Limits limits = {};
};

std::vector<Certificate> load_all(const std::vector<std::string>& names) {
  std::vector<Certificate> certificates;
  for (const std::string& name : names) certificates.push_back(load(name));
  return certificates;
}

// "slug severity place", sorted.
std::vector<std::string> summary(const PathResult& result) {
  std::vector<std::string> lines;
  for (const Finding& finding : result.findings) {
    std::string line(info(finding.rule).slug);
    line += finding.severity == Severity::Indeterminate
                ? " indeterminate"
                : ' ' + std::string(severity_name(finding.severity));
    if (!finding.place.empty()) line += ' ' + finding.place;
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

PathResult find(const std::string& name, const Setting& setting = {}) {
  auto trust = make_trust_store(load_all(setting.roots));
  std::vector<Bytes> crls;
  for (const std::string& crl : setting.crls) crls.push_back(load_block(crl + ".crl.pem"));
  Certificate certificate = load(name);
  std::vector<Certificate> pool = load_all(setting.pool);
  PathFinder finder({.trust = trust.get()}, setting.limits);
  PathResult result = finder.find(certificate, {pool, crls, {}}, setting.options);
  // The same certificates from elsewhere too, each read a second time.
  auto others = make_cert_source(load_all(setting.pool));
  PathFinder doubled({.trust = trust.get(), .certificates = others.get()}, setting.limits);
  PathResult twice = doubled.find(certificate, {pool, crls, {}}, setting.options);
  EXPECT_EQ(summary(twice), summary(result));
  EXPECT_EQ(twice.verified.has_value(), result.verified.has_value());
  // All tests share one cache: what is in it must never answer for another.
  static PathCache cache(1'000);
  PathFinder remembering({.trust = trust.get()}, setting.limits, &cache);
  for (int round = 0; round < 2; ++round) {
    PathResult again = remembering.find(certificate, {pool, crls, {}}, setting.options);
    EXPECT_EQ(summary(again), summary(result));
    EXPECT_EQ(again.certificates, result.certificates);
    EXPECT_EQ(again.verified.has_value(), result.verified.has_value());
  }
  return result;
}

using Lines = std::vector<std::string>;

const std::string kNotChecked = "revocation.not-checked note";

TEST(PathFinder, FindsAPathToARoot_CERT_21) {
  PathResult result = find("alice");
  ASSERT_TRUE(result.verified);
  EXPECT_EQ(result.verified->certificates(), load_all({"alice", "intermediate", "root"}));
  EXPECT_EQ(summary(result), Lines{kNotChecked});
}

TEST(PathFinder, TakesEveryKindOfKey_CERT_42) {
  for (const char* name : {"ec", "ed25519", "pss"}) EXPECT_TRUE(find(name).verified) << name;
}

TEST(TimeWindow, EndsWhereSomethingTurns) {
  auto at = [](int seconds) { return Time(std::chrono::seconds(seconds)); };
  TimeWindow window;
  window.narrow(at(10), at(50));
  window.narrow(at(20), at(50));
  window.narrow(at(90), at(50));
  window.narrow(at(70), at(50));
  EXPECT_FALSE(window.contains(at(20)));
  EXPECT_TRUE(window.contains(at(21)));
  EXPECT_TRUE(window.contains(at(69)));
  EXPECT_FALSE(window.contains(at(70)));
  // At the instant itself nothing may be remembered.
  window.narrow(at(50), at(50));
  EXPECT_FALSE(window.contains(at(50)));
}

TEST(PathFinder, EndsWithoutARoot_T_69) {
  PathResult result = find("alice", {.roots = {"other"}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(result.certificates, load_all({"alice", "intermediate"}));
  EXPECT_EQ(summary(result), Lines{"path.no-root indeterminate path 1"});
}

TEST(PathFinder, NeverTrustsARootFromTheMessage_CERT_34) {
  PathResult result = find("alice", {.roots = {}, .pool = {"intermediate", "root"}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), Lines{"path.no-root indeterminate path 2"});
}

TEST(PathFinder, TellsASelfSignedCertificateApart_CERT_34) {
  PathResult result = find("self_signed");
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), Lines{"path.self-signed indeterminate path 0"});
}

TEST(PathFinder, TakesATrustedCertificateAsItIs) {
  EXPECT_TRUE(find("self_signed", {.roots = {"self_signed"}}).verified);
  EXPECT_TRUE(find("alice", {.roots = {"alice"}, .pool = {}}).verified);
  EXPECT_TRUE(find("alice", {.roots = {"intermediate"}, .pool = {}}).verified);
}

TEST(PathFinder, DoesNotLetATrustedLeafIssue) {
  PathResult result = find("not_ca", {.roots = {"alice"}, .pool = {}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result),
            (Lines{"path.key-usage failure path 1", "path.not-ca failure path 1", kNotChecked}));
}

TEST(PathFinder, RefusesAnIssuerThatIsNoCa_CERT_24_T_67) {
  PathResult result = find("not_ca", {.pool = {"alice", "intermediate"}});
  EXPECT_FALSE(result.verified);
  Lines lines = summary(result);
  EXPECT_NE(std::find(lines.begin(), lines.end(), "path.not-ca failure path 1"), lines.end());
}

TEST(PathFinder, RefusesAnExpiredCertificate) {
  PathResult result = find("expired");
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"cert.expired failure path 0", kNotChecked}));
  EXPECT_TRUE(find("expired", {.options = {.at = *parse_time("2020-06-01")}}).findings.size() > 0);
}

TEST(PathFinder, RefusesWhatIsNotValidYet_CERT_22) {
  PathResult result = find("alice", {.options = {.at = *parse_time("2020-06-01")}});
  EXPECT_EQ(summary(result), (Lines{"cert.not-yet-valid failure path 0",
                                    "path.expired failure path 1", kNotChecked}));
}

TEST(PathFinder, ReportsEveryFailureOfAPath) {
  PathResult result = find("alice", {.roots = {}, .options = {.at = *parse_time("2020-06-01")}});
  EXPECT_EQ(summary(result),
            (Lines{"cert.not-yet-valid failure path 0", "path.expired failure path 1",
                   "path.no-root indeterminate path 1"}));
}

TEST(PathFinder, NamesAnExpiredIntermediateApart) {
  PathResult result = find("below_expired", {.pool = {"old_intermediate"}});
  EXPECT_EQ(summary(result), (Lines{"path.expired failure path 1", kNotChecked}));
}

TEST(PathFinder, RefusesABadSignature) {
  Certificate alice = load("alice");
  Bytes der = to_bytes(alice.der());
  der.back() ^= 1;
  auto trust = make_trust_store({load("root")});
  PathFinder finder({.trust = trust.get()});
  PathResult result = finder.find(*Certificate::parse(der), {{load("intermediate")}, {}, {}},
                                  {.at = *parse_time("2026-06-01")});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"path.bad-signature failure path 0", kNotChecked}));
}

TEST(PathFinder, RefusesAnUnknownCriticalExtension_CERT_27) {
  EXPECT_EQ(summary(find("unknown_critical")),
            (Lines{"cert.unknown-critical failure path 0", kNotChecked}));
}

TEST(PathFinder, RefusesNamesOutsideAConstraint_CERT_18) {
  EXPECT_TRUE(find("constrained_inside", {.pool = {"constrained"}}).verified);
  PathResult result = find("constrained_outside", {.pool = {"constrained"}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"path.name-constraints failure path 0", kNotChecked}));
}

TEST(PathFinder, AsksForMailSigning_CERT_36_CERT_38) {
  EXPECT_EQ(summary(find("cannot_sign")), (Lines{"cert.key-usage failure path 0", kNotChecked}));
  EXPECT_EQ(summary(find("web_only")),
            (Lines{"cert.extended-key-usage failure path 0", kNotChecked}));
  PathOptions any{.at = *parse_time("2026-06-01"), .purpose = Purpose::Any};
  EXPECT_TRUE(find("web_only", {.options = any}).verified);
}

TEST(PathFinder, AsksForMailEncryption_CERT_39) {
  PathOptions options{.at = *parse_time("2026-06-01"), .purpose = Purpose::MailEncryption};
  EXPECT_TRUE(find("alice", {.options = options}).verified);
  EXPECT_TRUE(find("cannot_sign", {.options = options}).verified);
  EXPECT_TRUE(find("ec", {.options = options}).verified);
  EXPECT_EQ(summary(find("ed25519", {.options = options})),
            (Lines{"enc.key-usage failure path 0", kNotChecked}));
}

TEST(PathFinder, JudgesWeakDigestsAndKeys_CERT_43_CERT_44_T_68) {
  EXPECT_EQ(summary(find("sha1")), (Lines{"cert.weak-digest indeterminate path 0", kNotChecked}));
  EXPECT_EQ(summary(find("md5")), (Lines{"cert.weak-digest failure path 0", kNotChecked}));
  EXPECT_FALSE(find("sha1").verified);
  EXPECT_EQ(summary(find("short")), (Lines{"cert.weak-key warning path 0", kNotChecked}));
  EXPECT_TRUE(find("short").verified);
  PathOptions warn{.at = *parse_time("2026-06-01"), .weak = PathOptions::Weak::Warn};
  EXPECT_EQ(summary(find("md5", {.options = warn})),
            (Lines{"cert.weak-digest warning path 0", kNotChecked}));
  EXPECT_TRUE(find("md5", {.options = warn}).verified);
}

PathOptions revocation(RevocationPolicy policy, const char* at = "2026-06-01") {
  return {.at = *parse_time(at), .revocation = policy};
}

const std::vector<std::string> kLists = {"root", "intermediate"};

TEST(PathFinder, FindsARevokedCertificate_CERT_02_T_71) {
  for (auto policy : {RevocationPolicy::Soft, RevocationPolicy::Hard}) {
    PathResult result = find("revoked", {.crls = kLists, .options = revocation(policy)});
    EXPECT_FALSE(result.verified);
    EXPECT_EQ(summary(result), Lines{"revocation.revoked failure path 0"});
  }
  PathResult off = find("revoked", {.crls = kLists, .options = revocation(RevocationPolicy::Off)});
  EXPECT_TRUE(off.verified);
  EXPECT_TRUE(off.findings.empty());
}

TEST(PathFinder, IsSatisfiedByListsForThePath) {
  PathResult result =
      find("alice", {.crls = kLists, .options = revocation(RevocationPolicy::Hard)});
  EXPECT_TRUE(result.verified);
  EXPECT_TRUE(result.findings.empty());
}

TEST(PathFinder, MissesListsByPolicy_T_71) {
  Setting hard{.options = revocation(RevocationPolicy::Hard)};
  EXPECT_EQ(summary(find("alice", hard)), (Lines{"revocation.unknown indeterminate path 0",
                                                 "revocation.unknown indeterminate path 1"}));
  hard.crls = {"intermediate"};
  EXPECT_EQ(summary(find("alice", hard)), Lines{"revocation.unknown indeterminate path 1"});
  EXPECT_EQ(summary(find("alice", {.crls = {"intermediate"}})), Lines{kNotChecked});
}

TEST(PathFinder, DoesNotTakeAStaleListAsFresh_CERT_54) {
  Setting soft{.crls = {"root", "stale"}};
  EXPECT_EQ(summary(find("alice", soft)), Lines{"revocation.stale warning path 0"});
  EXPECT_EQ(summary(find("revoked", soft)),
            (Lines{"revocation.revoked failure path 0", "revocation.stale warning path 0"}));
  Setting hard{.crls = soft.crls, .options = revocation(RevocationPolicy::Hard)};
  EXPECT_EQ(summary(find("alice", hard)),
            (Lines{"revocation.stale warning path 0", "revocation.unknown indeterminate path 0"}));
}

TEST(PathFinder, IsNotMisledByAForgedList_T_71) {
  EXPECT_EQ(summary(find("alice", {.crls = {"root", "forged"}})),
            (Lines{"revocation.bad-list warning", kNotChecked}));
  // The forged list does not hide the good one.
  EXPECT_EQ(summary(find("revoked", {.crls = {"forged", "root", "intermediate"}})),
            (Lines{"revocation.bad-list warning", "revocation.revoked failure path 0"}));
}

TEST(PathFinder, TakesListsFromTheSource) {
  auto trust = make_trust_store({load("root")});
  auto certificates = make_cert_source({load("intermediate")});
  auto lists =
      make_revocation_source({load_block("intermediate.crl.pem"), load_block("root.crl.pem")});
  PathFinder finder({trust.get(), certificates.get(), lists.get()});
  PathResult result =
      finder.find(load("revoked"), {{}, {}, {}}, revocation(RevocationPolicy::Hard));
  EXPECT_EQ(summary(result), Lines{"revocation.revoked failure path 0"});
}

TEST(PathFinder, CountsTheCasBelowACa_CERT_25) {
  PathResult result = find("too_deep", {.pool = {"intermediate", "too_deep_ca"}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"path.length failure path 2", kNotChecked}));
}

TEST(PathFinder, WantsThePoliciesThatWereAskedFor) {
  Setting setting{};
  setting.options.require_explicit_policy = PathOptions::Switch::On;
  PathResult result = find("alice", setting);
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"path.policy failure path 0", kNotChecked}));
}

TEST(PathFinder, RefusesForAReasonWithoutARule) {
  PathResult result = find("proxy");
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), (Lines{"path.invalid failure path 0", "path.invalid failure path 1",
                                    "path.not-ca failure path 1", kNotChecked}));
}

TEST(PathFinder, TriesEachIssuerOfTheName_CERT_32) {
  for (const char* root : {"root", "other"}) {
    PathResult result =
        find("alice", {.roots = {root}, .pool = {"cross_intermediate", "intermediate"}});
    ASSERT_TRUE(result.verified) << root;
    EXPECT_EQ(result.certificates.back(), load(root));
  }
}

TEST(PathFinder, EndsAtItsBudget_T_60) {
  PathResult result = find("alice", {.limits = {.path_candidates = 1}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result),
            (Lines{"path.budget indeterminate", "path.no-root indeterminate path 0"}));
}

TEST(PathFinder, HandlesRingsOfIssuers_T_61) {
  // root and other know each other's intermediates; none of them is trusted.
  PathResult result =
      find("alice", {.roots = {}, .pool = {"cross_intermediate", "intermediate", "root", "other"}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(worst(result.findings), Severity::Indeterminate);
}

TEST(PathFinder, RefusesGiantKeysBeforeLibcrypto_ALG_74_T_65) {
  PathResult result = find("alice", {.limits = {.rsa_bits = 1'024}});
  EXPECT_FALSE(result.verified);
  EXPECT_EQ(summary(result), Lines{"crypto.bad-key failure path 0"});
}

}  // namespace
}  // namespace bulla::x509
