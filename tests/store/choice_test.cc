#include "store/choice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "store/identity.h"

namespace bulla::store {
namespace {

Certificate load(const std::string& name) {
  auto loaded = load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/" + name + ".pem");
  return loaded ? loaded->front() : throw std::runtime_error(name);
}

Wish encrypt_to(const std::string& address, Time at) {
  return {.use = Wish::Use::Encrypt, .address = address, .at = at, .path = {}};
}

Time now() { return load("alice").not_before() + std::chrono::hours(24); }

std::string slug_of(const Candidate& candidate) {
  return candidate.lack ? std::string(info(candidate.lack->rule).slug) : "";
}

// The order of what is given says nothing.
std::vector<Candidate> rank_all(std::vector<Certificate> certificates, const Wish& wish) {
  std::vector<Candidate> forward = rank(certificates, wish);
  std::reverse(certificates.begin(), certificates.end());
  std::vector<Candidate> backward = rank(certificates, wish);
  EXPECT_EQ(forward.size(), backward.size());
  for (std::size_t i = 0; i < std::min(forward.size(), backward.size()); ++i) {
    EXPECT_EQ(forward[i].certificate, backward[i].certificate) << i;
    EXPECT_EQ(forward[i].behind, backward[i].behind) << i;
  }
  return forward;
}

TEST(Choice, those_for_another_address_are_left_out) {
  std::string address = load("alice").addresses().at(0).address;
  std::vector<Certificate> all = {load("alice_encrypts"), load("alice"), load("ec"), load("alice")};
  auto ranked = rank_all(all, encrypt_to(address, now()));
  ASSERT_EQ(ranked.size(), 2u);
  EXPECT_EQ(ranked[0].behind, "");
  EXPECT_EQ(ranked[1].behind, "another is as good, and has the smaller fingerprint");
  EXPECT_TRUE(less(ranked[0].certificate.sha256(), ranked[1].certificate.sha256()));
  EXPECT_TRUE(rank_all(all, encrypt_to("nobody@example.org", now())).empty());
}

// What cannot be used at all stands behind what could be used at another time.
TEST(Choice, usage_comes_before_time_and_time_before_the_path) {
  std::vector<Certificate> all = {load("web_only"), load("expired"), load("alice")};
  Wish wish = encrypt_to("", now());
  auto ranked = rank_all(all, wish);
  ASSERT_EQ(ranked.size(), 3u);
  EXPECT_EQ(ranked[0].certificate, load("alice"));
  EXPECT_EQ(slug_of(ranked[1]), "enc.expired-recipient");
  EXPECT_EQ(slug_of(ranked[2]), "enc.key-usage");
  EXPECT_NE(ranked[2].behind, "");

  wish.path = [](const Certificate& one) -> Result<void> {
    if (one == load("alice")) return failure(Rule::PathNoRoot);
    return {};
  };
  auto without_path = rank_all({load("alice"), load("expired"), load("capable")}, wish);
  ASSERT_EQ(without_path.size(), 3u);
  EXPECT_EQ(without_path[0].certificate, load("capable"));
  EXPECT_EQ(slug_of(without_path[1]), "path.no-root");
  EXPECT_EQ(slug_of(without_path[2]), "enc.expired-recipient");
}

TEST(Choice, signing_needs_other_usages) {
  Wish wish{.use = Wish::Use::Sign, .address = {}, .at = now(), .path = {}};
  auto ranked = rank_all({load("cannot_sign"), load("web_only"), load("alice")}, wish);
  ASSERT_EQ(ranked.size(), 3u);
  EXPECT_EQ(ranked[0].certificate, load("alice"));
  std::vector<std::string> lacks = {slug_of(ranked[1]), slug_of(ranked[2])};
  std::sort(lacks.begin(), lacks.end());
  EXPECT_EQ(lacks, (std::vector<std::string>{"cert.extended-key-usage", "cert.key-usage"}));
}

}  // namespace
}  // namespace bulla::store
