// Profiles: what may stand in a file, and what each clause of those in share/profiles does.
#include "bulla/profile.h"

#include <gtest/gtest.h>

#include "crypto/algorithm_table.h"
#include "message/seal_support.h"
#include "store/profile_folder.h"
#include "x509/memory_key_source.h"

namespace bulla {
namespace {

using seal_testing::encrypt_to;
using seal_testing::person;
using seal_testing::recipe_of;
using seal_testing::sign_by;

constexpr std::string_view kMail =
    "From: Alice <alice@example.org>\nDate: Mon, 01 Jun 2026 12:00:00 +0000\n"
    "MIME-Version: 1.0\n\nHello\n";

std::string folder() { return std::string(BULLA_TEST_DATA) + "/../../share/profiles"; }

std::string wrong(std::string_view toml) {
  auto profile = parse_profile(toml);
  return profile ? "nothing" : describe(profile.error());
}

std::string file(const std::string& send, const std::string& accept = "") {
  return "name = 'x'\ntitle = 't'\nsource = 's'\nversion = '1'\ndate = '2026-11-27'\n[send]\n" +
         send + "\n[accept]\n" + accept + "\n";
}

TEST(Profile, has_its_lists_in_order) {
  auto profile = parse_profile(
      file("ciphers = ['aes-256-gcm', '3des-cbc']\nmin-rsa-bits = 3000\nheaders = 'leave'",
           "old-forms = 'read'\naddress = 'ignore'\nrevocation = 'hard'\n"
           "signatures = ['rsa-pss']\nkey-management = ['kek']\ndigests = ['sha512']"));
  ASSERT_TRUE(profile) << describe(profile.error());
  EXPECT_EQ(profile->name, "x");
  EXPECT_EQ(profile->send.ciphers,
            (std::vector{ContentCipher::Aes256Gcm, ContentCipher::TripleDesCbc}));
  EXPECT_EQ(profile->send.min_rsa_bits, 3000u);
  EXPECT_EQ(profile->headers, Profile::Headers::Leave);
  EXPECT_EQ(profile->policy.old_forms, Policy::Old::Read);
  EXPECT_EQ(profile->policy.address, Policy::Address::Ignore);
  EXPECT_EQ(profile->policy.revocation, Revocation::Hard);
  EXPECT_EQ(profile->policy.accepted.signatures, std::vector{SignatureAlgorithm::RsaPss});
  EXPECT_EQ(profile->policy.accepted.key_management, std::vector{KeyManagement::Kek});
  EXPECT_EQ(profile->policy.accepted.digests, std::vector{Digest::Sha512});
}

TEST(Profile, with_anything_unknown_is_wrong) {
  auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(text.find("config.bad"), std::string::npos) << text;
  };
  has(wrong(file("cipher = ['aes-128-cbc']")), "send.cipher is no key of a profile (line 7)");
  has(wrong(file("ciphers = ['aes-512-cbc']")), "aes-512-cbc");
  has(wrong(file("ciphers = ['aes-128-cbc', 'aes-128-cbc']")), "twice");
  has(wrong(file("ciphers = []")), "is no list");
  has(wrong(file("ciphers = 'aes-128-cbc'")), "is no list");
  has(wrong(file("min-rsa-bits = -1")), "number");
  has(wrong(file("min-rsa-bits = '2048'")), "number");
  has(wrong(file("headers = 'perhaps'")), "none of its values");
  has(wrong(file("", "old-forms = true")), "none of its values");
  has(wrong(file("") + "[more]\n"), "more is no key");
  has(wrong("name = 'x'"), "is missing");
  has(wrong("name = 3\ntitle = 't'"), "name is no text");
  has(wrong("name = "), "line 1");
  has(wrong(std::string(300'000, '#')), "too large");
}

TEST(Profile, is_found_by_name_or_the_reason_says_where_it_was_looked_for) {
  EXPECT_TRUE(store::load_profile("fips", {"/nowhere", folder()}));
  EXPECT_TRUE(store::load_profile(folder() + "/fips.toml", {}));
  for (const char* name : {"no-such", "../profiles/fips", ""}) {
    auto profile = store::load_profile(name, {folder()});
    ASSERT_FALSE(profile) << name;
    EXPECT_EQ(profile.error().rule, Rule::ConfigUnknownProfile) << name;
  }
  auto none = store::load_profile("fips", {"/nowhere"});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().detail.find("/nowhere"), std::string::npos);
  EXPECT_EQ(store::list_profiles({folder()}).size(), 9u);
}

// What sealing says: "done", or the rule that it ends with.
std::string sealed(const Recipe& recipe) {
  MemorySource in(as_bytes(kMail));
  MemorySink out;
  auto report = seal(in, out, recipe, seal_testing::options());
  return report ? "done" : std::string(info(report.error().rule).slug);
}

// Whether what is sealed without rules is accepted by these.
bool is_accepted(Recipe recipe, const AlgorithmRules& rules) {
  recipe.allowed = {};
  MemorySource in(as_bytes(kMail));
  MemorySink message;
  EXPECT_TRUE(seal(in, message, recipe, seal_testing::options()));
  auto roots = make_trust_store({load("root")});
  x509::MemoryKeySource keys({person("alice"), person("ec"), person("short")});
  keys.add_password(as_bytes(std::string_view("12345678")));
  keys.add_kek(Bytes{1}, Bytes(32, 7));
  OpenOptions options;
  options.at = seal_testing::now();
  options.trust = roots.get();
  options.keys = &keys;
  options.policy.accepted = rules;
  MemorySource again(message.bytes());
  MemorySink out;
  auto verdict = open(again, out, options);
  EXPECT_TRUE(verdict) << describe(verdict.error());
  if (!verdict) return false;
  return std::none_of(verdict->findings.begin(), verdict->findings.end(),
                      [](const Finding& one) { return one.rule == Rule::PolicyAlgorithm; });
}

// Good and bad fixtures of one clause.
struct Count {
  int good = 0;
  int bad = 0;
};

// One fixture against the clause when sending and when accepting.
void check(Recipe recipe, const AlgorithmRules& send, bool may_send, const AlgorithmRules& accept,
           bool may_accept, Count& count) {
  recipe.allowed = send;
  EXPECT_EQ(sealed(recipe), may_send ? "done" : "policy.algorithm");
  EXPECT_EQ(is_accepted(recipe, accept), may_accept);
  ++(may_send ? count.good : count.bad);
  ++(may_accept ? count.good : count.bad);
}

template <typename T>
bool lists(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

Recipe signed_with(const std::string& who, std::optional<Digest> digest = {},
                   SignerChoice::Padding padding = SignerChoice::Padding::Pkcs1) {
  Sign step = sign_by(who);
  step.signers[0].digest = digest;
  step.signers[0].padding = padding;
  return recipe_of({step});
}

class Profiles : public ::testing::TestWithParam<std::string> {
 protected:
  Profile profile_ = store::load_profile(GetParam(), {folder()}).value();
  const AlgorithmRules& send_ = profile_.send;
  const AlgorithmRules& accept_ = profile_.policy.accepted;
};

TEST_P(Profiles, ALG76_ciphers) {
  AlgorithmRules send;
  send.ciphers = send_.ciphers;
  AlgorithmRules accept;
  accept.ciphers = accept_.ciphers;
  Count count;
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    if (row.use == crypto::Use::Read) continue;
    SCOPED_TRACE(row.name);
    check(recipe_of({encrypt_to({"alice"}, row.cipher)}), send, lists(send.ciphers, row.cipher),
          accept, lists(accept.ciphers, row.cipher), count);
  }
  EXPECT_GT(count.good, 0);
  EXPECT_TRUE(count.bad > 0 || send.ciphers.empty());
}

TEST_P(Profiles, ALG76_digests) {
  AlgorithmRules send;
  send.digests = send_.digests;
  AlgorithmRules accept;
  accept.digests = accept_.digests;
  Count count;
  for (Digest digest : {Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512,
                        Digest::Sha3_256, Digest::Sha3_512}) {
    SCOPED_TRACE(name(digest));
    check(signed_with("alice", digest), send, lists(send.digests, digest), accept,
          lists(accept.digests, digest), count);
  }
  EXPECT_GT(count.good, 0);
  // Without a wish the digest is one that the profile allows.
  Recipe recipe = signed_with("alice");
  recipe.allowed = send;
  EXPECT_EQ(sealed(recipe), "done");
}

TEST_P(Profiles, ALG76_signatures) {
  using enum SignatureAlgorithm;
  AlgorithmRules send;
  send.signatures = send_.signatures;
  AlgorithmRules accept;
  accept.signatures = accept_.signatures;
  Count count;
  auto one = [&](SignatureAlgorithm algorithm, const Recipe& recipe) {
    SCOPED_TRACE(name(algorithm));
    check(recipe, send, lists(send.signatures, algorithm), accept,
          lists(accept.signatures, algorithm), count);
  };
  one(RsaPss, signed_with("alice", {}, SignerChoice::Padding::Pss));
  one(Ecdsa, signed_with("ec"));
  one(Ed25519, signed_with("ed25519"));
  // An RSA key is taken for what the profile allows, if it was not said.
  bool may_rsa = lists(send.signatures, RsaPkcs1);
  Recipe rsa = signed_with("alice");
  EXPECT_EQ(is_accepted(rsa, accept), lists(accept.signatures, RsaPkcs1));
  rsa.allowed = send;
  EXPECT_EQ(sealed(rsa), may_rsa || lists(send.signatures, RsaPss) ? "done" : "policy.algorithm");
  EXPECT_TRUE(count.bad > 0 || may_rsa);
}

TEST_P(Profiles, ALG76_key_management) {
  using enum KeyManagement;
  AlgorithmRules send;
  send.key_management = send_.key_management;
  AlgorithmRules accept;
  accept.key_management = accept_.key_management;
  Count count;
  auto one = [&](KeyManagement management, const Encrypt& step) {
    SCOPED_TRACE(name(management));
    check(recipe_of({step}), send, lists(send.key_management, management), accept,
          lists(accept.key_management, management), count);
  };
  Encrypt to_rsa = encrypt_to({"alice"});
  to_rsa.transport = Encrypt::Transport::Pkcs1;
  one(Rsa, to_rsa);
  to_rsa.transport = Encrypt::Transport::Oaep;
  one(RsaOaep, to_rsa);
  to_rsa.transport = Encrypt::Transport::Kem;
  one(RsaKem, to_rsa);
  one(Ecdh, encrypt_to({"ec"}));
  Encrypt by_secret;
  by_secret.passwords = {std::make_shared<const Secret>(as_bytes(std::string_view("12345678")))};
  one(Password, by_secret);
  Encrypt by_kek;
  by_kek.keks = {{.key_identifier = {1}, .kek = std::make_shared<const Secret>(Bytes(32, 7))}};
  one(Kek, by_kek);
  EXPECT_TRUE(count.bad > 0 || send.key_management.empty());
}

TEST_P(Profiles, ALG68_key_lengths) {
  AlgorithmRules send;
  send.min_rsa_bits = send_.min_rsa_bits;
  send.min_ec_bits = send_.min_ec_bits;
  AlgorithmRules accept;
  accept.min_rsa_bits = accept_.min_rsa_bits;
  accept.min_ec_bits = accept_.min_ec_bits;
  Count count;
  for (const auto& [who, bits] : {std::pair{"alice", 2'048u}, std::pair{"short", 1'024u}}) {
    SCOPED_TRACE(who);
    bool may_send = bits >= send.min_rsa_bits;
    bool may_accept = bits >= accept.min_rsa_bits;
    check(recipe_of({encrypt_to({who})}), send, may_send, accept, may_accept, count);
    Recipe by_key = signed_with("alice");
    std::get<Sign>(by_key.steps[0]).signers[0].identity = person(who);
    check(by_key, send, may_send, accept, may_accept, count);
  }
  check(recipe_of({encrypt_to({"ec"})}), send, 256 >= send.min_ec_bits, accept,
        256 >= accept.min_ec_bits, count);
  EXPECT_TRUE(count.bad > 0 || send.min_rsa_bits <= 1'024);
}

// What it makes for somebody of whom nothing is known, it accepts.
TEST_P(Profiles, accepts_what_it_writes) {
  for (const char* who : {"alice", "ec"}) {
    Recipe recipe = recipe_of({sign_by(who), encrypt_to({who})});
    recipe.allowed = send_;
    MemorySource in(as_bytes(kMail));
    MemorySink message;
    if (!seal(in, message, recipe, seal_testing::options())) continue;  // not for such keys
    auto roots = make_trust_store({load("root")});
    auto keys = make_key_source({person("alice"), person("ec")});
    OpenOptions options;
    options.at = seal_testing::now();
    options.trust = roots.get();
    options.keys = keys.get();
    options.policy = profile_.policy;
    options.policy.address = Policy::Address::Ignore;
    MemorySource again(message.bytes());
    MemorySink out;
    auto verdict = open(again, out, options);
    ASSERT_TRUE(verdict) << describe(verdict.error());
    EXPECT_EQ(verdict->status, Status::Valid) << who;
  }
}

TEST_P(Profiles, names_its_source_version_and_date) {
  EXPECT_FALSE(profile_.source.empty());
  EXPECT_FALSE(profile_.version.empty());
  EXPECT_TRUE(parse_time(profile_.date));
}

INSTANTIATE_TEST_SUITE_P(All, Profiles, ::testing::ValuesIn(store::list_profiles({folder()})),
                         [](const auto& profile) {
                           std::string name = profile.param;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !isalnum(c); }, '_');
                           return name;
                         });

}  // namespace
}  // namespace bulla
