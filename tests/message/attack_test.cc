// Attacks that once got through: a sender who did not write the content, a sender who is
// shown and was not judged, work without bound, and failures that tell more than they must.
#include <gtest/gtest.h>

#include "message/people.h"

namespace bulla::testing {
namespace {

constexpr char kText[] =
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nHello Bob\r\n";

std::string mail_from(const std::string& from, const std::string& rest = kText) {
  return "From: " + from + "\r\nTo: ec@example.org\r\nSubject: Plan\r\n" + rest;
}

// As other programs write it: without header protection.
Recipe plain(std::vector<Step> steps) {
  return {.steps = std::move(steps), .header_protection = Recipe::HeaderProtection::Off};
}

TEST(Attack, MIME46_T92_who_signs_a_ciphertext_is_not_its_author) {
  World world;
  std::string stolen =
      seal_mail(mail_from("ec@example.org"), plain({encrypt_to("ec"), sign_as("ec", "ec")}));
  Opened opened = open_mail(stolen, world.options);
  EXPECT_EQ(opened.status(), Status::Indeterminate) << opened.text();
  EXPECT_TRUE(opened.has(Rule::EncUnauthenticated)) << opened.text();
  std::string gcm =
      seal_mail(mail_from("ec@example.org"),
                plain({encrypt_to("ec", ContentCipher::Aes256Gcm), sign_as("ec", "ec")}));
  opened = open_mail(gcm, world.options);
  EXPECT_EQ(opened.status(), Status::Indeterminate) << opened.text();
  EXPECT_TRUE(opened.has(Rule::EncSenderUnknown)) << opened.text();
}

TEST(Attack, MIME46_T92_another_signer_inside_does_not_make_it_so) {
  World world;
  for (auto protection : {Recipe::HeaderProtection::Off, Recipe::HeaderProtection::On}) {
    Recipe recipe = plain({sign_as("alice", "alice"), encrypt_to("ec"), sign_as("ec", "ec")});
    recipe.header_protection = protection;
    Opened wrapped = open_mail(seal_mail(mail_from("ec@example.org"), recipe), world.options);
    EXPECT_EQ(wrapped.status(), Status::Indeterminate) << wrapped.text();
    Opened inside = open_mail(seal_mail(mail_from("alice@example.org"), recipe), world.options);
    EXPECT_EQ(inside.status(), Status::Valid) << inside.text();
  }
}

TEST(Attack, MIME46_the_verifier_judges_the_signature_on_the_ciphertext) {
  World world;
  world.options.keys = nullptr;
  std::string mail =
      seal_mail(mail_from("ec@example.org"), plain({encrypt_to("ec"), sign_as("ec", "ec")}));
  EXPECT_EQ(open_mail(mail, world.options).status(), Status::Valid);
}

TEST(Attack, T11_a_foreign_signer_without_a_path_is_not_shown_as_valid) {
  World world;
  Sign both = sign_as("alice", "alice");
  both.signers.push_back({.identity = identity("self_signed", "alice"), .digest = {}});
  Opened opened =
      open_mail(seal_mail(mail_from("alice@example.org"), plain({both})), world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  ASSERT_TRUE(opened.verdict);
  std::size_t valid = 0;
  for (const SignerVerdict& signer : opened.verdict->layers.at(0).signers) {
    if (signer.status != Status::Valid) continue;
    ++valid;
    EXPECT_EQ(signer.matched_address, "alice@example.org");
  }
  EXPECT_EQ(valid, 1u);
}

TEST(Attack, T93_a_part_is_shown_with_the_sender_it_was_judged_by) {
  World world;
  std::string part = seal_mail(mail_from("ec@example.org"), {.steps = {sign_as("alice", "alice")}});
  ASSERT_NE(part.find("hp="), std::string::npos);
  std::string mail = mail_from("alice@example.org",
                               "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                               "boundary=around\r\n\r\n--around\r\n" +
                                   part + "\r\n--around--\r\n");
  world.options.part = "1";
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_NE(opened.content.find("From: alice@example.org"), std::string::npos) << opened.content;
  EXPECT_EQ(opened.content.find("From: ec@example.org"), std::string::npos) << opened.content;
}

TEST(Attack, T93_a_protected_header_without_From_leaves_the_outer_one_to_be_judged) {
  World world;
  std::string without = mail_from("x");
  without.erase(0, without.find('\n') + 1);
  std::string sealed = seal_mail(without, {.steps = {sign_as("ec", "ec")}});
  ASSERT_NE(sealed.find("hp="), std::string::npos);
  Opened opened = open_mail("From: alice@example.org\r\n" + sealed, world.options);
  EXPECT_EQ(opened.status(), Status::Invalid) << opened.text();
  EXPECT_TRUE(opened.has(Rule::AddressFromDiffers)) << opened.text();
  EXPECT_EQ(opened.content, "");
}

TEST(Attack, T83_a_lone_cr_in_the_header_hides_no_other_From) {
  World world;
  std::string sealed = seal_mail(mail_from("ec@example.org"), plain({sign_as("ec", "ec")}));
  EXPECT_EQ(open_mail(sealed, world.options).status(), Status::Valid);
  Opened opened = open_mail("X-A: b\rFrom: alice@example.org\r\n" + sealed, world.options);
  EXPECT_EQ(opened.status(), Status::Invalid) << opened.text();
  EXPECT_TRUE(opened.has(Rule::AddressAmbiguous)) << opened.text();
}

// What bulla itself would not write: made by tests/data/attack/make.sh.
std::string made(const std::string& name) {
  Bytes file = read_file(std::string(BULLA_TEST_DATA) + "/attack/" + name + ".eml");
  return std::string(as_text(file));
}

TEST(Attack, T83_nor_does_a_lone_cr_inside) {
  World world;
  Opened opened = open_mail(made("lone_cr_inside"), world.options);
  EXPECT_EQ(opened.status(), Status::Invalid) << opened.text();
  EXPECT_TRUE(opened.has(Rule::AddressAmbiguous)) << opened.text();
}

TEST(Attack, T93_the_From_of_the_verdict_is_the_one_that_was_judged) {
  World world;
  Opened opened = open_mail(made("older_scheme"), world.options);
  ASSERT_TRUE(opened.verdict) << opened.text();
  EXPECT_EQ(opened.verdict->layers.at(0).signers.at(0).matched_address, "alice@example.org");
  EXPECT_EQ(opened.verdict->headers.from, "alice@example.org") << opened.text();
  EXPECT_NE(opened.content.find("From: alice@example.org"), std::string::npos) << opened.content;
}

TEST(Attack, promise_9_more_senders_than_signers_are_not_compared) {
  World world;
  auto with_senders = [](std::size_t count) {
    std::string from = "alice@example.org";
    for (std::size_t i = 1; i < count; ++i) from += ",\r\n alice@example.org";
    return seal_mail(mail_from(from), plain({sign_as("alice", "alice")}));
  };
  std::size_t limit = world.options.limits.signers;
  Opened most = open_mail(with_senders(limit), world.options);
  EXPECT_EQ(most.status(), Status::Valid) << most.text();
  Opened more = open_mail(with_senders(limit + 1), world.options);
  EXPECT_EQ(more.status(), Status::Invalid);
  EXPECT_TRUE(more.has(Rule::AddressAmbiguous)) << more.text();
}

class CountingSource final : public Source {
 public:
  explicit CountingSource(ByteView bytes) : inner_(bytes) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    auto count = inner_.read(buffer.first(std::min<std::size_t>(buffer.size(), 1'024)));
    if (count) taken += *count;
    return count;
  }
  std::size_t taken = 0;

 private:
  MemorySource inner_;
};

// A ciphertext whose content is no good multipart/signed, followed by a lot of text.
std::string broken_inside(ContentCipher cipher) {
  std::string rest =
      "MIME-Version: 1.0\r\nContent-Type: multipart/signed; micalg=sha-256; boundary=q;\r\n"
      " protocol=\"application/pkcs7-signature\"\r\n\r\n--q\r\n\r\na\r\n"
      "--q\r\nContent-Type: text/plain\r\n\r\n";
  for (int i = 0; i < 2'000; ++i) rest += "a line of text\r\n";
  return seal_mail(mail_from("alice@example.org", rest + "--q--\r\n"),
                   plain({encrypt_to("ec", cipher)}),
                   {.at = kNow, .limits = {}, .form = SealOptions::Form::Der});
}

TEST(Attack, T30_a_failure_inside_is_told_when_all_is_decrypted) {
  World world;
  std::string cbc = broken_inside(ContentCipher::Aes256Cbc);
  CountingSource source(as_bytes(cbc));
  Opened opened = open_from(source, world.options);
  EXPECT_TRUE(opened.has(Rule::EncFailed)) << opened.text();
  EXPECT_EQ(source.taken, cbc.size());
  // Behind a tag that fits it may be named.
  Opened gcm = open_mail(broken_inside(ContentCipher::Aes256Gcm), world.options);
  EXPECT_TRUE(gcm.has(Rule::MimeSignedParts)) << gcm.text();
}

TEST(Attack, T30_what_stands_behind_a_ciphertext_does_not_tell_whether_it_opened) {
  World world;
  std::string cbc = seal_mail(mail_from("alice@example.org"), plain({encrypt_to("ec")}),
                              {.at = kNow, .limits = {}, .form = SealOptions::Form::Der});
  ASSERT_TRUE(open_mail(cbc, world.options).verdict);
  std::string bad_padding = cbc;
  bad_padding[cbc.size() - 20] ^= 1;
  for (const std::string& message : {cbc, bad_padding}) {
    Opened opened = open_mail(message + "more", world.options);
    EXPECT_TRUE(opened.has(Rule::EncFailed)) << opened.text();
  }
}

}  // namespace
}  // namespace bulla::testing
