// Revocation by OCSP (RFC 6960): which answers count, and what they make of a path.
#include "x509/ocsp.h"

#include <gtest/gtest.h>

#include "x509/issue_answer.h"
#include "x509/path_finder.h"

namespace bulla::x509 {
namespace {

struct Setting {
  RevocationPolicy revocation = RevocationPolicy::Hard;
  const char* at = "2026-06-01";
  std::vector<Bytes> lists = {};
  const RevocationSource* source = nullptr;
};

// The slugs of what is said of the path of alice, whose issuers are not on any list.
std::string judge(const std::vector<Bytes>& answers, const Setting& setting = {}) {
  auto trust = make_trust_store({load("root")});
  PathOptions options{.at = *parse_time(setting.at), .revocation = setting.revocation};
  std::vector<Bytes> lists = setting.lists;
  lists.push_back(issue_list({.issuer = "root", .key = "root"}));
  PathFinder finder({.trust = trust.get(), .revocation = setting.source});
  PathResult result = finder.find(load("alice"), {{load("intermediate")}, lists, answers}, options);
  std::string slugs;
  for (const Finding& finding : result.findings) {
    slugs += (slugs.empty() ? "" : ", ") + std::string(info(finding.rule).slug);
    if (finding.rule == Rule::RevocationBadAnswer) slugs += ": " + finding.detail;
  }
  EXPECT_EQ(result.verified.has_value(), worst(result.findings) < Severity::Indeterminate);
  return slugs;
}

std::string judge(const Answer& answer, const Setting& setting = {}) {
  return judge(std::vector<Bytes>{issue_answer(answer)}, setting);
}

void expect_unusable(const Answer& answer, const std::string& why) {
  EXPECT_EQ(judge(answer), "revocation.bad-answer: " + why + ", revocation.unknown");
}

using Says = Answer::Says;

TEST(Ocsp, AnAnswerOfTheIssuerCounts_CERT_58_CERT_60) {
  EXPECT_EQ(judge(std::vector<Bytes>{}), "revocation.unknown");
  for (auto by : {Answer::By::Key, Answer::By::Name}) {
    for (auto digest : {Digest::Sha1, Digest::Sha256}) {
      EXPECT_EQ(judge(Answer{.digest = digest, .by = by}), "revocation.by-ocsp");
    }
  }
  EXPECT_EQ(judge(Answer{.says = Says::Revoked}), "revocation.revoked");
  EXPECT_EQ(judge(Answer{.says = Says::OnHold}), "revocation.revoked");
  EXPECT_EQ(judge(Answer{}, {.revocation = RevocationPolicy::Off}), "");
  EXPECT_EQ(judge(Answer{.says = Says::Revoked}, {.revocation = RevocationPolicy::Off}), "");
}

TEST(Ocsp, T72_UnknownIsNotGood_CERT_64) {
  expect_unusable({.says = Says::Unknown}, "the responder does not know the certificate");
  EXPECT_EQ(judge(Answer{.says = Says::Unknown}, {.revocation = RevocationPolicy::Soft}),
            "revocation.bad-answer: the responder does not know the certificate, "
            "revocation.not-checked");
}

TEST(Ocsp, T72_AnAnswerAboutAnotherCertificateSaysNothing_CERT_59) {
  EXPECT_EQ(judge(Answer{.about = "revoked"}), "revocation.unknown");
  // The same name and number of another issuer's key.
  EXPECT_EQ(judge(Answer{.issuer = "other", .responder = load("intermediate")}),
            "revocation.unknown");
}

TEST(Ocsp, T72_WhoSignsMustBeTheOneThatIsNamed_CERT_59) {
  expect_unusable({.key = "other"}, "its signature does not fit");
  expect_unusable({.responder = load("root")}, "the certificate of its signer is not there");
  expect_unusable({.key = "root", .responder = load("root"), .certificates = {load("root")}},
                  "its signer is no OCSP responder");
  Bytes spoilt = issue_answer({});
  spoilt.back() ^= 1;
  EXPECT_EQ(judge(std::vector<Bytes>{spoilt}),
            "revocation.bad-answer: its signature does not fit, revocation.unknown");
}

std::string judge_delegate(const Responder& how, const Setting& setting = {}) {
  Certificate responder = make_responder(how);
  return judge(Answer{.key = "other", .responder = responder, .certificates = {responder}},
               setting);
}

std::string unusable(const std::string& why) {
  return "revocation.bad-answer: " + why + ", revocation.unknown";
}

TEST(Ocsp, T72_AResponderIsMadeByTheIssuerForThisPurpose_CERT_60) {
  EXPECT_EQ(judge_delegate({}), "revocation.by-ocsp");
  EXPECT_EQ(judge_delegate({.has_purpose = false}), unusable("its signer is no OCSP responder"));
  EXPECT_EQ(judge_delegate({.key_usage = 0x40}), unusable("its signer may not sign"));
  // Of another CA, and of one that has the issuer's name.
  EXPECT_EQ(judge_delegate({.issuer = "root", .key = "root"}),
            unusable("its signer is the responder of another CA"));
  EXPECT_EQ(judge_delegate({.key = "root"}),
            unusable("its signer was not made responder with the key of the issuer"));
  EXPECT_EQ(judge_delegate({.like = "expired"}),
            unusable("its signer's certificate: the certificate has expired"));
}

TEST(Ocsp, AResponderThatMayHaveBeenRevokedIsEnoughForASoftPolicyAlone_CERT_61) {
  Responder checked{.has_nocheck = false};
  EXPECT_EQ(judge_delegate(checked), unusable("whether its signer was revoked is not known"));
  EXPECT_EQ(judge_delegate(checked, {.revocation = RevocationPolicy::Soft}), "revocation.by-ocsp");
  // On a list of the issuer it is, or is not.
  Setting listed{.lists = {issue_list({.issuer = "intermediate", .key = "intermediate"})}};
  EXPECT_EQ(judge_delegate(checked, listed), "revocation.by-ocsp");
  // It has the number of alice.
  Setting revoked{.lists = {issue_list(
                      {.issuer = "intermediate", .key = "intermediate", .revoked = {"alice"}})}};
  EXPECT_NE(judge_delegate(checked, revoked).find("a certificate was revoked"), std::string::npos);
}

TEST(Ocsp, T72_AnAnswerIsOfItsTime_CERT_59) {
  expect_unusable({.this_update = "2026-06-02"}, "it is about another time: 2026-06-02T00:00:00Z");
  expect_unusable({.next_update = "2026-05-31"}, "it is about another time: 2026-05-31T00:00:00Z");
  expect_unusable({.next_update = nullptr}, "it is about another time: 2026-05-31T00:00:00Z");
  // What was revoked stays so; what is on hold does not.
  EXPECT_EQ(judge(Answer{.says = Says::Revoked, .next_update = "2026-05-31"}),
            "revocation.revoked");
  expect_unusable({.says = Says::OnHold, .next_update = "2026-05-31"},
                  "it is about another time: 2026-05-31T00:00:00Z");
}

TEST(Ocsp, T72_OfSeveralTheNewestCountsButARevocationIsForEver) {
  Bytes good = issue_answer({.this_update = "2026-05-31"});
  Bytes held = issue_answer({.says = Says::OnHold, .this_update = "2026-05-30"});
  Bytes revoked = issue_answer({.says = Says::Revoked, .this_update = "2026-05-30"});
  EXPECT_EQ(judge(std::vector<Bytes>{good, held}), "revocation.by-ocsp");
  EXPECT_EQ(judge(std::vector<Bytes>{held, good}), "revocation.by-ocsp");
  EXPECT_EQ(judge(std::vector<Bytes>{good, revoked}), "revocation.revoked");
  EXPECT_EQ(judge(std::vector<Bytes>{revoked, good}), "revocation.revoked");
}

TEST(Ocsp, T72_WhatAListRevokesNoAnswerMakesGood) {
  Bytes list = issue_list({.issuer = "intermediate", .key = "intermediate", .revoked = {"alice"}});
  EXPECT_EQ(judge(Answer{}, {.lists = {list}}), "revocation.revoked, revocation.by-ocsp");
  Bytes other = issue_list({.issuer = "intermediate", .key = "intermediate"});
  EXPECT_EQ(judge(Answer{.says = Says::Revoked}, {.lists = {other}}), "revocation.revoked");
}

TEST(Ocsp, WhatIsCriticalAndUnknownSpoilsTheAnswer) {
  Bytes critical = extension(Oid::of("1.2.3.4"), Bytes{0x05, 0x00}, true);
  std::string why = "it has a critical extension that is not known";
  expect_unusable({.extensions = {critical}}, why);
  expect_unusable({.single_extensions = {critical}}, why);
  Bytes other = extension(Oid::of("1.2.3.4"), Bytes{0x05, 0x00});
  EXPECT_EQ(judge(Answer{.extensions = {other}, .single_extensions = {other}}),
            "revocation.by-ocsp");
}

TEST(Ocsp, AResponderThatGivesNoAnswerSaysWhy_CERT_64) {
  for (auto [status, why] : {std::pair{1, "malformed"},
                             {2, "internal error"},
                             {3, "try later"},
                             {5, "signed requests"},
                             {6, "does not answer"},
                             {9, "status 9"}}) {
    auto answer = OcspAnswer::parse(wrap_answer(static_cast<std::uint8_t>(status), {}));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().rule, Rule::RevocationBadAnswer);
    EXPECT_NE(answer.error().detail.find(why), std::string::npos) << answer.error().detail;
  }
  EXPECT_EQ(OcspAnswer::parse(wrap_answer(0, {})).error().rule, Rule::RevocationBadAnswer);
}

TEST(Ocsp, EveryShortenedAnswerIsAnError) {
  Bytes whole = issue_answer({.nonce = Bytes(32, 1)});
  ASSERT_TRUE(OcspAnswer::parse(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(OcspAnswer::parse(Bytes(whole.begin(), whole.begin() + size))) << size;
  }
  Limits limits;
  limits.crl_bytes = whole.size() - 1;
  EXPECT_EQ(OcspAnswer::parse(whole, limits).error().rule, Rule::LimitSize);
}

TEST(Ocsp, ARequestNamesTheCertificateAndItsNonce_CERT_62) {
  Bytes nonce = make_ocsp_nonce().value();
  EXPECT_EQ(nonce.size(), 32u);
  EXPECT_NE(nonce, make_ocsp_nonce().value());
  Certificate alice = load("alice");
  Bytes request = write_ocsp_request(alice, load("intermediate"), nonce).value();
  auto holds = [&](ByteView part) {
    return std::search(request.begin(), request.end(), part.begin(), part.end()) != request.end();
  };
  EXPECT_TRUE(holds(nonce));
  EXPECT_TRUE(holds(alice.serial_number()));
  EXPECT_TRUE(holds(crypto::hash(Digest::Sha1, alice.issuer_der()).value()));
  EXPECT_TRUE(holds(*load("intermediate").subject_key_identifier()));
  EXPECT_EQ(OcspAnswer::parse(issue_answer({.nonce = nonce}))->nonce(), nonce);
  EXPECT_FALSE(OcspAnswer::parse(issue_answer({}))->nonce());
}

}  // namespace
}  // namespace bulla::x509
