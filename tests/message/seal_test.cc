#include "bulla/seal.h"

#include <gtest/gtest.h>

#include <regex>

#include "cms/writer_support.h"
#include "message/recipe.h"
#include "message/seal_support.h"
#include "mime/canonical.h"
#include "mime/header.h"
#include "mime/parser.h"

namespace bulla {
namespace {

using cms::testing::OpenSsl;
using seal_testing::encrypt_to;
using seal_testing::open_text;
using seal_testing::Opened;
using seal_testing::person;
using seal_testing::recipe_of;
using seal_testing::refusal;
using seal_testing::seal_text;
using seal_testing::Sealed;
using seal_testing::sign_by;
using seal_testing::slugs;
using seal_testing::with_crlf;
using Slugs = std::vector<std::string>;

constexpr std::string_view kMail =
    "From: Alice <alice@example.org>\n"
    "To: Ec <ec@example.org>\n"
    "Subject: Dinner plans\n"
    "Bcc: eve@example.org\n"
    "Date: Mon, 01 Jun 2026 12:00:00 +0000\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "\n"
    "Let us eat.\n"
    "At eight.\n";
constexpr std::string_view kBody = "\nLet us eat.\nAt eight.\n";

mime::Header header_of(std::string_view text) {
  struct Reader final : mime::EntityHandler {
    mime::Header header;
    Result<mime::BodyPlan> on_header(const mime::Header& found) override {
      header = found;
      return mime::BodyPlan{};
    }
  } reader;
  mime::EntityParser parser(reader);
  EXPECT_TRUE(parser.push(as_bytes(text)));
  EXPECT_TRUE(parser.finish());
  return reader.header;
}

// The parts of a multipart as they stand.
std::vector<std::string> parts_of(std::string_view text) {
  struct Reader final : mime::EntityHandler {
    std::vector<std::string> parts;
    Result<mime::BodyPlan> on_header(const mime::Header& header) override {
      return mime::plan_body(header);
    }
    Result<void> on_part_begin(std::uint64_t) override {
      parts.emplace_back();
      return {};
    }
    Result<void> on_part(ByteView octets) override {
      parts.back() += as_text(octets);
      return {};
    }
  } reader;
  mime::EntityParser parser(reader);
  EXPECT_TRUE(parser.push(as_bytes(text)));
  EXPECT_TRUE(parser.finish());
  EXPECT_FALSE(parser.unclosed());
  return reader.parts;
}

std::string outer_value(std::string_view text, std::string_view name) {
  mime::Header header = header_of(text);
  const mime::Field* field = header.find(name);
  return field == nullptr ? "(none)" : field->unfolded();
}

std::string kinds(const Verdict& verdict) {
  std::string result;
  for (const Layer& layer : verdict.layers) {
    result += (result.empty() ? "" : " ") + std::string(name(layer.kind));
  }
  return result;
}

// What open() gives back of a mail: its fields are the inner ones, the body is the same.
void expect_opened(const Opened& opened, std::string_view body) {
  EXPECT_EQ(opened.verdict.status, Status::Valid);
  EXPECT_TRUE(opened.verdict.released);
  EXPECT_EQ(opened.verdict.headers.subject, "Dinner plans");
  EXPECT_EQ(outer_value(opened.text, "Subject"), "Dinner plans");
  EXPECT_EQ(outer_value(opened.text, "Bcc"), "(none)");
  EXPECT_EQ(header_of(opened.text).count("From"), 1u);
  EXPECT_TRUE(opened.text.ends_with(body)) << opened.text;
}

TEST(SealMail, writes_multipart_signed_around_the_entity_HP01_HP02_HP04_MIME12_MIME16) {
  std::string sealed = seal_text(kMail, recipe_of({sign_by("alice")})).text;
  EXPECT_EQ(sealed.find('\r'), std::string::npos);
  std::regex shape(
      "From: Alice <alice@example\\.org>\n"
      "To: Ec <ec@example\\.org>\n"
      "Subject: Dinner plans\n"
      "Date: Mon, 01 Jun 2026 12:00:00 \\+0000\n"
      "MIME-Version: 1\\.0\n"
      "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\\s"
      "micalg=sha-256;\\sboundary=\"(=_[0-9a-f]{32})\"\n"
      "\n"
      "--\\1\n"
      "([^]*)"
      "\n--\\1\n"
      "Content-Type: application/pkcs7-signature; name=smime\\.p7s\n"
      "Content-Transfer-Encoding: base64\n"
      "Content-Disposition: attachment; filename=smime\\.p7s\n"
      "\n"
      "[A-Za-z0-9+/=\n]+"
      "\n--\\1--\n",
      std::regex::ECMAScript);
  std::smatch match;
  std::string flat = std::regex_replace(sealed, std::regex(";\n "), "; ");
  ASSERT_TRUE(std::regex_match(flat, match, shape)) << sealed;
  EXPECT_EQ(match[2],
            "From: Alice <alice@example.org>\n"
            "To: Ec <ec@example.org>\n"
            "Subject: Dinner plans\n"
            "Date: Mon, 01 Jun 2026 12:00:00 +0000\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8; hp=\"clear\"\n"
            "\n"
            "Let us eat.\n"
            "At eight.\n");
}

TEST(SealMail, follows_the_line_ends_of_the_input) {
  Recipe recipe = recipe_of({sign_by("alice")});
  auto bare_lf = [](std::string_view text) { return std::string(text) != with_crlf(text); };
  std::string crlf_out = seal_text(with_crlf(kMail), recipe).text;
  EXPECT_FALSE(bare_lf(crlf_out));
  EXPECT_TRUE(bare_lf(seal_text(kMail, recipe).text));
  SealOptions forced = seal_testing::options();
  forced.line_ends = SealOptions::LineEnds::Crlf;
  EXPECT_FALSE(bare_lf(seal_text(kMail, recipe, forced).text));
  EXPECT_EQ(parts_of(crlf_out)[0], parts_of(seal_text(kMail, recipe, forced).text)[0]);
}

struct Form {
  std::string name;
  std::vector<Step> steps;
  std::string type;
  std::string smime_type;
  std::string suffix;
  std::string kinds;
};

std::vector<Form> forms() {
  Sign opaque = sign_by("alice", Sign::Form::Opaque);
  constexpr const char* kMime = "application/pkcs7-mime";
  return {
      {"opaque", {opaque}, kMime, "signed-data", "p7m", "signed"},
      {"enveloped",
       {sign_by("alice"), encrypt_to({"alice"})},
       kMime,
       "enveloped-data",
       "p7m",
       "enveloped signed"},
      {"enveloped_ec",
       {opaque, encrypt_to({"ec"})},
       kMime,
       "enveloped-data",
       "p7m",
       "enveloped signed"},
      {"auth_enveloped",
       {opaque, encrypt_to({"alice", "ec"}, ContentCipher::Aes256Gcm)},
       kMime,
       "authEnveloped-data",
       "p7m",
       "auth-enveloped signed"},
      {"compressed", {opaque, Compress{}}, kMime, "compressed-data", "p7z", "compressed signed"},
      {"compressed_first", {Compress{}, opaque}, kMime, "signed-data", "p7m", "signed compressed"},
      {"triple",
       {sign_by("alice"), encrypt_to({"ec"}), sign_by("alice")},
       "multipart/signed",
       "",
       "",
       "signed enveloped signed"},
      {"triple_opaque",
       {opaque, encrypt_to({"ec"}), opaque},
       kMime,
       "signed-data",
       "p7m",
       "signed enveloped signed"},
  };
}

TEST(SealMail,
     names_each_form_as_rfc_8551_does_MIME24_MIME28_MIME29_MIME39_MIME41_MIME42_MIME43_MIME47) {
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    mime::Header header = header_of(seal_text(kMail, recipe_of(form.steps)).text);
    EXPECT_EQ(header.content_type().name(), form.type);
    if (form.smime_type.empty()) continue;
    EXPECT_EQ(header.content_type().get("smime-type"), form.smime_type);
    EXPECT_EQ(header.content_type().get("name"), "smime." + form.suffix);
    EXPECT_EQ(header.content_disposition().get("filename"), "smime." + form.suffix);
    EXPECT_EQ(header.transfer_encoding(), mime::TransferEncoding::Base64);
    EXPECT_EQ(header.count("MIME-Version"), 1u);
  }
}

TEST(SealMail, opens_again_in_every_form) {
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    Opened opened = open_text(seal_text(kMail, recipe_of(form.steps)).text);
    EXPECT_EQ(kinds(opened.verdict), form.kinds);
    expect_opened(opened, kBody);
    bool hides = form.kinds.find("enveloped") != std::string::npos;
    EXPECT_EQ(opened.verdict.headers.mode, hides ? "cipher" : "clear");
  }
}

TEST(SealMail, opens_again_however_the_input_is_written) {
  struct Row {
    const char* name;
    std::string input;
    std::string body;  // after opening
  };
  const std::string start = "From: alice@example.org\nSubject: Dinner plans\n";
  const std::vector<Row> rows = {
      {"no_type", start + "\nx\n", "\n\nx\n"},
      {"no_last_line_end", start + "\nx", "\n\nx"},
      {"empty_body", start + "\n", "\n\n"},
      {"header_only", start, "\n\n"},
      {"header_without_line_end", start.substr(0, start.size() - 1), "\n\n"},
      {"multipart", start + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
       "\n\n--b\n\nx\n--b--\n"},
      {"eight_bit",
       start +
           "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\xc3\xa4\n",
       "\n\n=C3=A4\n"},
      {"boundary_like_lines", start + "\n--\n--b\n-----\n", "\n\n--\n--b\n-----\n"},
      {"mbox_line", "From alice Mon Jun  1\n" + start + "\nx\n", "\n\nx\n"},
  };
  for (const Row& row : rows) {
    for (Sign::Form form : {Sign::Form::Clear, Sign::Form::Opaque}) {
      SCOPED_TRACE(row.name);
      Recipe recipe = recipe_of({sign_by("alice", form), encrypt_to({"ec"})});
      expect_opened(open_text(seal_text(row.input, recipe).text), row.body);
      expect_opened(open_text(seal_text(row.input, recipe_of({sign_by("alice", form)})).text),
                    row.body);
    }
  }
}

TEST(SealMail, does_not_depend_on_how_the_input_is_cut) {
  // An RSA signature is the same every time, and nothing else here is random.
  Recipe recipe = recipe_of({Compress{}, sign_by("alice", Sign::Form::Opaque)});
  std::string whole = seal_text(kMail, recipe).text;
  EXPECT_EQ(seal_text(kMail, recipe, seal_testing::options(), 1).text, whole);
  EXPECT_EQ(seal_text(kMail, recipe, seal_testing::options(), 0).text, whole);
  expect_opened(open_text(whole), kBody);
}

TEST(SealMail, streams_content_of_many_chunks) {
  std::string body;
  for (int i = 0; i < 60'000; ++i) body += "line " + std::to_string(i) + " of a long letter\n";
  std::string mail = "From: alice@example.org\nSubject: Dinner plans\n\n" + body;
  mail.insert(mail.find("\n\n"), "\nContent-Transfer-Encoding: 7bit");
  for (const Form& form : forms()) {
    SCOPED_TRACE(form.name);
    expect_opened(open_text(seal_text(mail, recipe_of(form.steps)).text), "\n\n" + body);
  }
}

TEST(SealMail, hides_the_subject_and_has_one_leaf_when_encrypted_E2E11_HP01_HP17_HP18_T111) {
  for (Sign::Form form : {Sign::Form::Clear, Sign::Form::Opaque}) {
    std::string sealed =
        seal_text(kMail, recipe_of({sign_by("alice", form), encrypt_to({"ec"})})).text;
    EXPECT_EQ(outer_value(sealed, "Subject"), "[...]");
    EXPECT_EQ(sealed.find("Dinner"), std::string::npos);
    EXPECT_EQ(sealed.find("eight"), std::string::npos);
    EXPECT_EQ(sealed.find("eve@"), std::string::npos);
    EXPECT_EQ(header_of(sealed).content_type().name(), "application/pkcs7-mime");
  }
}

TEST(SealMail, keeps_the_header_outside_alone_when_protection_is_off_MIME01) {
  Recipe recipe = recipe_of({sign_by("alice")});
  recipe.header_protection = Recipe::HeaderProtection::Off;
  std::string sealed = seal_text(kMail, recipe).text;
  EXPECT_EQ(outer_value(sealed, "Subject"), "Dinner plans");
  EXPECT_EQ(parts_of(sealed)[0],
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n" + std::string(kBody));
}

TEST(SealMail, gives_every_step_the_entity_in_canonical_form_MIME03) {
  OpenOptions as_carried;
  as_carried.form = OpenOptions::Form::Content;
  for (const Step& step :
       {Step(encrypt_to({"ec"})), Step(Compress{}), Step(sign_by("alice", Sign::Form::Opaque))}) {
    std::string content = open_text(seal_text(kMail, recipe_of({step})).text, as_carried).text;
    EXPECT_TRUE(content.ends_with(with_crlf(kBody))) << content;
    EXPECT_EQ(content, with_crlf(content));
  }
}

TEST(SealMail, puts_the_fields_into_the_header_of_the_payload_itself_HP44_HP45) {
  OpenOptions as_carried;
  as_carried.form = OpenOptions::Form::Content;
  Recipe recipe = recipe_of({sign_by("alice"), encrypt_to({"ec"})});
  mime::Header payload = header_of(open_text(seal_text(kMail, recipe).text, as_carried).text);
  EXPECT_EQ(payload.content_type().name(), "text/plain");
  EXPECT_EQ(payload.content_type().get("hp"), "cipher");
  EXPECT_EQ(payload.find("Subject")->unfolded(), "Dinner plans");
  EXPECT_EQ(payload.find_all("HP-Outer").size(), 4u);  // From, To, Subject, Date
}

TEST(SealMail, protects_no_header_by_compression_alone) {
  std::string sealed = seal_text(kMail, recipe_of({Compress{}})).text;
  Opened opened = open_text(sealed);
  EXPECT_FALSE(opened.verdict.headers.is_protected);
  EXPECT_EQ(outer_value(sealed, "Subject"), "Dinner plans");
}

TEST(SealMail, writes_header_fields_in_ascii_inside_and_outside_MIME09) {
  std::string mail = "From: \"\xc3\x84lice\" <alice@example.org>\nSubject: \xc3\xbc\n\nx\n";
  std::string sealed = seal_text(mail, recipe_of({sign_by("alice")})).text;
  EXPECT_TRUE(std::all_of(sealed.begin(), sealed.end(), [](char c) { return (c & 0x80) == 0; }));
  Opened opened = open_text(sealed);
  EXPECT_EQ(opened.verdict.status, Status::Valid);
  EXPECT_EQ(opened.verdict.headers.subject, "\xc3\xbc");
}

// A message that is signed already is carried octet for octet (MIME-11).
TEST(SealMail, leaves_a_signed_message_inside_as_it_is_MIME11_MIME47) {
  std::string inner =
      "From: alice@example.org\r\n"
      "Subject: Dinner plans\r\n"
      "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
      " micalg=sha-256; boundary=b\r\n"
      "\r\n"
      "preamble \r\n--b  \r\nContent-Type: text/plain\r\n\r\nFrom here \r\n\r\n--b\r\n"
      "Content-Type: application/pkcs7-signature\r\n\r\nAAAA\r\n--b--\r\nepilogue";
  std::string sealed = seal_text(inner, recipe_of({sign_by("alice")})).text;
  std::vector<std::string> parts = parts_of(sealed);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0], inner.substr(inner.find("Content-Type")));
}

TEST(SealMail, can_be_applied_step_by_step) {
  std::string once = seal_text(kMail, recipe_of({sign_by("alice")})).text;
  std::string twice = seal_text(once, recipe_of({encrypt_to({"ec"})})).text;
  std::string thrice = seal_text(twice, recipe_of({sign_by("alice")})).text;
  Opened opened = open_text(thrice);
  EXPECT_EQ(kinds(opened.verdict), "signed enveloped signed");
  expect_opened(opened, kBody);
}

TEST(SealMail, replaces_the_protection_marks_of_an_opened_mail) {
  Recipe recipe = recipe_of({sign_by("alice"), encrypt_to({"ec"})});
  std::string opened = open_text(seal_text(kMail, recipe).text).text;
  std::string sealed = seal_text(opened, recipe_of({sign_by("alice")})).text;
  EXPECT_EQ(header_of(parts_of(sealed)[0]).content_type().get("hp"), "clear");
  expect_opened(open_text(sealed), kBody);
}

TEST(SealMail, lists_every_digest_in_micalg_MIME18) {
  Sign step = sign_by("alice");
  step.signers.push_back(sign_by("ec").signers[0]);
  step.signers[1].digest = Digest::Sha512;
  std::string sealed = seal_text(kMail, recipe_of({step})).text;
  EXPECT_EQ(header_of(sealed).content_type().get("micalg"), "sha-256,sha-512");
  EXPECT_EQ(open_text(sealed).verdict.layers[0].signers.size(), 2u);
}

TEST(SealMail, names_in_micalg_what_has_a_name_there_MIME17_MIME20) {
  struct Row {
    const char* signer;
    std::optional<Digest> digest;
    const char* micalg;
  };
  for (const Row& row :
       {Row{"alice", Digest::Sha224, "sha-224"}, Row{"alice", Digest::Sha256, "sha-256"},
        Row{"alice", Digest::Sha384, "sha-384"}, Row{"alice", Digest::Sha512, "sha-512"},
        Row{"alice", Digest::Sha3_256, "unknown"}, Row{"ed25519", {}, "sha-512"}}) {
    Sign step = sign_by(row.signer);
    step.signers[0].digest = row.digest;
    std::string sealed = seal_text(kMail, recipe_of({step})).text;
    EXPECT_EQ(header_of(sealed).content_type().get("micalg"), row.micalg);
    EXPECT_EQ(open_text(sealed).verdict.layers.at(0).signers.size(), 1u);
  }
}

TEST(SealMail, draws_a_new_boundary_for_each_message_T119) {
  Recipe recipe = recipe_of({sign_by("alice")});
  auto boundary = [&] {
    return std::string(*header_of(seal_text(kMail, recipe).text).content_type().get("boundary"));
  };
  EXPECT_NE(boundary(), boundary());
}

TEST(SealMail, is_read_by_openssl) {
  if (!OpenSsl::is_installed()) GTEST_SKIP();
  OpenSsl openssl;
  std::string data = std::string(BULLA_TEST_DATA) + "/x509/";
  for (Sign::Form form : {Sign::Form::Clear, Sign::Form::Opaque}) {
    std::string sealed = seal_text(kMail, recipe_of({sign_by("alice", form)})).text;
    EXPECT_TRUE(openssl.cms(as_bytes(sealed), {"-verify", "-inform", "SMIME", "-CAfile",
                                               data + "root.pem", "-purpose", "smimesign"}))
        << openssl.errors();
    EXPECT_TRUE(as_text(openssl.output()).ends_with(with_crlf(kBody)));
  }
  std::string sealed = seal_text(kMail, recipe_of({encrypt_to({"alice", "ec"})})).text;
  for (const std::string who : {"alice", "ec"}) {
    EXPECT_TRUE(
        openssl.cms(as_bytes(sealed), {"-decrypt", "-inform", "SMIME", "-recip",
                                       data + who + ".pem", "-inkey", data + who + ".key.pem"}))
        << openssl.errors();
    EXPECT_TRUE(as_text(openssl.output()).ends_with(with_crlf(kBody)));
  }
}

TEST(SealMail, refuses_a_header_that_others_may_read_otherwise_T95) {
  Recipe recipe = recipe_of({sign_by("alice")});
  EXPECT_EQ(refusal("Subject: a\rBcc: b@c\n\nx\n", recipe), "mime.malformed-header");
  EXPECT_EQ(refusal("Hello Bob\n\nx\n", recipe), "mime.malformed-header");
  EXPECT_EQ(refusal("Subject: a\n \nX: y\n\nx\n", recipe), "mime.malformed-header");
  EXPECT_EQ(refusal("Content-Type: text/plain\nContent-Type: text/html\n\nx\n", recipe),
            "mime.duplicate-field");
}

TEST(SealMail, obeys_the_limit_for_headers) {
  SealOptions options = seal_testing::options();
  options.limits.header_bytes = 100;
  EXPECT_EQ(refusal(kMail, recipe_of({sign_by("alice")}), options), "limit.header");
  options.limits.header_bytes = 300;  // with HP-Outer the inner header has more
  EXPECT_EQ(seal_text(kMail, recipe_of({sign_by("alice"), encrypt_to({"ec"})}), options)
                .report.steps.size(),
            2u);
}

TEST(SealMail, finishes_nothing_when_the_source_or_the_sink_fails) {
  Recipe recipe = recipe_of({sign_by("alice"), encrypt_to({"ec"})});
  for (std::size_t good = 0; good < kMail.size(); good += 7) {
    seal_testing::ChunkSource in(kMail, 7, good);
    seal_testing::WatchedSink out;
    auto report = seal(in, out, recipe, seal_testing::options());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().rule, Rule::IoRead);
    EXPECT_EQ(out.finishes(), 0u);
  }
  seal_testing::WatchedSink all;
  seal_testing::ChunkSource in(kMail);
  ASSERT_TRUE(seal(in, all, recipe, seal_testing::options()));
  for (std::size_t good = 0; good < all.writes(); ++good) {
    seal_testing::ChunkSource again(kMail);
    seal_testing::WatchedSink out(good);
    auto report = seal(again, out, recipe, seal_testing::options());
    ASSERT_FALSE(report) << good;
    EXPECT_EQ(report.error().rule, Rule::IoWrite);
    EXPECT_EQ(out.finishes(), 0u);
  }
}

TEST(SealChecks, a_recipe_has_steps_signers_and_recipients) {
  EXPECT_EQ(refusal(kMail, recipe_of({})), "config.bad");
  EXPECT_EQ(refusal(kMail, recipe_of({Sign{}})), "key.none-fits");
  EXPECT_EQ(refusal(kMail, recipe_of({Encrypt{}})), "cms.no-recipients");
}

Recipe signed_by(Identity identity) {
  Sign step = sign_by("alice");
  step.signers[0].identity = std::move(identity);
  return recipe_of({step});
}

TEST(SealChecks, a_signer_has_a_key_and_a_certificate_that_may_sign) {
  EXPECT_EQ(refusal(kMail, signed_by(person("expired", "alice"))), "cert.expired");
  EXPECT_EQ(refusal(kMail, signed_by(person("cannot_sign", "alice"))), "cert.key-usage");
  EXPECT_EQ(refusal(kMail, signed_by(person("web_only", "alice"))), "cert.extended-key-usage");
  EXPECT_EQ(refusal(kMail, signed_by(person("ec", "alice"))), "key.mismatch");
  EXPECT_EQ(refusal(kMail, signed_by({.key = person("alice").key, .certificate = {}, .chain = {}})),
            "key.no-certificate");
  EXPECT_EQ(refusal(kMail, signed_by({.key = {}, .certificate = load("alice"), .chain = {}})),
            "key.no-private-key");
  SealOptions early = seal_testing::options();
  early.at = *parse_time("2025-06-01");
  EXPECT_EQ(refusal(kMail, recipe_of({sign_by("alice")}), early), "cert.not-yet-valid");
}

TEST(SealChecks, a_recipient_may_be_encrypted_to_CERT39_T110) {
  auto encrypted_to = [](std::vector<std::string> names) {
    return refusal(kMail, recipe_of({encrypt_to(std::move(names))}));
  };
  EXPECT_EQ(encrypted_to({"alice", "expired"}), "enc.expired-recipient");
  EXPECT_EQ(encrypted_to({"web_only"}), "enc.key-usage");
  EXPECT_EQ(encrypted_to({"ed25519"}), "enc.key-usage");
  EXPECT_EQ(encrypted_to({"pss"}), "enc.key-usage");
}

TEST(SealChecks, obeys_the_limits_for_recipients_and_signers) {
  SealOptions options = seal_testing::options();
  options.limits.recipients = 1;
  EXPECT_EQ(refusal(kMail, recipe_of({encrypt_to({"alice", "ec"})}), options), "limit.recipients");
  EXPECT_FALSE(seal_text(kMail, recipe_of({encrypt_to({"alice"})}), options).text.empty());
  options.limits.signers = 0;
  EXPECT_EQ(refusal(kMail, recipe_of({sign_by("alice")}), options), "limit.signers");

  options = seal_testing::options();
  Encrypt many = encrypt_to({"alice"});
  auto kek = std::make_shared<const Secret>(32);
  for (std::size_t i = 0; i < options.limits.recipients; ++i) {
    many.keks.push_back({.key_identifier = to_bytes(std::to_string(i)), .kek = kek});
  }
  EXPECT_EQ(refusal(kMail, recipe_of({many}), options), "limit.recipients");
  ++options.limits.recipients;
  EXPECT_FALSE(seal_text(kMail, recipe_of({many}), options).text.empty());
}

TEST(SealChecks, names_short_keys_and_weak_ciphers_ALG70_CHOOSE15) {
  Encrypt step = encrypt_to({"short"}, ContentCipher::TripleDesCbc);
  EXPECT_EQ(slugs(seal_text(kMail, recipe_of({step})).report.findings),
            (Slugs{"enc.weak-key", "enc.weak-cipher"}));
  EXPECT_EQ(slugs(seal_text(kMail, recipe_of({encrypt_to({"alice"})})).report.findings), Slugs{});
}

TEST(SealChecks, order_and_repetition_of_recipients_tell_nothing_T112) {
  auto names = [](std::vector<std::string> recipients) {
    std::vector<std::string> result;
    auto plan = plan_encrypt(encrypt_to(recipients), seal_testing::options());
    EXPECT_TRUE(plan);
    for (const auto& recipient : plan->options.recipients) {
      result.push_back(recipient.certificate.subject());
    }
    return result;
  };
  EXPECT_EQ(names({"alice", "ec", "alice"}), names({"ec", "alice"}));
  EXPECT_EQ(names({"ec", "alice"}).size(), 2u);
}

TEST(SealReport, says_what_was_chosen_CHOOSE16) {
  Recipe recipe = recipe_of({sign_by("ec"), Compress{}, encrypt_to({"alice"})});
  EXPECT_EQ(seal_text(kMail, recipe).report.steps,
            (std::vector<std::string>{
                "signed by CN=Ec,O=Bulla Test: ECDSA with SHA-256",
                "compressed with zlib",
                "encrypted with aes-256-cbc for 1 recipient: CN=Alice Lovelace,O=Bulla Test",
            }));
}

TEST(SealReport, names_short_keys_of_signers_ALG68) {
  std::string mail = "From: short@example.org\n\nx\n";
  Sealed sealed = seal_text(mail, recipe_of({sign_by("short")}));
  EXPECT_EQ(slugs(sealed.report.findings), Slugs{"sig.weak-key-accepted"});
  EXPECT_EQ(slugs(seal_text(kMail, recipe_of({sign_by("alice")})).report.findings), Slugs{});
}

TEST(SealReport, names_an_author_for_whom_no_signer_is_CERT10) {
  struct Row {
    const char* header;
    const char* certificate;  // with alice's key
    Slugs expected;
  };
  for (const Row& row : {
           Row{"From: Alice <ALICE@example.org>\n", "alice", {}},
           Row{"From: bob@example.org\n", "alice", {"address.from-differs"}},
           Row{"From: alice@example.org, bob@example.org\n", "alice", {"address.from-differs"}},
           Row{"From: bob@example.org\nSender: alice@example.org\n", "alice", {}},
           Row{"From: alice@example.org\n", "no_address", {"address.none-in-certificate"}},
           Row{"Subject: x\n", "alice", {}},
       }) {
    Sign step = sign_by("alice");
    step.signers[0].identity = person(row.certificate, "alice");
    Sealed sealed = seal_text(std::string(row.header) + "\nx\n", recipe_of({step}));
    EXPECT_EQ(slugs(sealed.report.findings), row.expected) << row.header;
    for (const Finding& finding : sealed.report.findings) {
      EXPECT_EQ(finding.severity, Severity::Warning);
    }
  }
}

TEST(SealReport, names_keks_and_tells_no_password) {
  Encrypt step;
  step.keks.push_back(
      {.key_identifier = {0x0a, 0x1b}, .kek = std::make_shared<const Secret>(std::size_t{32})});
  step.passwords.push_back(std::make_shared<const Secret>(as_bytes("tr0ub4dor")));
  EXPECT_EQ(seal_text(kMail, recipe_of({step})).report.steps[0],
            "encrypted with aes-256-cbc for 2 recipients: key 0a1b; a password");
}

TEST(SealBare, leaves_the_octets_as_they_are) {
  std::string octets = "no header\nbare LF, NUL \0 and \xff";
  octets += '\0';
  for (Step step :
       {Step(sign_by("alice", Sign::Form::Opaque)), Step(encrypt_to({"ec"})), Step(Compress{})}) {
    Sealed sealed =
        seal_text(octets, recipe_of({step}), seal_testing::options(SealOptions::Form::Der));
    EXPECT_EQ(sealed.text[0], '\x30');
    EXPECT_EQ(open_text(sealed.text).text, octets);
  }
}

TEST(SealBare, detaches_a_clear_signature_MIME21) {
  std::string octets = "signed elsewhere\n";
  std::string sealed = seal_text(octets, recipe_of({sign_by("alice")}),
                                 seal_testing::options(SealOptions::Form::Der))
                           .text;
  EXPECT_EQ(sealed.find(octets), std::string::npos);
  MemorySource content(as_bytes(octets));
  OpenOptions how;
  how.detached_content = &content;
  how.policy.address = Policy::Address::Ignore;
  EXPECT_EQ(open_text(sealed, how).verdict.status, Status::Valid);
}

TEST(SealBare, nests_steps_as_entities_MIME23) {
  std::string octets = "some octets";
  Recipe recipe = recipe_of({sign_by("alice"), encrypt_to({"ec"})});
  std::string sealed =
      seal_text(octets, recipe, seal_testing::options(SealOptions::Form::Der)).text;
  Opened opened = open_text(sealed);
  EXPECT_EQ(kinds(opened.verdict), "enveloped signed");
  EXPECT_EQ(opened.text, octets);
}

TEST(SealBare, writes_pem_with_64_columns) {
  std::string octets(1000, 'x');
  Recipe recipe = recipe_of({sign_by("alice", Sign::Form::Opaque)});
  SealOptions pem = seal_testing::options(SealOptions::Form::Pem);
  std::string sealed = seal_text(octets, recipe, pem).text;
  std::regex shape(
      "-----BEGIN CMS-----\n([A-Za-z0-9+/]{64}\n)+([A-Za-z0-9+/=]{1,64}\n)?-----END CMS-----\n");
  EXPECT_TRUE(std::regex_match(sealed, shape)) << sealed;
  EXPECT_EQ(open_text(sealed).text, octets);
  EXPECT_EQ(seal_text(octets, recipe, pem, 1).text, sealed);
  pem.line_ends = SealOptions::LineEnds::Crlf;
  EXPECT_EQ(seal_text(octets, recipe, pem).text, with_crlf(sealed));
}

}  // namespace
}  // namespace bulla
