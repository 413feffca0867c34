#include "store/identity.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>

#include "host/temporary_folder.h"
#include "store/directory_store.h"
#include "store/file.h"

namespace bulla::store {
namespace {

std::string data(const std::string& name) { return std::string(BULLA_TEST_DATA) + "/x509/" + name; }

std::string read(const std::string& name) {
  auto file = read_file(data(name), kMaxCertificateFile);
  return file ? std::string(as_text(file->view())) : "";
}

// Answers this, and counts how often it was asked.
struct Asker {
  std::string answer;
  int asked = 0;
  AskPassphrase ask() {
    return [this](const std::string&) -> Result<Secret> {
      ++asked;
      return Secret(as_bytes(answer));
    };
  }
};

AskPassphrase nobody() {
  return [](const std::string&) -> Result<Secret> { return failure(Rule::KeyPassphraseNeeded); };
}

Wish to(const std::string& address, Time at) {
  return {.use = Wish::Use::Encrypt, .address = address, .at = at};
}

Rule rule_of(const std::string& path, const AskPassphrase& ask) {
  auto loaded = load_identity_file(path, ask);
  return loaded ? Rule::Internal : loaded.error().rule;
}

TEST(IdentityFile, key_and_certificate_belong_together_by_the_public_key) {
  TemporaryFolder folder;
  std::string path =
      folder.write("me.pem", read("intermediate.pem") + read("alice.pem") + read("alice.key.pem"));
  auto identities = load_identity_file(path, nobody());
  ASSERT_TRUE(identities) << describe(identities.error());
  ASSERT_EQ(identities->size(), 1u);
  ASSERT_TRUE((*identities)[0].certificate);
  EXPECT_EQ((*identities)[0].certificate->addresses().at(0).address, "alice@example.org");
  ASSERT_EQ((*identities)[0].chain.size(), 1u);
  EXPECT_TRUE((*identities)[0].chain[0].is_ca());
}

TEST(IdentityFile, a_bare_key_has_no_certificate) {
  auto identities = load_identity_file(data("alice.key.pem"), nobody());
  ASSERT_TRUE(identities);
  ASSERT_EQ(identities->size(), 1u);
  EXPECT_FALSE((*identities)[0].certificate);
  EXPECT_EQ(choose_signer(*identities, Time{}).error().rule, Rule::KeyNoCertificate);

  auto certificates = load_certificate_file(data("alice.pem"));
  ASSERT_TRUE(certificates);
  auto complete = add_certificates(*identities, *certificates);
  ASSERT_EQ(complete.size(), 1u);
  EXPECT_TRUE(complete[0].certificate);
}

TEST(IdentityFile, what_is_wrong_has_a_name) {
  TemporaryFolder folder;
  std::string mismatch = folder.write("mismatch.pem", read("ec.key.pem") + read("alice.pem"));
  EXPECT_EQ(rule_of(mismatch, nobody()), Rule::KeyMismatch);
  EXPECT_EQ(rule_of(data("alice.pem"), nobody()), Rule::KeyNoPrivateKey);
  EXPECT_EQ(rule_of(data("alice.der"), nobody()), Rule::KeyNoPrivateKey);
  EXPECT_EQ(rule_of(folder.path("absent"), nobody()), Rule::IoNoInput);
  EXPECT_EQ(rule_of(folder.path(""), nobody()), Rule::IoNoInput);
  EXPECT_EQ(rule_of(folder.write("text", "no key at all"), nobody()), Rule::KeyUnreadable);
  EXPECT_EQ(rule_of(folder.write("empty", ""), nobody()), Rule::KeyUnreadable);
}

TEST(IdentityFile, T120_the_size_is_capped) {
  TemporaryFolder folder;
  EXPECT_EQ(rule_of(folder.write("big", std::string(kMaxKeyFile + 1, 'a')), nobody()),
            Rule::LimitSize);
  EXPECT_EQ(rule_of("/dev/zero", nobody()), Rule::LimitSize);
}

TEST(Pkcs12, the_passphrase_is_asked_once_and_only_if_needed) {
  Asker right{.answer = "secret"};
  auto modern = load_identity_file(data("modern.p12"), right.ask());
  ASSERT_TRUE(modern) << describe(modern.error());
  EXPECT_EQ(right.asked, 1);
  ASSERT_FALSE(modern->empty());
  EXPECT_TRUE((*modern)[0].certificate);

  Asker unused{.answer = "x"};
  EXPECT_TRUE(load_identity_file(data("empty_password.p12"), unused.ask()));
  EXPECT_EQ(unused.asked, 0);

  Asker wrong{.answer = "wrong"};
  EXPECT_EQ(rule_of(data("modern.p12"), wrong.ask()), Rule::KeyBadPassphrase);
  EXPECT_EQ(rule_of(data("modern.p12"), nobody()), Rule::KeyPassphraseNeeded);
}

TEST(Signer, the_valid_one_is_taken_and_among_those_the_newest) {
  TemporaryFolder folder;
  std::string path = folder.write("me.pem", read("alice.pem") + read("alice.key.pem"));
  auto identities = load_identity_file(path, nobody());
  ASSERT_TRUE(identities);
  auto chosen = choose_signer(*identities, identities->front().certificate->not_before());
  ASSERT_TRUE(chosen);
  EXPECT_EQ(*chosen->certificate, *identities->front().certificate);
}

TEST(Roots, a_file_a_folder_and_neither) {
  TemporaryFolder folder;
  folder.write("roots/a.pem", read("root.pem"));
  folder.write("roots/b.txt", "this is no certificate");
  folder.write("roots/c.pem", read("other.pem"));
  auto from_folder = load_roots(folder.path("roots"));
  ASSERT_TRUE(from_folder);
  EXPECT_EQ(from_folder->size(), 2u);
  EXPECT_EQ(load_roots(data("root.pem"))->size(), 1u);
  EXPECT_EQ(load_roots(folder.path("absent")).error().rule, Rule::IoNoInput);
  ::mkdir(folder.path("none").c_str(), 0700);
  EXPECT_EQ(load_roots(folder.path("none")).error().rule, Rule::KeyNoCertificate);
}

TEST(Crls, pem_and_what_is_none) {
  EXPECT_EQ(load_crl_file(data("root.crl.pem"))->size(), 1u);
  EXPECT_EQ(load_crl_file(data("root.pem")).error().rule, Rule::KeyUnreadable);
}

TEST(DirectoryStore, finds_by_exactly_the_address) {
  TemporaryFolder folder;
  folder.write("trust/root.pem", read("root.pem"));
  folder.write("certs/somebody.pem", read("alice.pem"));
  folder.write("certs/.hidden", read("other.pem"));
  folder.write("identities/me.pem", read("ec.pem") + read("ec.key.pem"));
  DirectoryStore store(folder.path(""));
  const std::array<const Collection*, 1> all = {&store};
  EXPECT_EQ(store.roots().size(), 1u);
  EXPECT_EQ(store.certificates().size(), 1u);
  Time at = store.certificates()[0].not_before();
  auto found = find_recipient(all, to("alice@example.org", at));
  ASSERT_TRUE(found);
  // CERT-14: whom to encrypt to is not guessed.
  for (const char* other : {"Alice@example.org", "alice@example.com", "alice"}) {
    EXPECT_EQ(find_recipient(all, to(other, at)).error().rule, Rule::KeyUnknownAddress) << other;
  }
  auto own = load_certificate_file(data("ec.pem"));
  std::string address = own->front().addresses().at(0).address;
  auto identities = find_identities(all, address, nobody());
  ASSERT_TRUE(identities) << describe(identities.error());
  EXPECT_EQ(identities->size(), 1u);
  EXPECT_EQ(find_identities(all, "nobody@example.com", nobody()).error().rule,
            Rule::KeyUnknownAddress);
}

TEST(DirectoryStore, without_a_folder_it_is_empty) {
  DirectoryStore store("");
  EXPECT_TRUE(store.roots().empty());
  EXPECT_TRUE(store.certificates().empty());
  const std::array<const Collection*, 1> all = {&store};
  EXPECT_EQ(find_recipient(all, to("a@example.com", Time{})).error().rule, Rule::KeyUnknownAddress);
}

}  // namespace
}  // namespace bulla::store
