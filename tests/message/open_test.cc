#include "bulla/open.h"

#include <gtest/gtest.h>

#include "message/people.h"

namespace bulla::testing {
namespace {

constexpr char kMail[] =
    "From: Alice <alice@example.org>\r\nTo: ec@example.org\r\nSubject: Secret plan\r\n"
    "Date: Mon, 1 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=outer\r\n\r\n"
    "--outer\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nHello Bob\r\n"
    "--outer\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "AAECAwQF\r\n--outer--\r\n";

std::string to_lf(std::string text) {
  std::string result;
  for (char c : text) {
    if (c != '\r') result += c;
  }
  return result;
}

Recipe seal_recipe() { return {.steps = {sign_as("alice", "alice"), encrypt_to("ec")}}; }

TEST(Open, a_sealed_mail_is_valid_and_whole_again) {
  World world;
  std::string sealed = seal_mail(kMail, seal_recipe());
  EXPECT_EQ(sealed.find("Secret plan"), std::string::npos);
  Opened opened = open_mail(sealed, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  ASSERT_TRUE(opened.verdict);
  EXPECT_TRUE(opened.verdict->released);
  EXPECT_TRUE(opened.verdict->headers.is_protected);
  EXPECT_EQ(opened.verdict->headers.subject, "Secret plan");
  EXPECT_NE(opened.content.find("Subject: Secret plan\r\n"), std::string::npos) << opened.content;
  EXPECT_NE(opened.content.find("Hello Bob"), std::string::npos);
  ASSERT_EQ(opened.verdict->layers.size(), 2u);
  EXPECT_EQ(opened.verdict->layers[0].kind, Layer::Kind::Enveloped);
  EXPECT_EQ(opened.verdict->layers[1].kind, Layer::Kind::Signed);
  EXPECT_EQ(opened.verdict->layers[1].signers.at(0).matched_address, "alice@example.org");
}

TEST(Open, MIME38_MIME45_MIME48_every_nesting_opens) {
  World world;
  auto sign = [](Sign::Form form) { return sign_as("alice", "alice", form); };
  std::vector<Recipe> recipes = {
      {.steps = {sign(Sign::Form::Clear)}},
      {.steps = {sign(Sign::Form::Opaque)}},
      {.steps = {sign(Sign::Form::Opaque), encrypt_to("alice")}},
      {.steps = {sign(Sign::Form::Clear), encrypt_to("ec", ContentCipher::Aes256Gcm)}},
      {.steps = {sign(Sign::Form::Clear), encrypt_to("ec"), sign(Sign::Form::Opaque)}},
      {.steps = {sign(Sign::Form::Opaque), encrypt_to("ec"), sign(Sign::Form::Clear)}},
      {.steps = {sign(Sign::Form::Opaque), encrypt_to("ec"), sign(Sign::Form::Opaque)}},
      {.steps = {sign(Sign::Form::Clear), encrypt_to("ec"), sign(Sign::Form::Clear)}},
      {.steps = {Compress{}, sign(Sign::Form::Clear)}},
      {.steps = {sign(Sign::Form::Clear), Compress{}, encrypt_to("ec")}},
      {.steps = {encrypt_to("ec"), sign(Sign::Form::Clear)}},
  };
  for (std::size_t i = 0; i < recipes.size(); ++i) {
    std::string sealed = seal_mail(kMail, recipes[i]);
    // The last one is signed by who need not know what is in it (MIME-46).
    Status expected = i + 1 == recipes.size() ? Status::Indeterminate : Status::Valid;
    for (std::size_t chunk : {std::size_t{1}, std::size_t{0}, sealed.size()}) {
      ChunkedSource source(as_bytes(sealed), chunk);
      Opened opened = open_from(source, world.options);
      EXPECT_EQ(opened.status(), expected) << "recipe " << i << ": " << opened.text();
      EXPECT_NE(opened.content.find("Hello Bob"), std::string::npos) << "recipe " << i;
    }
  }
}

TEST(Open, MIME13_lf_files_verify_and_come_out_with_lf) {
  World world;
  for (auto form : {Sign::Form::Clear, Sign::Form::Opaque}) {
    std::string sealed = to_lf(seal_mail(kMail, {.steps = {sign_as("alice", "alice", form)}}));
    Opened opened = open_mail(sealed, world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
    EXPECT_EQ(opened.content.find('\r'), std::string::npos);
    world.options.line_ends = OpenOptions::LineEnds::Crlf;
    opened = open_mail(sealed, world.options);
    EXPECT_NE(opened.content.find("Hello Bob\r\n"), std::string::npos);
    world.options.line_ends = OpenOptions::LineEnds::AsInput;
  }
}

TEST(Open, T80_CERT09_a_signer_that_is_not_the_sender_is_invalid) {
  World world;
  std::string signed_mail = seal_mail(kMail, {.steps = {sign_as("ec", "ec")}});
  Opened opened = open_mail(signed_mail, world.options);
  EXPECT_EQ(opened.status(), Status::Invalid);
  EXPECT_TRUE(opened.has(Rule::AddressFromDiffers)) << opened.text();
  EXPECT_NE(opened.text().find("ec@example.org"), std::string::npos);
  EXPECT_EQ(opened.content, "");
  world.options.policy.release = Policy::Release::Any;
  EXPECT_NE(open_mail(signed_mail, world.options).content, "");
}

TEST(Open, T81_CERT11_two_senders_need_two_signers) {
  World world;
  std::string mail = kMail;
  mail.replace(0, mail.find("\r\n"), "From: alice@example.org, ec@example.org");
  Opened one = open_mail(seal_mail(mail, {.steps = {sign_as("alice", "alice")}}), world.options);
  EXPECT_EQ(one.status(), Status::Invalid) << one.text();
  Sign both = sign_as("alice", "alice");
  both.signers.push_back({.identity = identity("ec", "ec"), .digest = {}});
  Opened two = open_mail(seal_mail(mail, {.steps = {both}}), world.options);
  EXPECT_EQ(two.status(), Status::Valid) << two.text();
}

TEST(Open, T11_CMS32_a_foreign_signer_neither_validates_nor_spoils) {
  World world;
  Sign both = sign_as("ec", "ec");
  both.signers.push_back({.identity = identity("alice", "alice"), .digest = {}});
  Opened opened = open_mail(seal_mail(kMail, {.steps = {both}}), world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_TRUE(opened.has(Rule::SigSeveralSigners));
}

TEST(Open, T02_CMS15_CMS68_no_bit_flip_passes_and_none_releases) {
  World world;
  std::vector<Recipe> recipes = {seal_recipe(),
                                 {.steps = {sign_as("alice", "alice")}},
                                 {.steps = {sign_as("ec", "ec", Sign::Form::Opaque),
                                            encrypt_to("ec", ContentCipher::Aes128Gcm)}}};
  std::string mail = kMail;
  for (std::size_t r = 0; r < recipes.size(); ++r) {
    if (r == 2) mail.replace(0, mail.find("\r\n"), "From: ec@example.org");
    std::string sealed = seal_mail(mail, recipes[r]);
    std::string good = open_mail(sealed, world.options).content;
    ASSERT_NE(good, "");
    std::size_t body = sealed.find("\r\n\r\n") + 4;
    for (std::size_t at = body; at < sealed.size(); at += 7) {
      std::string bad = sealed;
      bad[at] = static_cast<char>(bad[at] ^ 4);
      Opened opened = open_mail(bad, world.options);
      // What nothing protects (a delimiter, an epilogue) may change, the content not.
      bool harmless = opened.status() == Status::Valid && opened.content == good;
      bool refused = opened.status() == Status::Invalid && opened.content.empty();
      bool unknown =
          opened.status() == Status::Indeterminate || opened.status() == Status::Unprotected;
      EXPECT_TRUE(harmless || refused || unknown)
          << "recipe " << r << " at " << at << opened.text();
    }
  }
}

TEST(Open, T156_no_truncation_is_valid) {
  World world;
  for (auto recipe : {seal_recipe(), Recipe{.steps = {sign_as("alice", "alice")}},
                      Recipe{.steps = {sign_as("alice", "alice", Sign::Form::Opaque)}}}) {
    std::string sealed = seal_mail(kMail, recipe);
    std::string whole = sealed.substr(0, sealed.find_last_not_of("\r\n") + 1);
    for (std::size_t size = 1; size < whole.size(); size += 5) {
      Opened opened = open_mail(std::string_view(whole).substr(0, size), world.options);
      EXPECT_NE(opened.status(), Status::Valid) << size << " of " << whole.size() << opened.text();
      bool is_protected =
          opened.verdict && (opened.verdict->is_signed() || opened.verdict->is_encrypted());
      EXPECT_TRUE(!is_protected || opened.content.empty()) << size;
    }
  }
}

TEST(Open, T01_E2E06_MIME51_an_encrypted_part_of_an_unprotected_mail_is_left_alone) {
  World world;
  std::string sealed = seal_mail(kMail, {.steps = {encrypt_to("ec")}});
  std::string part = sealed.substr(sealed.find("Content-Type: application/pkcs7-mime"));
  std::string mail =
      "From: mallory@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
      "boundary=m\r\n\r\n--m\r\nContent-Type: text/html\r\n\r\n<img "
      "src=\"http://x.test/\r\n--m\r\n" +
      part + "\r\n--m\r\nContent-Type: text/html\r\n\r\n\">\r\n--m--\r\n";
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(opened.status(), Status::Indeterminate) << opened.text();
  EXPECT_TRUE(opened.has(Rule::MimeErrantEncrypted));
  EXPECT_TRUE(opened.has(Rule::MimePartlyProtected));
  EXPECT_EQ(opened.content, mail);
  world.options.part = "2";
  Opened alone = open_mail(mail, world.options);
  EXPECT_NE(alone.content.find("Hello Bob"), std::string::npos) << alone.text();
}

TEST(Open, a_part_that_is_not_there_is_answered_with_those_that_are) {
  World world;
  auto answer = [&](const std::string& part) {
    world.options.part = part;
    Opened opened = open_mail(kMail, world.options);
    EXPECT_TRUE(opened.has(Rule::IoUsage)) << opened.text();
    EXPECT_EQ(opened.content, "");
    return opened.verdict ? std::string() : opened.verdict.error().detail;
  };
  EXPECT_EQ(answer("3"), "there is no part 3: the message has 1 to 2");
  EXPECT_EQ(answer("x"), "there is no part x: the message has 1 to 2");
  EXPECT_EQ(answer("2.1"), "there is no part 2.1: part 2 has no parts");
}

TEST(Open, T85_E2E03_E2E05_a_footer_makes_the_mail_partly_protected) {
  World world;
  std::string signed_mail = seal_mail(kMail, {.steps = {sign_as("alice", "alice")}});
  std::string part = signed_mail.substr(signed_mail.find("Content-Type: multipart/signed"));
  std::string mail =
      "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
      "boundary=list\r\n\r\n--list\r\n" +
      part + "\r\n--list\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--list--\r\n";
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(opened.status(), Status::Indeterminate) << opened.text();
  EXPECT_TRUE(opened.has(Rule::MimePartlyProtected));
  ASSERT_EQ(opened.verdict->layers.size(), 1u);
  EXPECT_TRUE(opened.verdict->layers[0].errant);
  EXPECT_EQ(opened.verdict->layers[0].place, "1");
  EXPECT_FALSE(opened.verdict->is_signed());
  EXPECT_EQ(opened.content, mail);
  EXPECT_EQ(opened.verdict->layers[0].signers.at(0).status, Status::Valid);
}

TEST(Open, E2E02_E2E07_a_signed_message_that_is_forwarded_has_a_status_of_its_own) {
  World world;
  std::string inner = seal_mail(kMail, {.steps = {sign_as("alice", "alice")}});
  std::string forwarded =
      "From: ec@example.org\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=fwd\r\n\r\n--fwd\r\n"
      "Content-Type: message/rfc822\r\n\r\n" +
      inner + "\r\n--fwd--\r\n";
  Opened opened = open_mail(seal_mail(forwarded, {.steps = {sign_as("ec", "ec")}}), world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  ASSERT_EQ(opened.verdict->layers.size(), 2u);
  EXPECT_FALSE(opened.verdict->layers[0].errant);
  EXPECT_EQ(opened.verdict->layers[0].signers.at(0).matched_address, "ec@example.org");
  EXPECT_TRUE(opened.verdict->layers[1].errant);
  EXPECT_EQ(opened.verdict->headers.from, "ec@example.org");
  // A forged one inside does not spoil the message around it, nor a good one save it.
  std::size_t text = forwarded.find("Hello Bob");
  std::string forged = forwarded;
  forged.replace(text, 5, "Hallo");
  opened = open_mail(seal_mail(forged, {.steps = {sign_as("ec", "ec")}}), world.options);
  EXPECT_EQ(opened.verdict->layers[0].signers.at(0).status, Status::Valid) << opened.text();
  EXPECT_EQ(opened.verdict->layers[1].signers.at(0).status, Status::Invalid);
  EXPECT_EQ(open_mail(forwarded, world.options).status(), Status::Indeterminate);
}

TEST(Open, E2E17_armor_in_the_text_of_a_mail_is_text) {
  World world;
  SealOptions pem{.at = kNow, .limits = {}, .form = SealOptions::Form::Pem};
  Recipe recipe{.steps = {sign_as("alice", "alice", Sign::Form::Opaque)}};
  std::string mail = "From: alice@example.org\n\n" + seal_mail("Hello Bob\n", recipe, pem);
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(opened.status(), Status::Unprotected) << opened.text();
  EXPECT_TRUE(opened.verdict->layers.empty());
}

TEST(Open, E2E23_a_certificate_that_has_expired_since_still_opens_its_mail) {
  World world;
  Time then = *parse_time("2020-06-01");
  std::string mail =
      seal_mail(kMail, {.steps = {encrypt_to("expired")}}, {.at = then, .limits = {}});
  auto keys = make_key_source({identity("expired", "alice")});
  world.options.keys = keys.get();
  EXPECT_NE(open_mail(mail, world.options).content.find("Hello Bob"), std::string::npos);
}

// The mail with its micalg parameter replaced.
std::string with_micalg(std::string mail, const std::string& value) {
  std::size_t micalg = mail.find("micalg=");
  EXPECT_NE(micalg, std::string::npos);
  return mail.replace(micalg, mail.find_first_of(";\r", micalg) - micalg, value);
}

TEST(Open, MIME19_a_wrong_micalg_is_found_by_reading_again) {
  World world;
  Sign sha512 = sign_as("alice", "alice");
  sha512.signers[0].digest = Digest::Sha512;
  std::string changed = with_micalg(seal_mail(kMail, {.steps = {sha512}}), "micalg=md5");
  Opened opened = open_mail(changed, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_TRUE(opened.has(Rule::MimeMicalg));
  EXPECT_NE(opened.content.find("Hello Bob"), std::string::npos);
  PipeSource pipe(as_bytes(changed));
  Opened once = open_from(pipe, world.options);
  EXPECT_TRUE(once.has(Rule::SigDigestNotAnnounced)) << once.text();
  EXPECT_EQ(once.status(), Status::Indeterminate);
}

TEST(Open, MIME19_a_missing_or_unknown_micalg_needs_one_pass_alone) {
  World world;
  Sign sha384 = sign_as("alice", "alice");
  sha384.signers[0].digest = Digest::Sha384;
  std::string mail = seal_mail(kMail, {.steps = {sha384}});
  for (std::string value : {"micalg=unknown", "x=y"}) {
    std::string changed = with_micalg(mail, value);
    PipeSource pipe(as_bytes(changed));
    Opened opened = open_from(pipe, world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << value << opened.text();
  }
}

TEST(Open, CMS67_MIME39_encryption_alone_says_nothing_of_the_sender) {
  World world;
  Opened cbc = open_mail(seal_mail(kMail, {.steps = {encrypt_to("ec")}}), world.options);
  EXPECT_EQ(cbc.status(), Status::Indeterminate);
  EXPECT_TRUE(cbc.has(Rule::EncUnauthenticated)) << cbc.text();
  Opened gcm = open_mail(seal_mail(kMail, {.steps = {encrypt_to("ec", ContentCipher::Aes256Gcm)}}),
                         world.options);
  EXPECT_TRUE(gcm.has(Rule::EncSenderUnknown)) << gcm.text();
  EXPECT_FALSE(gcm.has(Rule::EncUnauthenticated));
}

TEST(Open, promise_3_unsigned_mail_is_unprotected_never_good) {
  World world;
  Opened opened = open_mail(kMail, world.options);
  EXPECT_EQ(opened.status(), Status::Unprotected) << opened.text();
  EXPECT_EQ(opened.content, "");
  world.options.policy.require = Policy::Require::Nothing;
  EXPECT_EQ(open_mail(kMail, world.options).content, kMail);
}

TEST(Open, the_verifier_sees_an_encrypted_mail_and_lets_it_be) {
  World world;
  world.options.keys = nullptr;
  world.options.policy.require = Policy::Require::Signed;
  Opened opened = open_mail(seal_mail(kMail, seal_recipe()), world.options);
  EXPECT_TRUE(opened.verdict->requirement_missed) << opened.text();
  EXPECT_EQ(opened.verdict->layers.at(0).recipients.size(), 1u);
  EXPECT_EQ(opened.content, "");
}

TEST(Open, decrypt_takes_off_the_encryption_only) {
  World world;
  world.options.peel = OpenOptions::Peel::EncryptionOnly;
  Opened opened = open_mail(seal_mail(kMail, seal_recipe()), world.options);
  ASSERT_NE(opened.content.find("multipart/signed"), std::string::npos) << opened.text();
  world.options.peel = OpenOptions::Peel::All;
  Opened verified = open_mail(opened.content, world.options);
  EXPECT_EQ(verified.status(), Status::Valid) << verified.text();
}

TEST(Open, no_key_that_fits_is_named) {
  World world;
  auto keys = make_key_source({identity("alice", "alice")});
  world.options.keys = keys.get();
  Opened opened = open_mail(seal_mail(kMail, seal_recipe()), world.options);
  EXPECT_TRUE(opened.has(Rule::KeyNoneFits)) << opened.text();
}

TEST(Open, bare_cms_nests_and_gives_its_octets_back) {
  World world;
  std::string octets("\x00\x01\nno mail\r\n\xff", 13);
  SealOptions der{.at = kNow, .limits = {}, .form = SealOptions::Form::Der};
  SealOptions pem{.at = kNow, .limits = {}, .form = SealOptions::Form::Pem};
  Recipe recipe{.steps = {sign_as("alice", "alice", Sign::Form::Opaque), encrypt_to("ec")}};
  for (const SealOptions& form : {der, pem}) {
    Opened opened = open_mail(seal_mail(octets, recipe, form), world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
    EXPECT_EQ(opened.content, octets);
    EXPECT_TRUE(opened.has(Rule::AddressNotChecked));
  }
}

TEST(Open, pem_labels_of_cms_are_read_and_others_are_not) {
  World world;
  SealOptions pem{.at = kNow, .limits = {}, .form = SealOptions::Form::Pem};
  Recipe recipe{.steps = {sign_as("alice", "alice", Sign::Form::Opaque)}};
  std::string sealed = seal_mail("octets", recipe, pem);
  auto labelled = [&](const std::string& label) {
    std::string text = sealed;
    for (std::size_t at = 0; (at = text.find(" CMS-----", at)) != text.npos; ++at) {
      text.replace(at + 1, 3, label);
    }
    return text;
  };
  for (const char* label : {"PKCS7", "SIGNED MESSAGE", "ENCRYPTED MESSAGE"}) {
    Opened opened = open_mail(labelled(label), world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << label << "\n" << opened.text();
  }
  EXPECT_TRUE(open_mail(labelled("CERTIFICATE"), world.options).has(Rule::CmsContentType));
}

// Counts how often it was read to its end, and may be another content each time.
class ChangingSource final : public Source {
 public:
  explicit ChangingSource(std::vector<std::string> contents) : contents_(std::move(contents)) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    const std::string& content = contents_[std::min(begun_, contents_.size() - 1)];
    std::size_t count = std::min(buffer.size(), content.size() - position_);
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(position_), count, buffer.begin());
    position_ += count;
    if (count == 0) ++readings;
    return count;
  }
  Result<bool> rewind() override {
    if (position_ > 0) ++begun_;
    position_ = 0;
    return true;
  }
  std::size_t readings = 0;

 private:
  std::vector<std::string> contents_;
  std::size_t begun_ = 0;
  std::size_t position_ = 0;
};

TEST(Open, T12_detached_content_is_hashed_as_it_is_or_as_text) {
  World world;
  SealOptions der{.at = kNow, .limits = {}, .form = SealOptions::Form::Der};
  auto sign = [&](const std::string& content) {
    return seal_mail(content, {.steps = {sign_as("alice", "alice")}}, der);
  };
  std::string octets = std::string("\n\0\r\n\xff", 5);
  std::string text = "line\r\nline\r\n";
  std::string unix_text = "line\nline\n";
  struct Case {
    std::string signed_octets;
    std::string given;
    std::size_t readings;
  };
  for (const Case& one : {Case{octets, octets, 1}, Case{text, text, 1}, Case{text, unix_text, 2}}) {
    std::string signature = sign(one.signed_octets);
    ChangingSource source({one.given});
    world.options.detached_content = &source;
    Opened opened = open_mail(signature, world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
    EXPECT_EQ(opened.content, one.given);
    EXPECT_EQ(source.readings, one.readings);
    PipeSource pipe(as_bytes(one.given));
    world.options.detached_content = &pipe;
    opened = open_mail(signature, world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
    EXPECT_EQ(opened.content, one.given);
  }
}

TEST(Open, T12_detached_content_that_changes_between_two_readings_is_not_valid) {
  World world;
  SealOptions der{.at = kNow, .limits = {}, .form = SealOptions::Form::Der};
  std::string signature = seal_mail("line\r\n", {.steps = {sign_as("alice", "alice")}}, der);
  for (const char* later : {"line\n", "line\r\n"}) {
    ChangingSource source({"evil\n", later});
    world.options.detached_content = &source;
    Opened opened = open_mail(signature, world.options);
    EXPECT_EQ(opened.status(), Status::Invalid) << opened.text();
    EXPECT_TRUE(opened.has(Rule::SigDigestMismatch)) << opened.text();
    EXPECT_EQ(opened.content, "");
    EXPECT_EQ(source.readings, 2u);
  }
}

TEST(Open, T12_CMS14_detached_content_comes_from_one_place) {
  World world;
  SealOptions der{.at = kNow, .limits = {}, .form = SealOptions::Form::Der};
  std::string content = "line\nline\n";
  std::string detached = seal_mail(content, {.steps = {sign_as("alice", "alice")}}, der);
  EXPECT_TRUE(open_mail(detached, world.options).has(Rule::CmsDetachedWithoutContent));
  MemorySource good(as_bytes(content));
  world.options.detached_content = &good;
  Opened opened = open_mail(detached, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_EQ(opened.content, content);
  MemorySource evil(as_bytes("evil"));
  world.options.detached_content = &evil;
  EXPECT_TRUE(open_mail(detached, world.options).has(Rule::SigDigestMismatch));
  std::string attached =
      seal_mail(content, {.steps = {sign_as("alice", "alice", Sign::Form::Opaque)}}, der);
  MemorySource same(as_bytes(content));
  world.options.detached_content = &same;
  Opened twice = open_mail(attached, world.options);
  EXPECT_TRUE(twice.has(Rule::CmsContentTwice)) << twice.text();
  EXPECT_EQ(twice.status(), Status::Invalid);
}

TEST(Open, HP30_changes_of_the_outer_header_are_reported) {
  World world;
  std::string sealed = seal_mail(kMail, seal_recipe());
  std::size_t subject = sealed.find("Subject: ");
  std::string changed = sealed;
  changed.replace(subject, changed.find("\r\n", subject) - subject, "Subject: Pay now");
  Opened opened = open_mail(changed, world.options);
  EXPECT_TRUE(opened.has(Rule::HpOuterDiffers)) << opened.text();
  EXPECT_EQ(opened.verdict->headers.subject, "Secret plan");
}

// On the layer outside, and on a part inside: neither is the root of the payload.
TEST(Open, HP03_HP10_marks_elsewhere_than_at_the_payload_root_say_nothing) {
  World world;
  std::string mail = kMail;
  std::string part = "Content-Type: text/plain; charset=us-ascii";
  mail.replace(mail.find(part), part.size(),
               part + "; hp=\"clear\"\r\nSubject: Another\r\nHP-Outer: Subject: Secret plan");
  Recipe recipe{.steps = {sign_as("alice", "alice")},
                .header_protection = Recipe::HeaderProtection::Off};
  std::string sealed = seal_mail(mail, recipe);
  std::string type = "multipart/signed;";
  sealed.replace(sealed.find(type), type.size(), type + " hp=\"clear\";");
  sealed.insert(0, "HP-Outer: Subject: Another\r\n");
  Opened opened = open_mail(sealed, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_FALSE(opened.verdict->headers.is_protected);
  EXPECT_EQ(opened.verdict->headers.subject, "Secret plan");
}

TEST(Open, HP33_a_spoofed_outer_from_does_not_become_the_sender) {
  World world;
  std::string sealed = seal_mail(kMail, seal_recipe());
  sealed.replace(sealed.find("alice@example.org"), 17, "mallory@evil.test");
  Opened opened = open_mail(sealed, world.options);
  EXPECT_TRUE(opened.has(Rule::HpFromDiffers)) << opened.text();
  EXPECT_EQ(opened.status(), Status::Indeterminate);
  EXPECT_EQ(opened.verdict->headers.from, "alice@example.org");
  EXPECT_EQ(opened.content.find("mallory"), std::string::npos);
  auto nobody = make_trust_store({});
  world.options.trust = nobody.get();
  Opened unknown = open_mail(sealed, world.options);
  EXPECT_TRUE(unknown.has(Rule::HpFromDiffers)) << unknown.text();
  EXPECT_EQ(unknown.status(), Status::Invalid);
}

// A message in the ways before RFC 9788, whose header inside is `inner`.
std::string older_mail(const std::string& from, const std::string& inner, const std::string& type) {
  std::string outer = "From: " + from + "\r\nSubject: outside\r\nMIME-Version: 1.0\r\n";
  if (type == "message/rfc822") {
    return outer + "Content-Type: message/rfc822\r\n\r\n" + inner + "\r\nbody\r\n";
  }
  return "MIME-Version: 1.0\r\n" + inner + "Content-Type: " + type + "\r\n\r\nbody\r\n";
}

// Signed by `signer`; `from` stands outside whatever is signed.
std::string sign_older(const std::string& signer, const std::string& from, const std::string& inner,
                       const std::string& type) {
  Recipe recipe{.steps = {sign_as(signer, signer, Sign::Form::Opaque)},
                .headers = HeaderConfidentiality::None,
                .header_protection = Recipe::HeaderProtection::Off};
  if (type == "message/rfc822") return seal_mail(older_mail(from, inner, type), recipe);
  SealOptions der{.at = kNow, .limits = {}, .form = SealOptions::Form::Der};
  std::string cms = seal_mail(older_mail(from, inner, type), recipe, der);
  Bytes body = to_bytes("From: " + from +
                        "\r\nSubject: outside\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
                        "Content-Transfer-Encoding: binary\r\n\r\n");
  append(body, as_bytes(cms));
  return std::string(as_text(body));
}

TEST(Open, HP46_HP48_another_From_by_an_older_scheme_is_never_valid) {
  World world;
  for (const char* type : {"message/rfc822", "text/plain; protected-headers=\"v1\""}) {
    std::string inner = "From: Mallory <mallory@evil.test>\r\nSubject: inside\r\n";
    Opened outer_signer =
        open_mail(sign_older("alice", "alice@example.org", inner, type), world.options);
    EXPECT_TRUE(outer_signer.has(Rule::HpLegacyScheme)) << outer_signer.text();
    EXPECT_TRUE(outer_signer.has(Rule::HpFieldDiffers)) << outer_signer.text();
    EXPECT_TRUE(outer_signer.has(Rule::HpFromDiffers)) << outer_signer.text();
    EXPECT_EQ(outer_signer.status(), Status::Indeterminate) << type;
    ASSERT_TRUE(outer_signer.verdict);
    EXPECT_EQ(outer_signer.verdict->headers.from, "alice@example.org");
    Opened inner_signer = open_mail(
        sign_older("ec", "alice@example.org", "From: ec@example.org\r\n", type), world.options);
    EXPECT_TRUE(inner_signer.has(Rule::HpFromDiffers)) << inner_signer.text();
    EXPECT_TRUE(inner_signer.has(Rule::AddressFromDiffers)) << inner_signer.text();
    EXPECT_EQ(inner_signer.status(), Status::Invalid) << type;
  }
}

TEST(Open, HP46_HP48_the_same_address_by_an_older_scheme_is_valid) {
  World world;
  for (const char* type : {"message/rfc822", "text/plain; protected-headers=\"v1\""}) {
    std::string inner = "From: =?utf-8?q?Doe=2C_A?= <ALICE@example.org>\r\nSubject: inside\r\n";
    Opened opened =
        open_mail(sign_older("alice", "Alice <alice@example.org>", inner, type), world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
    EXPECT_TRUE(opened.has(Rule::HpLegacyScheme)) << opened.text();
    EXPECT_FALSE(opened.has(Rule::HpFromDiffers)) << opened.text();
  }
}

// Fails at the read with this number.
class FailingSource final : public Source {
 public:
  FailingSource(ByteView bytes, std::size_t fail_at) : inner_(bytes, 64), fail_at_(fail_at) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    if (count_++ == fail_at_) return failure(Rule::IoRead);
    return inner_.read(buffer);
  }

 private:
  ChunkedSource inner_;
  std::size_t fail_at_;
  std::size_t count_ = 0;
};

// Fails at the write with this number, or at finish().
class FailingSink final : public Sink {
 public:
  explicit FailingSink(std::size_t fail_at) : fail_at_(fail_at) {}
  Result<void> write(ByteView) override {
    return count_++ == fail_at_ ? failure(Rule::IoWrite) : Result<void>();
  }
  Result<void> finish() override {
    if (count_ <= fail_at_) return failure(Rule::IoWrite);
    finished = true;
    return {};
  }
  bool finished = false;

 private:
  std::size_t fail_at_;
  std::size_t count_ = 0;
};

TEST(Open, T132_a_source_that_fails_anywhere_gives_its_error_and_no_content) {
  World world;
  std::string sealed = seal_mail(kMail, seal_recipe());
  std::size_t reads = sealed.size() / 64 + 1;
  for (std::size_t at = 0; at <= reads; ++at) {
    FailingSource source(as_bytes(sealed), at);
    Opened opened = open_from(source, world.options);
    EXPECT_TRUE(opened.has(Rule::IoRead)) << at << opened.text();
    EXPECT_EQ(opened.content, "");
  }
}

TEST(Open, T132_a_sink_that_fails_anywhere_gives_its_error_and_is_not_finished) {
  World world;
  std::string sealed = seal_mail(kMail, seal_recipe());
  for (std::size_t at = 0; at < 12; ++at) {
    MemorySource source(as_bytes(sealed));
    FailingSink sink(at);
    auto verdict = open(source, sink, world.options);
    ASSERT_FALSE(verdict) << at;
    EXPECT_EQ(verdict.error().rule, Rule::IoWrite);
    EXPECT_FALSE(sink.finished);
  }
}

TEST(Open, ATTR12_CERT45_certificates_of_signers_are_judged_at_the_time_given) {
  World world;
  std::string mail = seal_mail(kMail, {.steps = {sign_as("alice", "alice")}});
  world.options.at = *parse_time("2130-01-01");
  Opened late = open_mail(mail, world.options);
  EXPECT_TRUE(late.has(Rule::CertExpired)) << late.text();
  EXPECT_EQ(late.status(), Status::Invalid);
  world.options.at = kNow;
  auto nobody = make_trust_store({});
  world.options.trust = nobody.get();
  Opened unknown = open_mail(mail, world.options);
  EXPECT_EQ(unknown.status(), Status::Indeterminate);
  EXPECT_TRUE(unknown.has(Rule::PathNoRoot)) << unknown.text();
}

}  // namespace
}  // namespace bulla::testing
