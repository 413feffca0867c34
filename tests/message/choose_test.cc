// Which algorithms are chosen for whom (requirements CHOOSE-01 to CHOOSE-16, T-114, T-115).
#include "message/choose.h"

#include <gtest/gtest.h>

#include "message/recipe.h"
#include "message/rules.h"
#include "message/seal_support.h"

namespace bulla {
namespace {

using seal_testing::encrypt_to;
using seal_testing::open_text;
using seal_testing::Opened;
using seal_testing::recipe_of;
using seal_testing::seal_text;
using seal_testing::Sealed;
using seal_testing::sign_by;
using seal_testing::slugs;
using enum ContentCipher;
using Basis = AlgorithmChoice::Basis;
using What = AlgorithmChoice::What;
using Slugs = std::vector<std::string>;

constexpr std::string_view kMail =
    "From: Alice <alice@example.org>\nTo: Ec <ec@example.org>\n"
    "Date: Mon, 01 Jun 2026 12:00:00 +0000\nMIME-Version: 1.0\n\nHello\n";

cms::Capability entry(const Oid& oid, std::optional<Bytes> parameters = std::nullopt) {
  return {.id = oid, .parameters = std::move(parameters)};
}
cms::Capability entry(ContentCipher cipher) { return entry(crypto::row(cipher).oid); }
cms::Capability rc2(unsigned bits) {
  return entry(crypto::row(Rc2_40Cbc).oid,
               asn1::encode([&](asn1::Writer& out) { out.integer(bits); }));
}
cms::Capability entry(const asn1::AlgorithmIdentifier& algorithm) {
  return entry(algorithm.algorithm, algorithm.parameters);
}

Capabilities stating(const std::vector<cms::Capability>& list) {
  return {.der = cms::encode_capabilities(list),
          .source = Capabilities::Source::SignedMail,
          .stated_at = parse_time("2026-05-01"),
          .last_cipher = {}};
}

struct Known {
  std::string name;
  std::vector<cms::Capability> list;
};

Encrypt to(const std::vector<Known>& recipients) {
  Encrypt step;
  for (const Known& one : recipients) {
    step.recipients.emplace_back(load(one.name), stating(one.list));
  }
  return step;
}

EncryptPlan plan(const Encrypt& step) {
  auto result = plan_encrypt(step, seal_testing::options());
  EXPECT_TRUE(result) << describe(result.error());
  return std::move(*result);
}

const AlgorithmChoice& choice(const std::vector<AlgorithmChoice>& choices, What what) {
  static const AlgorithmChoice kNone{
      .what = What::Digest, .value = "none", .whom = {}, .reason = {}};
  auto found = std::find_if(choices.begin(), choices.end(),
                            [what](const AlgorithmChoice& one) { return one.what == what; });
  return found == choices.end() ? kNone : *found;
}

// Cipher, basis and findings of a step.
struct Chosen {
  ContentCipher cipher;
  Basis basis;
  Slugs findings;
  friend bool operator==(const Chosen&, const Chosen&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Chosen& chosen) {
    out << name(chosen.cipher) << " " << name(chosen.basis);
    for (const std::string& slug : chosen.findings) out << " " << slug;
    return out;
  }
};
Chosen chosen(const Encrypt& step) {
  EncryptPlan made = plan(step);
  const AlgorithmChoice& cipher = choice(made.choices, What::ContentCipher);
  EXPECT_EQ(cipher.value, name(made.options.cipher));
  EXPECT_FALSE(cipher.reason.empty());
  return {made.options.cipher, cipher.basis, slugs(made.findings)};
}

TEST(Choose, takes_the_first_cipher_of_the_list_that_we_can_write_CHOOSE03_CHOOSE10_CHOOSE11) {
  EXPECT_EQ(chosen(to({{"alice", {entry(Aes128Gcm), entry(Aes256Cbc)}}})),
            (Chosen{Aes128Gcm, Basis::Capabilities, {}}));
  EXPECT_EQ(chosen(to({{"alice", {entry(Aes192Cbc), entry(Aes256Gcm)}}})),
            (Chosen{Aes192Cbc, Basis::Capabilities, {}}));
  // Read alone here, and content of any size does not fit.
  EXPECT_EQ(chosen(to({{"alice", {entry(Camellia256Cbc), entry(Aes256Ccm), entry(Aes128Cbc)}}})),
            (Chosen{Aes128Cbc, Basis::Capabilities, {}}));
}

TEST(Choose, never_takes_a_weak_cipher_whoever_states_it_CHOOSE01_CHOOSE06_T114) {
  EXPECT_EQ(chosen(to({{"alice", {rc2(40), entry(TripleDesCbc)}}})),
            (Chosen{Aes128Cbc, Basis::Floor, {"enc.capabilities-too-weak"}}));
  EXPECT_EQ(chosen(to({{"alice", {rc2(40), entry(TripleDesCbc), entry(Aes256Gcm)}}})),
            (Chosen{Aes256Gcm, Basis::Capabilities, {}}));
}

TEST(Choose, takes_what_today_s_programs_read_where_nothing_is_known_CHOOSE02_CHOOSE09) {
  EXPECT_EQ(chosen(encrypt_to({"alice", "ec"})), (Chosen{Aes256Cbc, Basis::Usual, {}}));
  // A list without a cipher says nothing of ciphers.
  EXPECT_EQ(chosen(to({{"alice", {entry(crypto::kCekHkdfSha256)}}})),
            (Chosen{Aes256Cbc, Basis::Usual, {}}));
  Encrypt unreadable = encrypt_to({"alice"});
  unreadable.recipients[0].capabilities =
      Capabilities{.der = {0x30, 0x05}, .stated_at = {}, .last_cipher = {}};
  EXPECT_EQ(chosen(unreadable), (Chosen{Aes256Cbc, Basis::Usual, {}}));
}

TEST(Choose, follows_the_last_mail_of_a_recipient_without_a_list_CHOOSE04) {
  Encrypt step = encrypt_to({"alice"});
  Capabilities last{.der = {}, .stated_at = {}, .last_cipher = Aes256Gcm};
  step.recipients[0].capabilities = last;
  EXPECT_EQ(chosen(step), (Chosen{Aes256Gcm, Basis::LastMessage, {}}));
  step.recipients[0].capabilities->last_cipher = TripleDesCbc;  // CHOOSE-05: not today
  EXPECT_EQ(chosen(step), (Chosen{Aes256Cbc, Basis::Usual, {}}));
  step.recipients[0].capabilities->last_cipher = Aes256Gcm;
  step.recipients[0].capabilities->der = cms::encode_capabilities({entry(Aes128Cbc)});
  EXPECT_EQ(chosen(step), (Chosen{Aes128Cbc, Basis::Capabilities, {}}));
}

TEST(Choose, gives_all_recipients_one_cipher_that_they_read_CHOOSE13_CHOOSE14_T115) {
  std::vector<cms::Capability> both{entry(Aes256Gcm), entry(Aes128Gcm), entry(Aes128Cbc)};
  EXPECT_EQ(chosen(to({{"alice", both}, {"ec", {entry(Aes128Gcm), entry(Aes256Gcm)}}})).basis,
            Basis::Capabilities);
  EXPECT_EQ(chosen(to({{"alice", both}, {"ec", {entry(Aes128Cbc)}}})),
            (Chosen{Aes128Cbc, Basis::Capabilities, {}}));
  EXPECT_EQ(chosen(to({{"alice", {entry(Aes256Gcm)}}, {"ec", {entry(Aes128Cbc)}}})),
            (Chosen{Aes128Cbc, Basis::Floor, {"enc.no-common-cipher"}}));
  // One of whom nothing is known keeps GCM away; so does a password.
  Encrypt mixed = to({{"alice", both}});
  mixed.recipients.emplace_back(load("ec"));
  EXPECT_EQ(chosen(mixed), (Chosen{Aes128Cbc, Basis::Usual, {}}));
  Encrypt secret = to({{"alice", both}});
  secret.passwords.push_back(std::make_shared<const Secret>(8));
  EXPECT_EQ(chosen(secret), (Chosen{Aes128Cbc, Basis::Usual, {}}));
}

TEST(Choose, does_as_asked_and_warns_of_who_cannot_read_it_CHOOSE15) {
  Encrypt step = to({{"alice", {entry(Aes128Cbc)}}});
  step.cipher = Aes256Gcm;
  EXPECT_EQ(chosen(step), (Chosen{Aes256Gcm, Basis::Asked, {"enc.beyond-capabilities"}}));
  step.cipher = Aes128Cbc;
  EXPECT_EQ(chosen(step), (Chosen{Aes128Cbc, Basis::Asked, {}}));
}

TEST(Choose, derives_the_content_key_if_everybody_states_it_CHOOSE12_T24) {
  auto derives = [](const Encrypt& step) {
    return plan(step).options.content_key == cms::EncryptOptions::ContentKey::Derived;
  };
  std::vector<cms::Capability> list{entry(Aes256Cbc), entry(crypto::kCekHkdfSha256)};
  EXPECT_TRUE(derives(to({{"alice", list}, {"ec", list}})));
  EXPECT_FALSE(derives(to({{"alice", list}, {"ec", {entry(Aes256Cbc)}}})));
  Encrypt direct = to({{"alice", list}});
  direct.content_key = Encrypt::ContentKey::Direct;
  EXPECT_FALSE(derives(direct));
  Encrypt with_secret = to({{"alice", list}});
  with_secret.passwords.push_back(std::make_shared<const Secret>(8));
  EXPECT_FALSE(derives(with_secret));
  list[0] = entry(ChaCha20Poly1305);
  EXPECT_FALSE(derives(to({{"alice", list}})));
}

TEST(Choose, encrypts_to_RSA_keys_as_their_owner_states_first) {
  TransportScheme oaep{.algorithm = TransportAlgorithm::RsaOaep, .label = {}};
  cms::Capability by_oaep = entry(crypto::transport_identifier(oaep));
  cms::Capability by_pkcs1 = entry(crypto::transport_identifier({.label = {}}));
  auto transport = [](const Encrypt& step) { return plan(step).options.recipients[0].transport; };
  EXPECT_EQ(transport(to({{"alice", {by_oaep, by_pkcs1}}})), oaep);
  EXPECT_EQ(transport(to({{"alice", {by_pkcs1, by_oaep}}})).algorithm,
            TransportAlgorithm::RsaPkcs1);
  EXPECT_EQ(transport(encrypt_to({"alice"})).algorithm, TransportAlgorithm::RsaPkcs1);
  Encrypt asked = to({{"alice", {by_oaep}}});
  asked.transport = Encrypt::Transport::Pkcs1;
  EXPECT_EQ(transport(asked).algorithm, TransportAlgorithm::RsaPkcs1);
}

cms::Capability agreement(Digest digest, crypto::KeyWrap wrap) {
  return entry(
      crypto::key_agreement_identifier({.digest = digest, .wrap = wrap, .wrap_identifier = {}}));
}

TEST(Choose, agrees_on_keys_as_the_owner_states_if_it_is_strong_enough_ATTR30) {
  auto chosen_for = [](std::vector<cms::Capability> list) {
    list.push_back(entry(Aes256Cbc));
    return plan(to({{"ec", list}})).options.recipients[0].agreement;
  };
  auto made = chosen_for({agreement(Digest::Sha384, crypto::KeyWrap::Aes256)});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->digest, Digest::Sha384);
  // SHA-1, and a wrap that is shorter than the content key (ALG-51).
  EXPECT_FALSE(chosen_for({agreement(Digest::Sha1, crypto::KeyWrap::Aes256)}));
  EXPECT_FALSE(chosen_for({agreement(Digest::Sha256, crypto::KeyWrap::Aes128)}));
  EXPECT_FALSE(chosen_for({}));
}

// A list narrows what the profile allows and does not widen it.
TEST(Choose, takes_of_what_is_stated_what_the_profile_allows) {
  AlgorithmRules rules{
      .ciphers = {}, .digests = {Digest::Sha512}, .signatures = {}, .key_management = {}};
  auto made = [&](const Encrypt& step) {
    auto result = plan_encrypt(step, seal_testing::options(), rules);
    EXPECT_TRUE(result) << describe(result.error());
    return result->options.recipients.at(0);
  };
  auto oaep = [](Digest digest, Digest mgf_digest) {
    return TransportScheme{.algorithm = TransportAlgorithm::RsaOaep,
                           .digest = digest,
                           .mgf_digest = mgf_digest,
                           .label = {}};
  };
  auto stated = [&](Digest digest, Digest mgf_digest) {
    return entry(crypto::transport_identifier(oaep(digest, mgf_digest)));
  };
  Encrypt rsa = to({{"alice",
                     {stated(Digest::Sha256, Digest::Sha256), stated(Digest::Sha512, Digest::Sha1),
                      stated(Digest::Sha512, Digest::Sha512)}}});
  EXPECT_EQ(made(rsa).transport, oaep(Digest::Sha512, Digest::Sha512));
  EXPECT_EQ(made(to({{"alice", {stated(Digest::Sha256, Digest::Sha256)}}})).transport.algorithm,
            TransportAlgorithm::RsaPkcs1);
  Encrypt asked = encrypt_to({"alice"});
  asked.transport = Encrypt::Transport::Oaep;
  EXPECT_EQ(made(asked).transport, oaep(Digest::Sha512, Digest::Sha512));
  Encrypt ec = to({{"ec",
                    {agreement(Digest::Sha256, crypto::KeyWrap::Aes256),
                     agreement(Digest::Sha512, crypto::KeyWrap::Aes256)}}});
  ASSERT_TRUE(made(ec).agreement);
  EXPECT_EQ(made(ec).agreement->digest, Digest::Sha512);
  ec = to({{"ec", {agreement(Digest::Sha256, crypto::KeyWrap::Aes256)}}});
  EXPECT_FALSE(made(ec).agreement);
}

// With X25519 the KDF of X9.63 changes no name: the key says what agrees.
TEST(Rules, name_a_key_agreement_by_its_key) {
  auto named = [](const Oid& key, crypto::Kdf kdf) {
    cms::KeyAgreeRecipientInfo info;
    info.originator_algorithm.algorithm = key;
    info.key_encryption_algorithm =
        crypto::key_agreement_identifier({.kdf = kdf, .wrap_identifier = {}});
    return key_management(cms::RecipientInfo(info));
  };
  for (crypto::Kdf kdf : {crypto::Kdf::X963, crypto::Kdf::Hkdf}) {
    EXPECT_EQ(named(Oid::of("1.3.101.110"), kdf), KeyManagement::Xdh);
    EXPECT_EQ(named(Oid::of("1.3.101.111"), kdf), KeyManagement::Xdh);
    EXPECT_EQ(named(Oid::of("1.2.840.10045.2.1"), kdf), KeyManagement::Ecdh);
  }
}

TEST(Choose, what_is_chosen_opens_also_for_two_who_agree_differently) {
  std::vector<cms::Capability> list{entry(Aes256Gcm), entry(crypto::kCekHkdfSha256)};
  std::vector<cms::Capability> strong = list;
  strong.push_back(agreement(Digest::Sha512, crypto::KeyWrap::Aes256));
  Encrypt step = to({{"alice", list}, {"ec", strong}});
  Sealed sealed = seal_text(kMail, recipe_of({sign_by("alice"), step}));
  Opened opened = open_text(sealed.text);
  EXPECT_EQ(opened.verdict.status, Status::Valid);
  EXPECT_EQ(opened.verdict.layers.at(0).algorithm, "aes-256-gcm");
  EXPECT_EQ(choice(sealed.report.choices, What::ContentKey).basis, Basis::Capabilities);
}

std::string signed_with(const Sealed& sealed) {
  return choice(sealed.report.choices, What::Digest).value;
}

TEST(Choose, signs_with_a_digest_that_the_recipients_check) {
  auto rsa = [](Digest digest) {
    Oid oid = digest == Digest::Sha512 ? Oid::of("1.2.840.113549.1.1.13")
                                       : Oid::of("1.2.840.113549.1.1.5");
    return entry(oid, Bytes{5, 0});
  };
  auto seal_for = [](std::vector<cms::Capability> list) {
    return seal_text(kMail, recipe_of({sign_by("alice"), to({{"ec", std::move(list)}})}));
  };
  EXPECT_EQ(signed_with(seal_for({rsa(Digest::Sha512)})), "sha512");
  EXPECT_EQ(signed_with(seal_for({rsa(Digest::Sha1)})), "sha256");
  EXPECT_EQ(signed_with(seal_for({})), "sha256");
  Sign asked = sign_by("alice");
  asked.signers[0].digest = Digest::Sha384;
  Sealed sealed = seal_text(kMail, recipe_of({asked, to({{"ec", {rsa(Digest::Sha512)}}})}));
  EXPECT_EQ(signed_with(sealed), "sha384");
  EXPECT_EQ(choice(sealed.report.choices, What::Digest).basis, Basis::Asked);
}

TEST(Capabilities, come_from_the_certificate_if_no_mail_says_more_ATTR38) {
  EXPECT_EQ(chosen(encrypt_to({"capable"})), (Chosen{Aes128Gcm, Basis::Capabilities, {}}));
  EXPECT_EQ(chosen(to({{"capable", {entry(Aes256Cbc)}}})),
            (Chosen{Aes256Cbc, Basis::Capabilities, {}}));
  // A mail without a list leaves the certificate's.
  Encrypt step = encrypt_to({"capable"});
  step.recipients[0].capabilities = Capabilities{.der = {}, .stated_at = {}, .last_cipher = {}};
  EXPECT_EQ(chosen(step), (Chosen{Aes128Gcm, Basis::Capabilities, {}}));
  EXPECT_FALSE(capabilities_of(load("alice")));
}

TEST(Capabilities, are_learnt_from_valid_signatures_alone_ATTR37_T114) {
  Sealed sealed = seal_text(kMail, recipe_of({sign_by("alice"), encrypt_to({"ec"})}));
  Opened opened = open_text(sealed.text);
  ASSERT_EQ(opened.verdict.status, Status::Valid);
  auto stated = capabilities_of(opened.verdict, load("alice"));
  ASSERT_TRUE(stated);
  EXPECT_EQ(stated->der, cms::encode_capabilities(cms::own_capabilities()));
  EXPECT_EQ(stated->stated_at, seal_testing::now());
  EXPECT_EQ(stated->last_cipher, Aes256Cbc);  // CHOOSE-17
  // "capable" has alice's key; "ec" is somebody else.
  EXPECT_TRUE(capabilities_of(opened.verdict, load("capable")));
  EXPECT_FALSE(capabilities_of(opened.verdict, load("ec")));
  for (Status status : {Status::Invalid, Status::Indeterminate}) {
    Verdict doubtful = opened.verdict;
    doubtful.layers.at(1).signers.at(0).status = status;
    EXPECT_FALSE(capabilities_of(doubtful, load("alice")));
  }
  Verdict errant = opened.verdict;
  errant.layers.at(1).errant = true;
  EXPECT_FALSE(capabilities_of(errant, load("alice")));
}

// Mallory signs, and names bob's certificate as the one to encrypt to for her.
TEST(Capabilities, of_a_preferred_certificate_count_if_it_is_the_signer_s_own_T114) {
  Opened opened = open_text(seal_text(kMail, recipe_of({sign_by("alice")})).text);
  ASSERT_EQ(opened.verdict.status, Status::Valid);
  Verdict preferring = opened.verdict;
  preferring.layers.at(0).signers.at(0).encryption_certificate = load("ec");
  EXPECT_FALSE(capabilities_of(preferring, load("ec")));
  // Hers: another key and subject, and her address.
  Certificate own = load("alice_encrypts");
  ASSERT_FALSE(capabilities_of(opened.verdict, own));
  preferring.layers.at(0).signers.at(0).encryption_certificate = own;
  EXPECT_TRUE(capabilities_of(preferring, own));
}

TEST(Capabilities, of_an_empty_list_do_not_supersede_others) {
  Capabilities old = stating({entry(Aes256Gcm)});
  for (const Bytes& nothing : {Bytes(), Bytes{0x30, 0x00}, Bytes{0x30, 0x05}}) {
    Capabilities recent{.der = nothing, .stated_at = parse_time("2026-05-02"), .last_cipher = {}};
    EXPECT_FALSE(supersedes(recent, old));
    EXPECT_TRUE(supersedes(old, recent));
    Encrypt step = encrypt_to({"capable"});
    step.recipients[0].capabilities = recent;
    EXPECT_EQ(chosen(step), (Chosen{Aes128Gcm, Basis::Capabilities, {}}));
  }
}

TEST(Capabilities, of_a_mail_from_the_future_are_not_learnt_ATTR13) {
  Sign ahead = sign_by("alice");
  ahead.signing_time = parse_time("2027-01-01");
  Opened opened = open_text(seal_text(kMail, recipe_of({ahead})).text);
  EXPECT_FALSE(capabilities_of(opened.verdict, load("alice")));
}

TEST(Capabilities, of_a_newer_mail_supersede_ATTR41) {
  Capabilities old = stating({});
  Capabilities recent = stating({});
  recent.stated_at = parse_time("2026-05-02");
  EXPECT_TRUE(supersedes(recent, old));
  EXPECT_FALSE(supersedes(old, recent));
  EXPECT_FALSE(supersedes(old, old));
  Capabilities timeless = stating({});
  timeless.stated_at.reset();
  EXPECT_FALSE(supersedes(timeless, old));
  EXPECT_TRUE(supersedes(old, timeless));
  Capabilities of_certificate = recent;
  of_certificate.source = Capabilities::Source::Certificate;
  EXPECT_TRUE(supersedes(old, of_certificate));
  EXPECT_FALSE(supersedes(of_certificate, old));
}

TEST(Capabilities, of_any_octets_are_read_or_refused) {
  Bytes good = cms::encode_capabilities(cms::own_capabilities());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned flip : {0x01u, 0x80u, 0xFFu}) {
      Bytes bad = good;
      bad[i] = static_cast<std::uint8_t>(bad[i] ^ flip);
      Encrypt step = encrypt_to({"alice"});
      step.recipients[0].capabilities =
          Capabilities{.der = bad, .stated_at = {}, .last_cipher = {}};
      EXPECT_EQ(crypto::row(plan(step).options.cipher).standing, crypto::Standing::Current);
    }
    Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(cms::decode_capabilities(cut));
  }
  // A long list is read as far as programs write.
  std::vector<cms::Capability> many(100'000, entry(TripleDesCbc));
  EXPECT_LE(cms::interpret(many).ciphers.size(), 128u);
}

}  // namespace
}  // namespace bulla
