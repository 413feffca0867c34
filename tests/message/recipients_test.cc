#include "bulla/recipients.h"

#include "message/seal_support.h"
#include "mime/base64.h"
#include "x509/memory_key_source.h"

namespace bulla {
namespace {

using namespace seal_testing;

const std::string kMail =
    "From: alice@example.org\nTo: ec@example.org\nSubject: hello\nMIME-Version: 1.0\n"
    "Content-Type: text/plain\n\nHello.\n";

struct Changed {
  std::string error = "ok";
  std::string text;
  SealReport report;
};

Changed change(std::string_view text, const RecipientChange& what, const Limits& limits = {}) {
  Changed first;
  for (std::size_t chunk : {~std::size_t{0}, std::size_t{1}}) {
    ChunkSource in(text, chunk);
    WatchedSink out;
    auto report = change_recipients(in, out, what, {.at = now(), .limits = limits});
    Changed changed;
    if (report) {
      changed.report = *report;
      changed.text = out.text();
    } else {
      changed.error = std::string(info(report.error().rule).slug);
    }
    EXPECT_EQ(out.finishes(), report ? 1u : 0u);
    if (chunk != 1) first = changed;
    EXPECT_EQ(changed.error, first.error);
  }
  return first;
}

struct Keys {
  x509::MemoryKeySource keys{{person("alice"), person("ec")}};
};

AddRecipients add(const KeySource& keys, const std::vector<std::string>& names) {
  return {.recipients = encrypt_to(names), .keys = &keys};
}

std::string slug_of_list(std::string_view text) {
  ChunkSource in(text);
  auto list = list_recipients(in);
  return list ? "ok" : std::string(info(list.error().rule).slug);
}

std::vector<std::string> kinds(std::string_view text) {
  ChunkSource in(text);
  auto list = list_recipients(in);
  std::vector<std::string> result;
  if (!list) {
    ADD_FAILURE() << describe(list.error());
    return result;
  }
  for (const RecipientVerdict& recipient : list->recipients) result.push_back(recipient.kind);
  std::sort(result.begin(), result.end());
  return result;
}

// Opens with the key of one person alone.
std::string read_by(const std::string& name, std::string_view text) {
  auto keys = make_key_source({person(name)});
  ChunkSource in(text);
  MemorySink out;
  OpenOptions how;
  how.at = now();
  how.keys = keys.get();
  how.peel = OpenOptions::Peel::EncryptionOnly;
  how.policy.require = Policy::Require::Encrypted;
  auto verdict = open(in, out, how);
  if (!verdict) return std::string(info(verdict.error().rule).slug);
  return std::string(as_text(out.bytes()));
}

using Kinds = std::vector<std::string>;

TEST(Recipients, adds_to_mail_and_the_new_one_reads_it) {
  Keys own;
  for (auto cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm}) {
    std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"}, cipher)})).text;
    Changed changed = change(sealed, add(own.keys, {"alice"}));
    ASSERT_EQ(changed.error, "ok");
    EXPECT_EQ(kinds(changed.text), (Kinds{"kari", "ktri"}));
    EXPECT_EQ(read_by("alice", changed.text), read_by("ec", sealed));
    EXPECT_EQ(read_by("ec", changed.text), read_by("ec", sealed));
    EXPECT_EQ(read_by("alice", sealed), "key.none-fits");
    EXPECT_EQ(changed.report.steps.size(), 1u);
  }
}

TEST(Recipients, the_content_key_that_others_are_derived_from_is_given) {
  Keys own;
  Encrypt step = encrypt_to({"ec"}, ContentCipher::Aes256Gcm);
  step.content_key = Encrypt::ContentKey::Derived;
  std::string sealed = seal_text(kMail, recipe_of({step})).text;
  Changed changed = change(sealed, add(own.keys, {"alice"}));
  EXPECT_EQ(read_by("alice", changed.text), read_by("ec", sealed));
}

// The form stays: DER, PEM, base64 alone, mail with LF or CRLF and in binary.
TEST(Recipients, a_message_keeps_its_form) {
  Keys own;
  Recipe recipe = recipe_of({encrypt_to({"ec"})});
  std::string der = seal_text("octets", recipe, options(SealOptions::Form::Der)).text;
  std::string pem = seal_text("octets", recipe, options(SealOptions::Form::Pem)).text;
  MemorySink base64;
  mime::Base64Encoder encoder(base64);
  ASSERT_TRUE(encoder.write(as_bytes(der)) && encoder.finish());
  std::string binary =
      "Subject: x\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
      "Content-Transfer-Encoding: binary\r\n\r\n" +
      der;
  std::string mail = seal_text(kMail, recipe).text;
  for (const std::string& text :
       {der, pem, std::string(as_text(base64.bytes())), binary, mail, with_crlf(mail)}) {
    Changed changed = change(text, add(own.keys, {"alice"}));
    ASSERT_EQ(changed.error, "ok") << text.substr(0, 40);
    EXPECT_EQ(changed.text.substr(0, 1), text.substr(0, 1));
    if (text != der && text != binary) {  // in DER the two octets come by chance
      EXPECT_EQ(changed.text.find("\r\n") == std::string::npos,
                text.find("\r\n") == std::string::npos);
    }
    EXPECT_EQ(kinds(changed.text), (Kinds{"kari", "ktri"}));
    EXPECT_NE(read_by("alice", changed.text)
                  .find(text == mail || text == with_crlf(mail) ? "Hello." : "octets"),
              std::string::npos);
  }
}

TEST(Recipients, quoted_printable_becomes_base64_and_a_noted_length_goes) {
  Keys own;
  std::string der =
      seal_text("octets", recipe_of({encrypt_to({"ec"})}), options(SealOptions::Form::Der)).text;
  std::string body;
  for (char c : der) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    auto octet = static_cast<std::uint8_t>(c);
    body += std::string("=") + kDigits[octet >> 4] + kDigits[octet & 15];
    if (body.size() % 76 > 70) body += "=\n";
  }
  std::string mail =
      "Subject: x\nContent-Length: 17\nContent-Type: application/pkcs7-mime\n"
      "Content-Transfer-Encoding: quoted-printable\nX-Last: 1\n\n" +
      body;
  Changed changed = change(mail, add(own.keys, {"alice"}));
  ASSERT_EQ(changed.error, "ok");
  EXPECT_EQ(changed.text.substr(0, changed.text.find("\n\n")),
            "Subject: x\nContent-Type: application/pkcs7-mime\n"
            "Content-Transfer-Encoding: base64\nX-Last: 1");
  EXPECT_EQ(read_by("alice", changed.text), read_by("ec", mail));
}

TEST(Recipients, who_is_one_already_is_passed_over) {
  Keys own;
  own.keys.add_kek(as_bytes("k1"), Bytes(32, 1));
  AddRecipients both = add(own.keys, {"alice", "ec"});
  both.recipients.keks.push_back({to_bytes("k1"), std::make_shared<const Secret>(Bytes(32, 1))});
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  Changed once = change(sealed, both);
  ASSERT_EQ(once.error, "ok");
  EXPECT_EQ(kinds(once.text), (Kinds{"kari", "kekri", "ktri"}));
  Changed twice = change(once.text, both);
  EXPECT_EQ(twice.text, once.text);
  EXPECT_EQ(twice.report.steps.size(), 3u);
}

// The cipher was chosen by whoever encrypted the message; how the new one gets the key was not.
TEST(Recipients, what_is_reported_is_about_the_new_one) {
  Keys keys;
  std::string mail = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  SealReport report = change(mail, add(keys.keys, {"short"})).report;
  ASSERT_EQ(report.choices.size(), 1u);
  EXPECT_EQ(report.choices[0].what, AlgorithmChoice::What::KeyTransport);
  EXPECT_EQ(slugs(report.findings), std::vector<std::string>{"enc.weak-key"});
}

TEST(Recipients, removes_by_certificate_and_by_number) {
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec", "alice"})})).text;
  Changed by_name =
      change(sealed, RemoveRecipients{.certificates = {load("alice")}, .numbers = {}});
  EXPECT_EQ(kinds(by_name.text), Kinds{"kari"});
  EXPECT_EQ(read_by("alice", by_name.text), "key.none-fits");
  EXPECT_EQ(read_by("ec", by_name.text), read_by("ec", sealed));
  Changed first = change(sealed, RemoveRecipients{.certificates = {}, .numbers = {1}});
  Changed second = change(sealed, RemoveRecipients{.certificates = {}, .numbers = {2, 2}});
  EXPECT_EQ(kinds(first.text).size() + kinds(second.text).size(), 2u);
  EXPECT_NE(kinds(first.text), kinds(second.text));
  RemoveRecipients nobody{.certificates = {load("other")}, .numbers = {}};
  EXPECT_EQ(change(sealed, nobody).error, "key.none-fits");
  EXPECT_EQ(change(sealed, RemoveRecipients{.certificates = {}, .numbers = {3}}).error, "io.usage");
  EXPECT_EQ(change(sealed, RemoveRecipients{.certificates = {}, .numbers = {1, 2}}).error,
            "cms.no-recipients");
}

// Keys of one curve are in one RecipientInfo; only the one that is meant goes.
TEST(Recipients, removes_one_key_of_an_agreement) {
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec", "not_ca"})})).text;
  ASSERT_EQ(kinds(sealed), (Kinds{"kari", "kari"}));
  Changed changed =
      change(sealed, RemoveRecipients{.certificates = {load("not_ca")}, .numbers = {}});
  EXPECT_EQ(kinds(changed.text), Kinds{"kari"});
  EXPECT_EQ(read_by("ec", changed.text), read_by("ec", sealed));
  Changed none = change(sealed, RemoveRecipients{.certificates = {}, .numbers = {1, 2}});
  EXPECT_EQ(none.error, "cms.no-recipients");
}

TEST(Recipients, only_an_encrypted_message_has_some) {
  EXPECT_EQ(slug_of_list(kMail), "policy.absent");
  EXPECT_EQ(slug_of_list(seal_text(kMail, recipe_of({sign_by("alice")})).text), "policy.absent");
  auto opaque = recipe_of({encrypt_to({"ec"}), sign_by("alice", Sign::Form::Opaque)});
  EXPECT_EQ(slug_of_list(seal_text(kMail, opaque).text), "policy.absent");
  EXPECT_EQ(slug_of_list(""), "io.no-input");
  std::string two_types = "Content-Type: application/pkcs7-mime\nContent-Type: text/plain\n\nMII\n";
  EXPECT_EQ(slug_of_list(two_types), "mime.duplicate-field");
  std::string unknown =
      "Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: x-new\n\nMII\n";
  EXPECT_EQ(slug_of_list(unknown), "mime.unknown-encoding");
}

TEST(Recipients, without_a_key_nobody_is_added) {
  auto none = make_key_source({person("alice")});
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  EXPECT_EQ(change(sealed, add(*none, {"alice"})).error, "key.none-fits");
}

// A mailing list's footer would be lost: it is not base64, and nobody encrypted it.
TEST(Recipients, a_body_that_is_not_all_base64_is_left_alone) {
  Keys own;
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  EXPECT_EQ(change(sealed + "__\n", add(own.keys, {"alice"})).error, "mime.bad-base64");
}

TEST(Recipients, a_cut_message_gives_nothing) {
  Keys own;
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  for (std::size_t size = 1; size < sealed.size() - 4; size += 37) {
    EXPECT_NE(change(sealed.substr(0, size), add(own.keys, {"alice"})).error, "ok") << size;
  }
}

TEST(Recipients, there_are_no_more_than_a_reader_takes) {
  Keys own;
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  Limits limits;
  limits.recipients = 1;
  EXPECT_EQ(change(sealed, add(own.keys, {"alice"}), limits).error, "limit.recipients");
}

TEST(Recipients, a_sink_that_fails_is_told) {
  Keys own;
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"ec"})})).text;
  for (std::size_t good = 0; good < 8; ++good) {
    ChunkSource in(sealed, 100);
    WatchedSink out(good);
    auto report = change_recipients(in, out, add(own.keys, {"alice"}), {.at = now()});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().rule, Rule::IoWrite);
    EXPECT_EQ(out.finishes(), 0u);
  }
}

}  // namespace
}  // namespace bulla
