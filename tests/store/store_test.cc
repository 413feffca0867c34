#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "crypto/private_key_info.h"
#include "host/temporary_folder.h"
#include "store/engine.h"
#include "store/file.h"
#include "store/locked_key.h"
#include "store/ports.h"
#include "store/schema.h"

namespace bulla::store {
namespace {

using What = Imported::What;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

Provenance from(std::string source) { return {.at = kNow, .source = std::move(source)}; }

std::string data(const std::string& name) { return std::string(BULLA_TEST_DATA) + "/x509/" + name; }

Certificate certificate(const std::string& name) {
  auto loaded = load_certificate_file(data(name));
  EXPECT_TRUE(loaded) << name;
  return loaded->front();
}

KeyRow key(const std::string& name, const std::string& passphrase) {
  auto file = read_file(data(name), kMaxKeyFile);
  auto contents = read_key_file(file->view(), name, [](const std::string&) -> Result<Secret> {
    return failure(Rule::KeyPassphraseNeeded);
  });
  EXPECT_TRUE(contents) << name;
  KeyFile::Key& one = contents->keys.at(0);
  auto encrypted = crypto::encrypt_private_key(one.pkcs8.view(), as_bytes(passphrase));
  EXPECT_TRUE(encrypted);
  return {.public_key = one.key->subject_public_key_info(),
          .form = KeyRow::Form::Encrypted,
          .pkcs8 = Secret(ByteView(*encrypted)),
          .added = kNow};
}

AskPassphrase answer(const std::string& passphrase) {
  return
      [passphrase](const std::string&) -> Result<Secret> { return Secret(as_bytes(passphrase)); };
}

std::unique_ptr<Store> make_store(const TemporaryFolder& folder) {
  auto store = Store::open(folder.path("data"), Missing::Create);
  EXPECT_TRUE(store) << describe(store.error());
  return store ? std::move(*store) : nullptr;
}

Imported import(Store& store, Import batch) {
  auto done = store.import({{batch, from("from a test")}});
  EXPECT_TRUE(done) << describe(done.error());
  return done.value_or(Imported());
}

Import certificates(std::vector<Certificate> list, Import::On on = Import::On::Asked) {
  return {.certificates = std::move(list), .keys = {}, .statements = {}, .on = on};
}

std::string problems(const Store& store) {
  auto found = store.check();
  if (!found) return describe(found.error());
  std::string text;
  for (const std::string& line : *found) text += line + "\n";
  return text;
}

// What both engines do alike.
class StoreIn : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    if (!engine_->is_there()) GTEST_SKIP() << "no server";
  }
  std::unique_ptr<Store> make_store() const {
    auto store = engine_->open(Missing::Create);
    EXPECT_TRUE(store) << describe(store.error());
    return store ? std::move(*store) : nullptr;
  }
  const Engine& engine() const { return *engine_; }

 private:
  std::unique_ptr<Engine> engine_ = make_engine(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreIn, each_engine(),
                         [](const auto& one) { return engine_name(one.param); });

TEST(Store, does_not_appear_by_being_looked_for) {
  TemporaryFolder folder;
  auto store = Store::open(folder.path("data"), Missing::Fail);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().rule, Rule::StoreAbsent);
  EXPECT_FALSE(folder.has("data"));
}

TEST(Store, can_be_read_by_its_owner_alone) {
  TemporaryFolder folder;
  auto store = make_store(folder);
  import(*store, certificates({certificate("alice.pem")}));
  for (const char* name : {"data/store.db", "data/store.db-wal", "data/store.db-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat(folder.path(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  struct stat status {};
  ASSERT_EQ(::stat(folder.path("data").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_P(StoreIn, finds_what_was_imported_in_every_way) {
  Certificate alice = certificate("alice.pem");
  {
    auto store = make_store();
    Imported done = import(*store, certificates({alice, certificate("intermediate.pem")}));
    ASSERT_EQ(done.certificates.size(), 2u);
    EXPECT_EQ(done.certificates[0].what, What::Added);
    EXPECT_TRUE(done.findings.empty());
  }
  auto store = make_store();
  const CertificateTable& table = store->certificates();
  std::string address = alice.addresses().at(0).address;
  EXPECT_EQ(table.find(alice.sha256())->value().certificate, alice);
  EXPECT_EQ(table.find_by_fingerprint(to_hex(alice.sha256()).substr(0, 7))->size(), 1u);
  EXPECT_EQ(table.find_by_fingerprint("0123456789")->size(), 0u);
  EXPECT_EQ(table.find_by_address(address)->size(), 1u);
  EXPECT_EQ(table.find_by_text("alice@ex")->size(), 1u);
  EXPECT_EQ(table.find_by_text("a%e@ex")->size(), 0u);
  EXPECT_EQ(table.find_by_subject(alice.subject_der())->size(), 1u);
  EXPECT_EQ(table.find_by_issuer_serial(alice.issuer_der(), alice.serial_number())->size(), 1u);
  EXPECT_EQ(table.find_by_key_identifier(*alice.subject_key_identifier())->size(), 1u);
  Bytes spki = *key_fingerprint(alice.subject_public_key_info());
  EXPECT_EQ(table.find_by_key(spki)->size(), 1u);
  EXPECT_EQ(import(*store, certificates({alice})).certificates[0].what, What::Known);
  EXPECT_EQ(problems(*store), "");
}

// CERT-14, CERT-13: the local part exactly, the domain whatever its case.
TEST_P(StoreIn, CERT14_addresses_are_exact_but_for_the_case_of_the_domain) {
  auto store = make_store();
  import(*store, certificates({certificate("alice.pem")}));
  EXPECT_EQ(store->find_certificates("alice@EXAMPLE.org")->size(), 1u);
  EXPECT_EQ(store->find_certificates("Alice@example.org")->size(), 0u);
  EXPECT_EQ(store->find_certificates("alice@example.org.")->size(), 0u);
}

// T-09: another key for an address. One that a person imports is used, and named.
TEST_P(StoreIn, T09_a_changed_key_is_named_and_recorded) {
  auto store = make_store();
  Certificate first = certificate("alice.pem");
  Certificate second = certificate("alice_encrypts.pem");
  ASSERT_EQ(first.addresses().at(0).address, second.addresses().at(0).address);
  import(*store, certificates({first}));
  Imported done = import(*store, certificates({second}));
  EXPECT_EQ(done.certificates[0].what, What::Added);
  ASSERT_EQ(done.findings.size(), 1u);
  EXPECT_EQ(done.findings[0].rule, Rule::StoreKeyChanged);
  EXPECT_NE(done.findings[0].detail.find("alice@example.org has RSA 2048"), std::string::npos)
      << done.findings[0].detail;
  auto history = store->history().about(Kind::Certificate, second.sha256());
  ASSERT_EQ(history->size(), 1u);
  EXPECT_NE((*history)[0].detail.find("alice@example.org has RSA 2048"), std::string::npos);
}

// T-09: one that a mail brings is kept, and not used before a person says so.
TEST_P(StoreIn, T09_a_key_from_a_mail_does_not_take_the_place_of_another) {
  auto store = make_store();
  Certificate first = certificate("alice.pem");
  Certificate second = certificate("alice_encrypts.pem");
  import(*store, certificates({first}));
  Imported harvested = import(*store, certificates({second}, Import::On::Harvested));
  EXPECT_EQ(harvested.certificates[0].what, What::Held);
  ASSERT_EQ(harvested.findings.size(), 1u);
  EXPECT_EQ(harvested.findings[0].rule, Rule::StoreHeld);
  EXPECT_EQ(*store->find_certificates("alice@example.org"), std::vector<Certificate>{first});
  // Again, it is still held; asked for, it is used.
  harvested = import(*store, certificates({second}, Import::On::Harvested));
  EXPECT_EQ(harvested.certificates[0].what, What::Held);
  Imported accepted = import(*store, certificates({second}));
  EXPECT_EQ(accepted.certificates[0].what, What::Accepted);
  EXPECT_EQ(store->find_certificates("alice@example.org")->size(), 2u);
  EXPECT_EQ(problems(*store), "");
}

TEST_P(StoreIn, a_first_key_from_a_mail_is_used) {
  auto store = make_store();
  Imported done = import(*store, certificates({certificate("alice.pem")}, Import::On::Harvested));
  EXPECT_EQ(done.certificates[0].what, What::Added);
  EXPECT_EQ(store->find_certificates("alice@example.org")->size(), 1u);
}

TEST_P(StoreIn, keys_stay_locked_until_they_are_used) {
  auto store = make_store();
  Import batch = certificates({certificate("alice.pem"), certificate("intermediate.pem")});
  batch.keys.push_back(key("alice.key.pem", "sesame"));
  Imported done = import(*store, std::move(batch));
  EXPECT_EQ(done.keys.at(0).what, What::Added);

  int asked = 0;
  AskPassphrase counting = [&](const std::string& name) -> Result<Secret> {
    ++asked;
    EXPECT_EQ(name, "alice@example.org");
    return Secret(as_bytes("sesame"));
  };
  auto identities = store->find_identities("alice@example.org", counting);
  ASSERT_TRUE(identities);
  ASSERT_EQ(identities->size(), 1u);
  EXPECT_EQ((*identities)[0].chain, std::vector<Certificate>{certificate("intermediate.pem")});
  EXPECT_EQ((*identities)[0].key->kind(), KeyKind::Rsa);
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(unlock((*identities)[0]));
  EXPECT_TRUE(unlock((*identities)[0]));
  EXPECT_EQ(asked, 1);

  auto wrong = store->find_identities("alice@example.org", answer("wrong"));
  auto opened = unlock(wrong->at(0));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().rule, Rule::KeyBadPassphrase);
}

TEST(Store, no_private_key_is_in_the_file_in_plain) {
  TemporaryFolder folder;
  {
    auto store = make_store(folder);
    Import batch = certificates({});
    batch.keys.push_back(key("alice.key.pem", "sesame"));
    import(*store, std::move(batch));
  }
  auto file = read_file(data("alice.key.pem"), kMaxKeyFile);
  auto plain = read_key_file(file->view(), "", answer(""));
  // The last octets of the private numbers.
  ByteView pkcs8 = plain->keys.at(0).pkcs8.view();
  std::string_view secret = as_text(pkcs8.last(32));
  EXPECT_EQ(folder.read("data/store.db").find(secret), std::string::npos);
}

KeyRow new_key(std::string_view type) {
  Secret made = generate_private_key(type).value();
  return {.public_key = load_private_key(made.view()).value()->subject_public_key_info(),
          .form = KeyRow::Form::Plain,
          .pkcs8 = std::move(made),
          .added = *parse_time("2026-11-24")};
}

TEST(Store, remembers_whom_a_key_was_made_for) {
  TemporaryFolder folder;
  KeyRow key = new_key("p256");
  KeyRow other = new_key("ed25519");
  Bytes fingerprint = key_fingerprint(key.public_key).value();
  {
    auto store = make_store(folder);
    KeyOwner alice{.name = "Lovelace, \"Alice\" \\ Grüße",
                   .addresses = {"alice@example.org", "büro@example.org", "\"a b\"@example.org"}};
    ASSERT_TRUE(store->keep_generated(key, alice, key.added));
    ASSERT_TRUE(
        store->keep_generated(other, {.name = "", .addresses = {"bob@example.org"}}, other.added));
  }
  auto store = make_store(folder);
  auto owner = store->keys().find_owner(fingerprint).value();
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->name, "Lovelace, \"Alice\" \\ Grüße");
  EXPECT_EQ(owner->addresses, (std::vector<std::string>{"alice@example.org", "büro@example.org",
                                                        "\"a b\"@example.org"}));
  for (const char* address : {"alice@example.org", "alice@EXAMPLE.org", "büro@example.org"}) {
    auto found = store->find_generated(address).value();
    ASSERT_EQ(found.size(), 1u) << address;
    EXPECT_EQ(found[0].public_key, key.public_key);
  }
  EXPECT_EQ(store->find_generated("bob@example.org")->size(), 1u);
  EXPECT_TRUE(store->find_generated("Alice@example.org")->empty());
  EXPECT_EQ(problems(*store), "");
}

// Whatever a name has in it, it comes back, and nothing else with it.
TEST(Store, what_a_key_was_made_for_comes_back) {
  const std::string like(64, 'a');
  const std::vector<KeyOwner> owners{
      {.name = "Eve> like " + like + " as CN=Mallory", .addresses = {"eve@example.org"}},
      {.name = "like " + like, .addresses = {"eve@example.org"}},
      {.name = "as \"CN=Mallory\"", .addresses = {"eve@example.org"}},
      {.name = "", .addresses = {"\"> as x\"@example.org", "eve@example.org"}},
      {.name = "Eve", .addresses = {"eve@example.org"}, .subject = "CN=Eve> like b,O=\"A\\, B\""},
      {.name = "Eve", .addresses = {"eve@example.org"}, .subject = "CN=Eve", .like = like},
      {.name = "", .addresses = {"eve@example.org"}, .like = like}};
  TemporaryFolder folder;
  auto store = make_store(folder);
  for (const KeyOwner& owner : owners) {
    KeyRow key = new_key("p256");
    Bytes fingerprint = key_fingerprint(key.public_key).value();
    ASSERT_TRUE(store->keep_generated(key, owner, key.added));
    auto found = store->keys().find_owner(fingerprint).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, owner.name);
    EXPECT_EQ(found->addresses, owner.addresses);
    EXPECT_EQ(found->subject, owner.subject);
    EXPECT_EQ(found->like, owner.like);
  }
}

TEST(Store, an_imported_key_was_made_for_nobody) {
  TemporaryFolder folder;
  auto store = make_store(folder);
  Import batch = certificates({});
  batch.keys.push_back(new_key("p256"));
  Bytes fingerprint = key_fingerprint(batch.keys[0].public_key).value();
  import(*store, std::move(batch));
  EXPECT_FALSE(store->keys().find_owner(fingerprint).value());
}

TEST(Store, more_addresses_than_the_history_holds_are_refused) {
  TemporaryFolder folder;
  auto store = make_store(folder);
  KeyOwner many;
  for (int i = 0; i < 60; ++i)
    many.addresses.push_back("address" + std::to_string(i) + "@example.org");
  KeyRow key = new_key("p256");
  auto kept = store->keep_generated(key, many, key.added);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().rule, Rule::LimitSize);
  EXPECT_EQ(store->count()->keys, 0);
}

// USERS 31: what a message names decides, and no address.
TEST_P(StoreIn, finds_keys_by_what_a_message_names) {
  auto store = make_store();
  Certificate alice = certificate("alice.pem");
  Import batch = certificates({alice});
  batch.keys.push_back(key("alice.key.pem", "sesame"));
  import(*store, std::move(batch));
  RecipientName name{.issuer_der = alice.issuer_der(),
                     .serial_number = alice.serial_number(),
                     .key_identifier = {}};
  StoreKeySource keys(x509::MemoryKeySource(), store.get(), answer("sesame"));
  ASSERT_EQ(keys.find(name).size(), 1u);
  EXPECT_EQ(keys.find({.issuer_der = {},
                       .serial_number = {},
                       .key_identifier = *alice.subject_key_identifier()})
                .size(),
            1u);
  EXPECT_FALSE(keys.lock_error());

  StoreKeySource locked(x509::MemoryKeySource(), store.get(), answer("wrong"));
  EXPECT_TRUE(locked.find(name).empty());
  ASSERT_TRUE(locked.lock_error());
  EXPECT_EQ(locked.lock_error()->rule, Rule::KeyBadPassphrase);
}

TEST_P(StoreIn, trust_has_dates_and_can_be_refused) {
  auto store = make_store();
  Certificate root = certificate("root.pem");
  using std::chrono::hours;
  Trust trust{.decision = Trust::Decision::Trusted, .since = kNow, .until = kNow + hours(24)};
  ASSERT_TRUE(store->set_trust({root}, trust, from("by a test")));
  EXPECT_EQ(store->roots(kNow)->trusted.size(), 1u);
  EXPECT_EQ(store->roots(kNow - hours(1))->trusted.size(), 0u);
  EXPECT_EQ(store->roots(kNow + hours(25))->trusted.size(), 0u);
  ASSERT_TRUE(store->set_trust({root},
                               {.decision = Trust::Decision::Distrusted, .since = {}, .until = {}},
                               from("by a test")));
  EXPECT_EQ(store->roots(kNow)->trusted.size(), 0u);
  EXPECT_EQ(store->roots(kNow)->distrusted.size(), 1u);
  EXPECT_EQ(problems(*store), "");
  ASSERT_TRUE(store->remove({root}, from("by a test")));
  EXPECT_EQ(store->roots(kNow)->distrusted.size(), 0u);
  EXPECT_EQ(store->remove({root}, from("again")).error().rule, Rule::StoreUnknown);
  EXPECT_EQ(problems(*store), "");
}

TEST_P(StoreIn, the_newest_capabilities_win) {
  auto store = make_store();
  Certificate alice = certificate("alice.pem");
  auto state = [&](Bytes der, Time at) {
    Import batch = certificates({});
    batch.statements.push_back(
        {.address = "alice@example.org",
         .stated = {.der = std::move(der), .stated_at = at, .last_cipher = {}},
         .signer = alice});
    return import(*store, std::move(batch)).statements.size();
  };
  using std::chrono::hours;
  EXPECT_EQ(state({1}, kNow), 1u);
  EXPECT_EQ(state({2}, kNow - hours(1)), 0u);
  EXPECT_EQ(store->capabilities().find("alice@example.org")->value().der, Bytes{1});
  EXPECT_EQ(state({3}, kNow + hours(1)), 1u);
  EXPECT_EQ(store->capabilities().find("alice@EXAMPLE.org")->value().der, Bytes{3});
  EXPECT_EQ(problems(*store), "");
}

struct Tampering {
  const char* name;
  const char* sql;
  const char* found;
  const char* trigger = nullptr;  // in the way
};

class Tampered : public testing::TestWithParam<std::tuple<EngineKind, Tampering>> {};

TEST_P(Tampered, is_found) {
  const auto& [kind, tampering] = GetParam();
  auto engine = make_engine(kind);
  if (!engine->is_there()) GTEST_SKIP() << "no server";
  {
    auto opened = engine->open(Missing::Create);
    ASSERT_TRUE(opened);
    auto& store = *opened;
    Import batch = certificates({certificate("alice.pem"), certificate("intermediate.pem")});
    batch.keys.push_back(key("alice.key.pem", "sesame"));
    import(*store, std::move(batch));
    ASSERT_TRUE(store->set_trust({certificate("root.pem")}, {}, from("by a test")));
    ASSERT_EQ(problems(*store), "");
  }
  if (tampering.trigger != nullptr) engine->drop_trigger(tampering.trigger);
  engine->tamper(tampering.sql);
  auto store = engine->open(Missing::Fail);
  ASSERT_TRUE(store);
  std::string found = problems(**store);
  EXPECT_NE(found.find(tampering.found), std::string::npos) << found;
}

constexpr Tampering kTamperings[] = {
    {"detail", "UPDATE history SET detail = 'x' WHERE number = 2",
     "entry 2 of the history was changed", "history_is_fixed"},
    {"left_out", "DELETE FROM history WHERE number = 2", "entry 3 of the history does not follow",
     "history_stays"},
    {"cut_off", "DELETE FROM history WHERE kind = 'trust'", "trust ", "history_stays"},
    {"root", "UPDATE trust SET until = 5", "is not what the history says"},
    {"second_root",
     "INSERT INTO trust SELECT sha256, 'trusted', 'mail', NULL, NULL, 0 FROM certificates"
     " WHERE sha256 NOT IN (SELECT sha256 FROM trust) LIMIT 1",
     "is not what the history says"},
    {"no_root", "DELETE FROM trust", "is gone, and the history does not say so"},
    {"held", "UPDATE certificates SET standing = 'held'", "is not what the history says"},
    {"address", "UPDATE addresses SET address = 'eve@example.org' WHERE address LIKE 'alice%'",
     "is filed under other addresses than its own"},
    {"subject", "UPDATE certificates SET subject_key = x'00'", "filed under something"},
    {"octets", "UPDATE certificates SET der = x'3000'", "is another than its fingerprint says"},
    {"certificate", "DELETE FROM certificates WHERE subject LIKE '%Alice%'", "is gone"},
    {"key", "UPDATE keys SET value = x'3000'", "is not what the history says"},
    {"no_key", "DELETE FROM keys", "is gone, and the history does not say so"},
};

INSTANTIATE_TEST_SUITE_P(Engines, Tampered,
                         testing::Combine(each_engine(), testing::ValuesIn(kTamperings)),
                         [](const auto& one) {
                           return engine_name(std::get<0>(one.param)) + "_" +
                                  std::get<1>(one.param).name;
                         });

TEST_P(StoreIn, history_cannot_be_changed_by_mistake) {
  auto store = make_store();
  import(*store, certificates({certificate("alice.pem")}));
  auto database = engine().database(Missing::Fail);
  ASSERT_TRUE(database);
  EXPECT_FALSE((*database)->run("DELETE FROM history"));
  EXPECT_FALSE((*database)->run("UPDATE history SET at = 0"));
}

TEST(Store, what_is_no_store_is_refused) {
  TemporaryFolder folder;
  folder.write("data/store.db", std::string(4'096, 'x'));
  EXPECT_EQ(Store::open(folder.path("data"), Missing::Create).error().rule, Rule::StoreDamaged);
  folder.write("other/store.db", "");
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.path("other/store.db").c_str(), &other), SQLITE_OK);
  sqlite3_exec(other, "CREATE TABLE t (x)", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_EQ(Store::open(folder.path("other"), Missing::Create).error().rule, Rule::StoreDamaged);
}

TEST_P(StoreIn, one_of_a_newer_bulla_is_left_alone) {
  make_store();
  engine().set_version(77);
  EXPECT_EQ(engine().open(Missing::Create).error().rule, Rule::StoreNewer);
}

// The maker of a file may die before there is anything in it.
TEST(Store, an_empty_file_becomes_a_store) {
  TemporaryFolder folder;
  folder.write("data/store.db", "");
  auto store = make_store(folder);
  import(*store, certificates({certificate("alice.pem")}));
  EXPECT_EQ(store->count()->certificates, 1);
}

TEST_P(StoreIn, a_backup_is_a_store) {
  TemporaryFolder folder;
  auto store = make_store();
  import(*store, certificates({certificate("alice.pem")}));
  folder.write("copy/x", "");
  ASSERT_TRUE(store->back_up(folder.path("copy/store.db")));
  auto copy = Store::open(folder.path("copy"), Missing::Fail);
  ASSERT_TRUE(copy);
  EXPECT_EQ((*copy)->count()->certificates, 1);
  EXPECT_EQ(problems(**copy), "");
  auto again = store->back_up(folder.path("copy/store.db"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().rule, Rule::IoCannotCreate);
}

// A backup is of SQLite, and goes back into either engine with its history, if nothing is there.
TEST_P(StoreIn, a_backup_is_restored) {
  TemporaryFolder folder;
  std::string path = folder.path("copy.db");
  Counts before;
  {
    SqliteEngine other;
    auto store = other.open(Missing::Create);
    ASSERT_TRUE(store);
    Import batch = certificates({certificate("alice.pem"), certificate("intermediate.pem")});
    batch.keys.push_back(key("alice.key.pem", "sesame"));
    batch.statements.push_back(
        {.address = "alice@example.org",
         .stated = {.der = {1}, .stated_at = kNow, .last_cipher = ContentCipher::Aes256Cbc},
         .signer = certificate("alice.pem")});
    import(**store, std::move(batch));
    ASSERT_TRUE((*store)->set_trust({certificate("root.pem")}, {}, from("by a test")));
    before = *(*store)->count();
    ASSERT_TRUE((*store)->back_up(path));
  }
  auto copy = Store::open(*open_sqlite(path, Missing::Fail));
  ASSERT_TRUE(copy);
  auto store = make_store();
  ASSERT_TRUE(store->restore(**copy));
  EXPECT_EQ(store->count()->head, before.head);
  EXPECT_EQ(store->count()->certificates, 3);
  EXPECT_EQ(store->count()->peers, 1);
  EXPECT_EQ(problems(*store), "");
  EXPECT_EQ(store->find_identities("alice@example.org", answer("sesame"))->size(), 1u);
  auto again = store->restore(**copy);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().rule, Rule::IoCannotCreate);
}

// Letters are those of ASCII, whatever the locale of a server; and what is no text is nothing.
TEST_P(StoreIn, text_is_found_whatever_its_case) {
  auto store = make_store();
  Certificate alice = certificate("alice.pem");
  import(*store, certificates({alice}));
  const CertificateTable& table = store->certificates();
  EXPECT_EQ(table.find_by_text("ALICE@Ex")->size(), 1u);
  EXPECT_EQ(table.find_by_text("\xff")->size(), 0u);
  EXPECT_EQ(table.find_by_text("a_ice")->size(), 0u);
}

// A name of a file may be long, and in any language.
TEST_P(StoreIn, a_long_source_is_cut_between_characters) {
  auto store = make_store();
  Certificate alice = certificate("alice.pem");
  std::string source = "x";
  for (int i = 0; i < 600; ++i) source += "\u00e4";
  ASSERT_TRUE(store->import({{certificates({alice}), from(source)}}));
  auto entries = store->history().about(Kind::Certificate, alice.sha256());
  EXPECT_EQ(entries->at(0).detail, source.substr(0, 999));
  EXPECT_EQ(problems(*store), "");
}

// What is read in one transaction is of one moment.
TEST_P(StoreIn, a_reader_sees_one_state) {
  auto store = make_store();
  auto reader = *engine().database(Missing::Fail);
  constexpr std::string_view kCount = "SELECT count(*) FROM certificates";
  {
    auto reading = Transaction::begin(*reader, Access::Read);
    ASSERT_TRUE(reading);
    EXPECT_EQ(*count_rows(*reader, kCount), 0);
    import(*store, certificates({certificate("alice.pem")}));
    EXPECT_EQ(*count_rows(*reader, kCount), 0);
  }
  EXPECT_EQ(*count_rows(*reader, kCount), 1);
}

TEST_P(StoreIn, what_is_not_committed_never_was) {
  auto store = make_store();
  auto database = *engine().database(Missing::Fail);
  constexpr std::string_view kDelete = "DELETE FROM certificates";
  import(*store, certificates({certificate("alice.pem")}));
  {
    auto writing = Transaction::begin(*database);
    ASSERT_TRUE(writing);
    ASSERT_TRUE(database->run(kDelete));
    EXPECT_EQ(database->changed(), 1);
    EXPECT_EQ(store->count()->certificates, 1);
  }
  EXPECT_EQ(store->count()->certificates, 1);
  EXPECT_EQ(problems(*store), "");
}

TEST_P(StoreIn, waits_for_a_writer_and_then_says_so) {
  auto store = make_store();
  auto other = *engine().database(Missing::Fail);
  {
    auto writing = Transaction::begin(*other);
    ASSERT_TRUE(writing);
    // Readers do not wait.
    EXPECT_EQ(store->count()->certificates, 0);
    auto done = store->import({{certificates({certificate("alice.pem")}), from("from a test")}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().rule, Rule::StoreBusy);
  }
  EXPECT_TRUE(store->import({{certificates({certificate("alice.pem")}), from("from a test")}}));
}

}  // namespace
}  // namespace bulla::store
