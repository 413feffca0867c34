#include "bulla/session.h"

#include <gtest/gtest.h>

#include <thread>

#include "message/people.h"

namespace bulla::testing {
namespace {

const std::string kLetter =
    "From: alice@example.org\r\nTo: bob@example.org\r\nSubject: tea\r\n\r\nAt four.\r\n";

std::string signed_letter(const std::string& name = "alice", const std::string& key = "alice") {
  return seal_mail(kLetter, Recipe{.steps = {sign_as(name, key)}});
}

// A trust store that changes its mind.
class FickleTrust final : public TrustStore {
 public:
  explicit FickleTrust(std::vector<Certificate> roots) { set(std::move(roots)); }
  void set(std::vector<Certificate> roots) {
    changed();
    inner_ = make_trust_store(std::move(roots));
  }
  std::vector<Certificate> find_by_subject(ByteView subject_der) const override {
    return inner_->find_by_subject(subject_der);
  }
  bool contains(const Certificate& certificate) const override {
    return inner_->contains(certificate);
  }

 private:
  std::unique_ptr<TrustStore> inner_;
};

TEST(Session, GivesTheSameVerdictFromMemory) {
  World world;
  Session session;
  std::string mail = signed_letter();
  Opened without = open_mail(mail, world.options);
  world.options.session = &session;
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(open_mail(mail, world.options).text(), without.text()) << round;
  }
  EXPECT_EQ(without.status(), Status::Valid);
  EXPECT_EQ(session.paths().hits, 2u);
  EXPECT_EQ(session.paths().misses, 1u);
  EXPECT_GE(session.certificates().hits, 2u);
}

TEST(Session, NeverRemembersASignature_T_10) {
  World world;
  Session session;
  world.options.session = &session;
  std::string mail = signed_letter();
  ASSERT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  mail.replace(mail.find("At four."), 8, "At five.");
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(opened.status(), Status::Invalid);
  EXPECT_TRUE(opened.has(Rule::SigDigestMismatch)) << opened.text();
}

TEST(Session, ForgetsPathsWhenTheTrustChanges) {
  World world;
  Session session;
  FickleTrust trust({certificate("root")});
  world.options.session = &session;
  world.options.trust = &trust;
  std::string mail = signed_letter();
  ASSERT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  trust.set({});
  EXPECT_TRUE(open_mail(mail, world.options).has(Rule::PathNoRoot));
  trust.set({certificate("root")});
  EXPECT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  EXPECT_EQ(session.paths().hits, 0u);
}

TEST(Session, KeepsApartStoresThatLiveAfterEachOther) {
  World world;
  Session session;
  world.options.session = &session;
  std::string mail = signed_letter();
  ASSERT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  // It may well get the address of the one before.
  world.trust.reset();
  world.trust = make_trust_store({});
  world.options.trust = world.trust.get();
  EXPECT_TRUE(open_mail(mail, world.options).has(Rule::PathNoRoot));
}

TEST(Session, AsksAgainWhenACertificateHasExpired) {
  World world;
  Session session;
  world.options.session = &session;
  std::string mail = signed_letter();
  ASSERT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  world.options.at = certificate("alice").not_after() + std::chrono::seconds(1);
  EXPECT_TRUE(open_mail(mail, world.options).has(Rule::CertExpired));
  world.options.at = kNow;
  EXPECT_EQ(open_mail(mail, world.options).status(), Status::Valid);
}

TEST(Session, AsksAgainUnderAnotherPolicy) {
  World world;
  Session session;
  world.options.session = &session;
  std::string mail = signed_letter();
  ASSERT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  world.options.policy.revocation = Revocation::Hard;
  EXPECT_TRUE(open_mail(mail, world.options).has(Rule::RevocationUnknown));
}

TEST(Session, AsksAgainWhenTheMessageBringsOtherCertificates) {
  World world;
  Session session;
  world.options.session = &session;
  ASSERT_EQ(open_mail(signed_letter(), world.options).status(), Status::Valid);
  Sign step = sign_as("alice", "alice");
  step.chain = Sign::Chain::SignerOnly;
  std::string without_intermediate = seal_mail(kLetter, Recipe{.steps = {step}});
  EXPECT_TRUE(open_mail(without_intermediate, world.options).has(Rule::PathNoRoot));
}

TEST(Session, StaysWithinItsBounds) {
  World world;
  Session session({.certificates = 2, .paths = 1});
  world.options.session = &session;
  std::string alice = signed_letter();
  std::string ec = signed_letter("ec", "ec");
  for (int round = 0; round < 3; ++round) {
    open_mail(alice, world.options);
    open_mail(ec, world.options);
  }
  EXPECT_EQ(session.paths().entries, 1u);
  EXPECT_LE(session.certificates().entries, 2u);
  EXPECT_GE(session.paths().dropped, 5u);
  session.clear();
  EXPECT_EQ(session.paths().entries, 0u);
}

TEST(Session, ServesSeveralThreads) {
  World world;
  Session session;
  world.options.session = &session;
  const std::vector<std::string> mails = {signed_letter(), signed_letter("ec", "ec"),
                                          signed_letter("ed25519", "ed25519")};
  const std::string first = open_mail(mails[0], world.options).text();
  std::atomic<int> wrong = 0;
  auto work = [&] {
    for (int round = 0; round < 20; ++round) {
      for (const std::string& mail : mails) {
        if (!open_mail(mail, world.options).verdict) ++wrong;
      }
      if (open_mail(mails[0], world.options).text() != first) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace bulla::testing
