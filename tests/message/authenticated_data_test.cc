// AuthenticatedData (RFC 5652 9), and ciphertexts that stand apart. The messages are Bouncy
// Castle's: tests/data/cms_authenticated.
#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "cms/enclosing.h"
#include "cms/messages.h"
#include "message/people.h"
#include "message/seal_support.h"
#include "x509/memory_key_source.h"

namespace bulla::testing {
namespace {

using cms::messages::kHello;

const char* const kKinds[] = {"ktri", "kari", "kekri", "pwri"};

std::string message(const std::string& name) {
  return std::string(
      as_text(read_file(std::string(BULLA_TEST_DATA) + "/cms_authenticated/" + name + ".p7m")));
}

struct KeyWorld : World {
  x509::MemoryKeySource source{{cms::messages::identity("rsa"), cms::messages::identity("p256")}};
  KeyWorld() {
    Bytes kek(32);
    for (std::size_t i = 0; i < kek.size(); ++i) kek[i] = static_cast<std::uint8_t>(i);
    source.add_kek(Bytes{1, 2}, kek);
    source.add_password(as_bytes("secret"));
    options.keys = &source;
    options.policy.require = Policy::Require::Nothing;
  }
};

std::string outcome(const std::string& octets, std::string* content = nullptr) {
  KeyWorld world;
  Opened opened = open_mail(octets, world.options);
  if (content != nullptr) *content = opened.content;
  if (opened.verdict) return std::string(name(opened.verdict->status));
  return std::string(info(opened.verdict.error().rule).slug);
}

TEST(AuthenticatedData, CMS71_ALG65_every_kind_of_recipient_checks_the_mac) {
  for (std::string kind : kKinds) {
    for (const char* attributes : {"", "_attributes"}) {
      KeyWorld world;
      Opened opened = open_mail(message(kind + attributes), world.options);
      ASSERT_TRUE(opened.verdict) << kind << attributes << " " << opened.text();
      EXPECT_EQ(opened.content, kHello) << kind;
      ASSERT_EQ(opened.verdict->layers.size(), 1u);
      const Layer& layer = opened.verdict->layers[0];
      EXPECT_EQ(layer.kind, Layer::Kind::Authenticated);
      EXPECT_EQ(layer.algorithm, "hmac-sha256");
      EXPECT_EQ(layer.content_type, "data");
      ASSERT_EQ(layer.recipients.size(), 1u);
      EXPECT_EQ(layer.recipients[0].kind, kind);
      EXPECT_TRUE(layer.recipients[0].opened);
      // All recipients have the key: nobody signed.
      EXPECT_EQ(opened.status(), Status::Unprotected);
      EXPECT_FALSE(opened.verdict->is_encrypted());
    }
  }
}

TEST(AuthenticatedData, without_a_key_it_is_named_and_nothing_comes_out) {
  World world;
  world.options.keys = nullptr;
  world.options.policy.require = Policy::Require::Nothing;
  Opened opened = open_mail(message("ktri"), world.options);
  ASSERT_TRUE(opened.verdict);
  EXPECT_EQ(opened.content, "");
  EXPECT_EQ(opened.verdict->layers.at(0).kind, Layer::Kind::Authenticated);
  KeyWorld other;
  other.source = x509::MemoryKeySource({cms::messages::identity("p256")});
  Opened closed = open_mail(message("ktri"), other.options);
  ASSERT_FALSE(closed.verdict);
  EXPECT_EQ(closed.verdict.error().rule, Rule::KeyNoneFits);
  other.source.add_password(as_bytes("wrong"));
  EXPECT_EQ(open_mail(message("pwri"), other.options).verdict.error().rule, Rule::EncFailed);
}

// T-27: one face for whatever does not fit; content comes out only if it is what was sent.
TEST(AuthenticatedData, no_changed_octet_changes_the_content) {
  for (std::string kind : kKinds) {
    for (const char* attributes : {"", "_attributes"}) {
      std::string good = message(kind + attributes);
      std::size_t refused = 0;
      for (std::size_t i = 1; i < good.size(); ++i) {  // behind what tells the form
        std::string changed = good;
        changed[i] = static_cast<char>(changed[i] ^ 0x01);
        std::string content;
        outcome(changed, &content);
        if (content != kHello) {
          EXPECT_EQ(content, "") << kind << attributes << " " << i;
          ++refused;
        }
      }
      EXPECT_GT(refused, good.size() / 2) << kind;
    }
  }
}

TEST(AuthenticatedData, a_tampered_mac_or_content_fails_in_one_way) {
  for (const char* name : {"ktri", "kekri_attributes"}) {
    std::string good = message(name);
    std::string mac = good;
    mac[mac.size() - 10] = static_cast<char>(mac[mac.size() - 10] ^ 0x80);
    EXPECT_EQ(outcome(mac), "enc.failed");
    std::string text = good;
    text[text.find("bulla.")] = 'B';
    EXPECT_EQ(outcome(text), "enc.failed");
  }
  std::string attribute = message("ktri_attributes");
  std::size_t digest = attribute.rfind(std::string("\x04\x20", 2), attribute.size() - 60);
  attribute[digest + 5] = static_cast<char>(attribute[digest + 5] ^ 1);
  EXPECT_EQ(outcome(attribute), "enc.failed");
}

// The MAC with fewer octets is none.
TEST(AuthenticatedData, T22_a_short_mac_is_refused) {
  std::string good = message("kekri");
  std::size_t at = good.rfind(std::string("\x04\x20", 2));
  for (std::size_t size = 0; size < 32; ++size) {
    std::string changed = good.substr(0, at) + "\x04" + static_cast<char>(size) +
                          good.substr(at + 2, size) + good.substr(at + 34);
    EXPECT_EQ(outcome(changed), "enc.failed") << size;
  }
  std::string longer =
      good.substr(0, at) + "\x04\x21" + good.substr(at + 2, 32) + "x" + good.substr(at + 34);
  EXPECT_EQ(outcome(longer), "enc.failed");
}

TEST(AuthenticatedData, cut_or_longer_messages_are_malformed) {
  std::string good = message("ktri_attributes");
  for (std::size_t size = 20; size < good.size(); size += 7) {
    std::string content;
    EXPECT_EQ(outcome(good.substr(0, size), &content), "asn1.truncated") << size;
    EXPECT_EQ(content, "");
  }
  EXPECT_EQ(outcome(good + "x"), "cms.trailing-data");
  EXPECT_EQ(outcome(good + "\r\n"), "unprotected");
}

TEST(AuthenticatedData, an_unknown_mac_uses_no_key) {
  std::string changed = message("kekri");
  std::size_t oid = changed.find(std::string("\x2a\x86\x48\x86\xf7\x0d\x02\x09", 8));
  ASSERT_NE(oid, std::string::npos);
  changed[oid + 7] = 0x7f;
  EXPECT_EQ(outcome(changed), "crypto.unknown-algorithm");
}

// digestAlgorithm without authAttrs, and the reverse, have no meaning.
TEST(AuthenticatedData, digest_algorithm_and_attributes_come_together) {
  std::string good = message("kekri");
  std::size_t info =
      good.find(std::string("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 13));
  ASSERT_NE(info, std::string::npos);
  std::string sha256 = std::string("\xa1\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 13);
  std::string with_digest = good;
  with_digest.insert(info, sha256);
  EXPECT_EQ(outcome(with_digest), "enc.failed");
  std::string without = message("kekri_attributes");
  std::size_t at = without.find(sha256);
  ASSERT_NE(at, std::string::npos);
  without.erase(at, sha256.size());
  EXPECT_EQ(outcome(without), "enc.failed");
}

// What the MAC was made over, authAttrs, as content without any: it would fit (T-16).
TEST(AuthenticatedData, T16_attributes_are_no_content) {
  std::string good = message("kekri_attributes");
  constexpr std::size_t kDigest = 104, kContentInfo = 117, kContent = 132, kContentEnd = 177,
                        kAttributes = 181, kMac = 302;
  ASSERT_EQ(good.substr(kAttributes, 2), "\xa2\x77");
  ASSERT_EQ(good.substr(kMac, 2), "\x04\x20");
  std::string attributes = "\x31\x77" + good.substr(kAttributes + 2, kMac - kAttributes - 2);
  auto with_content = [&](const std::string& content) {
    return good.substr(0, kDigest) + good.substr(kContentInfo, kContent - kContentInfo) + "\x04" +
           static_cast<char>(content.size()) + content +
           good.substr(kContentEnd, kAttributes - kContentEnd) + good.substr(kMac);
  };
  std::string content;
  EXPECT_EQ(outcome(with_content(attributes), &content), "enc.failed");
  EXPECT_EQ(content, "");
}

// Content that is no data has attributes (RFC 5652 9.1).
TEST(AuthenticatedData, other_content_needs_attributes) {
  std::string changed = message("kekri");
  std::string data = std::string("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", 9);
  std::size_t at = changed.find(data);
  ASSERT_NE(at, std::string::npos);
  changed[at + 8] = 0x02;  // signedData
  EXPECT_EQ(outcome(changed), "enc.failed");
}

std::string with_digest_algorithm(const std::string& oid) {
  std::string changed = message("kekri_attributes");
  std::string sha256 = std::string("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 11);
  std::size_t at = changed.find(sha256);
  changed.replace(at, sha256.size(), oid);
  changed[at - 1] = static_cast<char>(oid.size());
  return changed;
}

TEST(AuthenticatedData, an_unknown_or_broken_digest_uses_no_key) {
  std::string unknown =
      with_digest_algorithm(std::string("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x7f", 11));
  std::string md5 =
      with_digest_algorithm(std::string("\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05", 10));
  KeyWorld nobody;
  nobody.source = x509::MemoryKeySource({cms::messages::identity("rsa")});
  EXPECT_EQ(open_mail(message("kekri_attributes"), nobody.options).verdict.error().rule,
            Rule::KeyNoneFits);
  EXPECT_EQ(open_mail(unknown, nobody.options).verdict.error().rule, Rule::CryptoUnknownAlgorithm);
  EXPECT_EQ(open_mail(md5, nobody.options).verdict.error().rule, Rule::SigBrokenDigest);
  nobody.options.policy.old_forms = Policy::Old::Read;
  EXPECT_EQ(open_mail(md5, nobody.options).verdict.error().rule, Rule::KeyNoneFits);
  EXPECT_EQ(outcome(unknown), "crypto.unknown-algorithm");
  EXPECT_EQ(outcome(md5), "sig.broken-digest");
}

TEST(AuthenticatedData, what_a_profile_does_not_accept_is_named) {
  auto named = [](const Policy& policy) {
    KeyWorld world;
    world.options.policy.accepted = policy.accepted;
    Opened opened = open_mail(message("kekri_attributes"), world.options);
    EXPECT_EQ(opened.content, kHello);
    std::string details;
    for (const Finding& finding : opened.verdict->findings) {
      if (finding.rule == Rule::PolicyAlgorithm) details += finding.detail + "; ";
    }
    return details;
  };
  Policy policy;
  EXPECT_EQ(named(policy), "");
  policy.accepted.digests = {Digest::Sha384};
  EXPECT_EQ(named(policy), "the MAC hmac-sha256; the digest sha256; ");
  policy.accepted.digests = {Digest::Sha256};
  EXPECT_EQ(named(policy), "");
  policy.accepted.key_management = {KeyManagement::Ecdh};
  EXPECT_EQ(named(policy), "key management by kek; ");
  policy.accepted.key_management = {KeyManagement::Kek};
  EXPECT_EQ(named(policy), "");
}

// EnvelopedData of tests/data/cms without its encryptedContent.
std::string without_content(const cms::messages::Message& parsed) {
  return std::string(as_text(asn1::encode([&](asn1::Writer& out) {
    asn1::Writer info = out.sequence();
    info.oid(cms::kEnvelopedData);
    asn1::Writer content = info.enter(asn1::constructed(0));
    asn1::Writer data = content.sequence();
    data.integer(0);
    {
      asn1::Writer set = data.set();
      for (const auto& one : parsed.enveloped.recipients) cms::write_recipient_info(set, one);
    }
    asn1::Writer encrypted = data.sequence();
    encrypted.oid(parsed.enveloped.content_type);
    parsed.enveloped.content_encryption_algorithm.write(encrypted);
  })));
}

TEST(ExternalContent, CMS59_a_ciphertext_apart_is_decrypted) {
  auto parsed = cms::messages::parsed(cms::messages::file("ktri.p7m"));
  std::string shell = without_content(parsed);
  EXPECT_EQ(outcome(shell), "cms.external-content");
  KeyWorld world;
  MemorySource ciphertext(parsed.octets);
  world.options.detached_content = &ciphertext;
  Opened opened = open_mail(shell, world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.content, kHello);
  EXPECT_TRUE(opened.has(Rule::EncUnauthenticated));
}

// A wrong micalg makes the message be read twice, and the ciphertext with it.
TEST(ExternalContent, CMS59_MIME19_a_ciphertext_apart_is_read_twice_where_the_message_is) {
  using namespace seal_testing;
  std::string mail = seal_text("From: alice@example.org\nMIME-Version: 1.0\n\nHello.\n",
                               recipe_of({sign_by("alice")}), seal_testing::options())
                         .text;
  std::size_t micalg = mail.find("sha-256");
  ASSERT_NE(micalg, std::string::npos);
  mail.replace(micalg, 7, "sha-512");
  std::string der = seal_text(mail, recipe_of({encrypt_to({"ec"}, ContentCipher::Aes256Cbc)}),
                              seal_testing::options(SealOptions::Form::Der))
                        .text;
  auto parsed = cms::messages::parsed(to_bytes(der));
  std::string shell = without_content(parsed);
  MemorySource ciphertext(parsed.octets);
  OpenOptions how;
  how.detached_content = &ciphertext;
  seal_testing::Opened opened = open_text(shell, how);
  auto found = slugs(opened.verdict.findings);
  EXPECT_NE(std::find(found.begin(), found.end(), "mime.micalg"), found.end());
  ASSERT_EQ(opened.verdict.layers.size(), 2u);
  EXPECT_EQ(opened.verdict.layers[1].signers.at(0).status, Status::Valid);
  // What cannot be read again gives no other digest.
  PipeSource pipe(parsed.octets);
  how.detached_content = &pipe;
  opened = open_text(shell, how);
  ASSERT_EQ(opened.verdict.layers.size(), 2u);
  EXPECT_NE(opened.verdict.layers[1].signers.at(0).status, Status::Valid);
}

TEST(ExternalContent, T30_what_is_wrong_with_it_is_not_told) {
  auto parsed = cms::messages::parsed(cms::messages::file("ktri.p7m"));
  std::string shell = without_content(parsed);
  for (std::size_t size :
       {std::size_t{0}, std::size_t{5}, parsed.octets.size() - 16, parsed.octets.size() - 1}) {
    KeyWorld world;
    MemorySource ciphertext(ByteView(parsed.octets).first(size));
    world.options.detached_content = &ciphertext;
    Opened opened = open_mail(shell, world.options);
    ASSERT_FALSE(opened.verdict) << size;
    EXPECT_EQ(opened.verdict.error().rule, Rule::EncFailed) << size;
    EXPECT_EQ(opened.content, "");
  }
}

// What stands behind the content is of the layer outside, although inner layers came in between.
TEST(Layers, attributes_behind_an_encryption_are_told_of_its_layer) {
  using namespace seal_testing;
  Recipe recipe = recipe_of(
      {sign_by("alice", Sign::Form::Opaque), encrypt_to({"ec"}, ContentCipher::Aes256Gcm)});
  std::string der = seal_text("octets", recipe, seal_testing::options(SealOptions::Form::Der)).text;
  Bytes attributes = asn1::encode([](asn1::Writer& out) {
    asn1::Writer set = out.enter(asn1::constructed(2));
    asn1::Writer attribute = set.sequence();
    attribute.oid(Oid::of("1.2.3.4"));
    attribute.set().null();
  });
  Limits limits;
  cms::Walk walk(as_bytes(der), limits);
  std::array<cms::Enclosing, 3> around = {cms::Enclosing::read(walk, 1).value(),
                                          cms::Enclosing::read(walk, 0).value(),
                                          cms::Enclosing::read(walk, 0).value()};
  Bytes changed = cms::resized(around, static_cast<std::int64_t>(attributes.size()));
  append(changed, walk.rest());
  append(changed, attributes);
  Verdict verdict = open_text(as_text(changed)).verdict;
  ASSERT_EQ(verdict.layers.size(), 2u);
  bool found = false;
  for (const Finding& finding : verdict.findings) {
    if (finding.rule != Rule::CmsUnprotectedAttributes) continue;
    found = true;
    EXPECT_EQ(finding.place, "layer 1");
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace bulla::testing
