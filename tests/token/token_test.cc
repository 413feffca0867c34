// Keys in tokens, against SoftHSM, and against SoftHSM with faults (faulty_module.cc). The tests
// are skipped where it is not installed.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/try.h"
#include "bulla/identity.h"
#include "crypto/public_key.h"
#include "host/temporary_folder.h"
#include "store/file.h"
#include "token/identities.h"

namespace bulla::token {
namespace {

constexpr const char* kRsa = "pkcs11:token=lab;object=alice";
constexpr const char* kEc = "pkcs11:token=lab;object=ec";

std::string data(const std::string& name) { return std::string(BULLA_TEST_DATA) + "/x509/" + name; }

// SoftHSM reads its configuration once a process.
const TemporaryFolder* make_tokens() {
  static TemporaryFolder folder;
  std::string command =
      std::string(BULLA_TEST_TOKEN) + "/make_token.sh " + folder.path("hsm") + " " BULLA_SOFTHSM;
  for (const char* name : {"alice", "ec"}) {
    command += std::string(" ") + name + " " + data(std::string(name) + ".key.pem") + " " +
               data(std::string(name) + ".pem");
  }
  ::setenv("SOFTHSM2_CONF", folder.path("hsm/softhsm2.conf").c_str(), 1);
  ::setenv("BULLA_TEST_MODULE", BULLA_SOFTHSM, 1);
  return std::system(command.c_str()) == 0 ? &folder : nullptr;
}

class Token : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(BULLA_SOFTHSM).empty()) GTEST_SKIP() << "softhsm2 and opensc";
    static const TemporaryFolder* const made = make_tokens();
    folder_ = made;
    ASSERT_NE(folder_, nullptr);
  }
  void TearDown() override { set_fault(nullptr); }

  static void set_fault(const char* name) {
    void* module = ::dlopen(BULLA_FAULTY_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) return;
    auto set = reinterpret_cast<void (*)(const char*)>(::dlsym(module, "bulla_test_fault"));
    if (set != nullptr) set(name);
  }

  store::AskPassphrase pin(std::string answer = "1234") {
    return [this, answer](const std::string&) -> Result<Secret> {
      ++asked_;
      return Secret(as_bytes(answer));
    };
  }

  Result<std::vector<Identity>> load(const std::string& uri, const store::AskPassphrase& ask) {
    return load_identities(uri, access_, ask);
  }
  PrivateKeyPtr key(const char* uri) {
    auto loaded = load(uri, pin());
    EXPECT_TRUE(loaded) << describe(loaded.error());
    return loaded ? loaded->front().key : nullptr;
  }
  static crypto::PublicKey public_half(const PrivateKey& key) {
    return crypto::PublicKey::parse(key.subject_public_key_info()).value();
  }
  static PrivateKeyPtr in_memory(const std::string& name) {
    Secret file = store::read_file(data(name), store::kMaxKeyFile).value();
    return bulla::load_identities(file.view()).value().front().key;
  }

  Access access_{.module = BULLA_FAULTY_MODULE};
  const TemporaryFolder* folder_ = nullptr;
  int asked_ = 0;
};

template <typename T>
std::optional<Rule> rule_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().rule;
}

constexpr SignatureScheme kPss{.algorithm = SignatureAlgorithm::RsaPss};
constexpr SignatureScheme kEcdsa{.algorithm = SignatureAlgorithm::Ecdsa};

TEST_F(Token, keys_come_with_their_certificates) {
  auto rsa = load(kRsa, pin());
  ASSERT_TRUE(rsa) << describe(rsa.error());
  ASSERT_EQ(rsa->size(), 1u);
  ASSERT_TRUE(rsa->front().certificate);
  EXPECT_EQ(rsa->front().certificate->subject_public_key_info().size(),
            rsa->front().key->subject_public_key_info().size());
  auto by_id = load("pkcs11:token=lab;id=%02;type=private", pin());
  ASSERT_TRUE(by_id) << describe(by_id.error());
  EXPECT_EQ(by_id->front().key->kind(), KeyKind::Ec);
  EXPECT_EQ(rule_of(load("pkcs11:token=lab;object=nobody", pin())), Rule::KeyNotInToken);
  EXPECT_EQ(rule_of(load("pkcs11:token=nowhere", pin())), Rule::KeyNotInToken);
  int before = asked_;
  EXPECT_EQ(rule_of(load("pkcs11:object=alice", pin())), Rule::KeyNotInToken);  // two tokens
  EXPECT_EQ(asked_, before);
  access_.module = "/nowhere.so";
  EXPECT_EQ(rule_of(load(kRsa, pin())), Rule::CryptoUnavailable);
}

TEST_F(Token, signatures_verify) {
  PrivateKeyPtr rsa = key(kRsa);
  PrivateKeyPtr ec = key(kEc);
  ASSERT_TRUE(rsa && ec);
  Bytes message = to_bytes(std::string_view("signed in a token"));
  SignatureScheme sha512{.digest = Digest::Sha512};
  for (const auto& [signer, scheme] :
       {std::pair{rsa, SignatureScheme{}}, {rsa, sha512}, {rsa, kPss}, {ec, kEcdsa}}) {
    auto signature = signer->sign(scheme, message);
    ASSERT_TRUE(signature) << describe(signature.error());
    EXPECT_TRUE(public_half(*signer).verify(scheme, message, *signature).value())
        << describe(scheme);
  }
  EXPECT_EQ(rule_of(rsa->sign(kEcdsa, message)), Rule::CryptoSignFailed);
}

TEST_F(Token, content_keys_are_recovered) {
  PrivateKeyPtr rsa = key(kRsa);
  ASSERT_TRUE(rsa);
  Bytes content_key(32, 7);
  TransportScheme oaep1{TransportAlgorithm::RsaOaep, Digest::Sha1, Digest::Sha1, ""};
  TransportScheme oaep256{TransportAlgorithm::RsaOaep, Digest::Sha256, Digest::Sha256, ""};
  TransportScheme labelled{TransportAlgorithm::RsaOaep, Digest::Sha384, Digest::Sha256, "label"};
  for (const TransportScheme& scheme : {TransportScheme{}, oaep1, oaep256, labelled}) {
    auto encrypted = public_half(*rsa).encrypt_key(scheme, content_key);
    ASSERT_TRUE(encrypted);
    auto opened = rsa->decrypt_key(scheme, *encrypted, content_key.size());
    ASSERT_TRUE(opened) << describe(scheme) << ": " << describe(opened.error());
    EXPECT_TRUE(equal(opened->view(), content_key)) << describe(scheme);
    bool is_oaep = scheme.algorithm == TransportAlgorithm::RsaOaep;
    if (!is_oaep) continue;
    EXPECT_EQ(rule_of(rsa->decrypt_key(scheme, *encrypted, 16)), Rule::EncFailed);
    encrypted->back() ^= 1;
    EXPECT_EQ(rule_of(rsa->decrypt_key(scheme, *encrypted, 32)), Rule::EncFailed);
  }
}

// Whatever is wrong with the block, there is a key, the same each time.
TEST_F(Token, T26_T29_bad_padding_gives_a_key_and_no_error) {
  PrivateKeyPtr rsa = key(kRsa);
  ASSERT_TRUE(rsa);
  auto encrypted = public_half(*rsa).encrypt_key(TransportScheme{}, Bytes(32, 7)).value();
  auto other_size = rsa->decrypt_key(TransportScheme{}, encrypted, 24);
  ASSERT_TRUE(other_size);
  EXPECT_EQ(other_size->size(), 24u);
  encrypted.back() ^= 1;
  auto first = rsa->decrypt_key(TransportScheme{}, encrypted, 32);
  auto second = key(kRsa)->decrypt_key(TransportScheme{}, encrypted, 32);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->size(), 32u);
  EXPECT_TRUE(equal(first->view(), second->view()));
  encrypted.pop_back();
  EXPECT_EQ(rule_of(rsa->decrypt_key(TransportScheme{}, encrypted, 32)), Rule::EncFailed);
  // The token that takes off the padding itself is not asked.
  PrivateKeyPtr fresh = key(kRsa);
  set_fault("no-raw");
  encrypted.push_back(0);
  EXPECT_EQ(rule_of(fresh->decrypt_key(TransportScheme{}, encrypted, 32)), Rule::CryptoUnavailable);
}

TEST_F(Token, secrets_are_agreed_on) {
  PrivateKeyPtr ec = key(kEc);
  ASSERT_TRUE(ec);
  auto own = public_half(*ec);
  auto ephemeral = crypto::EphemeralKey::make_for(own).value();
  Bytes point = to_bytes(ephemeral.subject_public_key());
  auto here = ephemeral.agree(own);
  auto there = ec->agree(point);
  ASSERT_TRUE(here);
  ASSERT_TRUE(there) << describe(there.error());
  EXPECT_TRUE(equal(here->view(), there->view()));
  // Compressed (KM-14), and not on the curve.
  Bytes compressed(point.begin(), point.begin() + 33);
  compressed[0] = (point.back() & 1) != 0 ? 3 : 2;
  auto again = ec->agree(compressed);
  ASSERT_TRUE(again);
  EXPECT_TRUE(equal(here->view(), again->view()));
  point.back() ^= 1;
  EXPECT_EQ(rule_of(ec->agree(point)), Rule::EncFailed);
  EXPECT_EQ(rule_of(ec->agree({})), Rule::EncFailed);
}

TEST_F(Token, a_wrong_pin_is_tried_once) {
  EXPECT_EQ(rule_of(load("pkcs11:token=other", pin("wrong"))), Rule::KeyBadPassphrase);
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(rule_of(load("pkcs11:token=other", pin("5678"))), Rule::KeyBadPassphrase);
  EXPECT_EQ(asked_, 1);
  for (const char* fault : {"final-try", "locked"}) {
    set_fault(fault);
    EXPECT_EQ(rule_of(load(kRsa, pin())), Rule::KeyTokenLocked) << fault;
  }
  EXPECT_EQ(asked_, 1);
  set_fault(nullptr);
  EXPECT_EQ(rule_of(load(kRsa, pin(""))), Rule::KeyPassphraseNeeded);
  std::string file = folder_->write("pin", "1234\r\nrest");
  auto loaded = load(std::string(kRsa) + "?pin-source=file:" + file, pin("wrong"));
  EXPECT_TRUE(loaded) << describe(loaded.error());
}

TEST_F(Token, T129_faults_have_one_face) {
  PrivateKeyPtr rsa = key(kRsa);
  PrivateKeyPtr ec = key(kEc);
  ASSERT_TRUE(rsa && ec);
  TransportScheme oaep{TransportAlgorithm::RsaOaep, Digest::Sha1, Digest::Sha1, ""};
  auto encrypted = public_half(*rsa).encrypt_key(oaep, Bytes(32, 7)).value();
  auto point = to_bytes(public_half(*ec).subject_public_key());
  for (const char* fault : {"error", "short", "long", "wrong"}) {
    set_fault(fault);
    EXPECT_EQ(rule_of(rsa->sign({}, encrypted)), Rule::CryptoSignFailed) << fault;
    EXPECT_EQ(rule_of(ec->sign(kEcdsa, encrypted)), Rule::CryptoSignFailed) << fault;
    if (std::string_view(fault) == "wrong") break;  // another key opens nothing later on
    EXPECT_EQ(rule_of(rsa->decrypt_key(oaep, encrypted, 32)), Rule::EncFailed) << fault;
  }
  set_fault("error");
  EXPECT_EQ(rule_of(ec->agree(point)), Rule::EncFailed);
  set_fault(nullptr);
  EXPECT_TRUE(rsa->decrypt_key(oaep, encrypted, 32));
}

TEST_F(Token, T129_a_token_that_is_gone_is_another_matter) {
  PrivateKeyPtr rsa = key(kRsa);
  PrivateKeyPtr ec = key(kEc);
  ASSERT_TRUE(rsa && ec);
  auto encrypted = public_half(*rsa).encrypt_key({}, Bytes(32, 7)).value();
  auto point = to_bytes(public_half(*ec).subject_public_key());
  set_fault("removed");
  EXPECT_EQ(rule_of(rsa->sign({}, point)), Rule::IoToken);
  EXPECT_EQ(rule_of(rsa->decrypt_key({}, encrypted, 32)), Rule::IoToken);
  EXPECT_EQ(rule_of(ec->agree(point)), Rule::IoToken);
  set_fault(nullptr);
  EXPECT_TRUE(rsa->decrypt_key({}, encrypted, 32));
}

TEST_F(Token, T129_a_token_that_hangs_is_left_alone) {
  PrivateKeyPtr other = key(kEc);  // loads the module
  access_.limit = std::chrono::milliseconds(300);
  PrivateKeyPtr rsa = key(kRsa);
  ASSERT_TRUE(rsa && other);
  set_fault("hang");
  EXPECT_EQ(rule_of(rsa->sign({}, {})), Rule::IoToken);
  set_fault(nullptr);
  EXPECT_EQ(rule_of(rsa->sign({}, {})), Rule::IoToken);
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(rule_of(rsa->agree({})), Rule::EncFailed);
  rsa.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, access_.limit);
  EXPECT_TRUE(other->sign(kEcdsa, {}));
}

// SoftHSM's tokens are folders.
TEST_F(Token, T129_a_token_that_is_pulled_out) {
  PrivateKeyPtr rsa = key(kRsa);
  ASSERT_TRUE(rsa);
  std::filesystem::rename(folder_->path("hsm/tokens"), folder_->path("hsm/away"));
  auto gone = rsa->sign({}, {});
  std::filesystem::rename(folder_->path("hsm/away"), folder_->path("hsm/tokens"));
  EXPECT_EQ(rule_of(gone), Rule::IoToken) << (gone ? "signed" : describe(gone.error()));
}

}  // namespace
}  // namespace bulla::token
