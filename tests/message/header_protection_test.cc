#include "message/header_protection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace bulla {
namespace {

using State = HeaderField::State;

constexpr PayloadProtection kSigned{.is_encrypted = false, .has_valid_signature = true};
constexpr PayloadProtection kEncrypted{.is_encrypted = true, .has_valid_signature = false};
constexpr PayloadProtection kBoth{.is_encrypted = true, .has_valid_signature = true};
constexpr PayloadProtection kNothing{};

mime::Header parse(std::string_view text) {
  auto header = mime::Header::parse(as_bytes(text));
  EXPECT_TRUE(header);
  return *header;
}

std::string text(const Bytes& bytes) { return std::string(as_text(bytes)); }

ProtectedFields protect(std::string_view header, HeaderConfidentiality policy,
                        Confidentiality confidentiality) {
  return protect_fields(parse(header), policy, confidentiality);
}

const HeaderField* find(const Headers& headers, std::string_view name) {
  for (const HeaderField& field : headers.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::vector<std::string> slugs(const Findings& findings) {
  std::vector<std::string> result;
  for (const Finding& finding : findings) result.emplace_back(info(finding.rule).slug);
  return result;
}

using Slugs = std::vector<std::string>;

Slugs check(std::string_view outer_text, std::string_view payload_text,
            const PayloadProtection& protection, SignerIsFrom signer = SignerIsFrom::Yes) {
  mime::Header outer = parse(outer_text);
  Headers headers = read_headers(outer, parse(payload_text), protection);
  return slugs(check_headers(headers, outer, protection, signer));
}

constexpr std::string_view kMail =
    "Received: from a by b\n"
    "From: Alice <alice@example.net>\n"
    "To: Bob <bob@example.net>,\n"
    "\tCarol <carol@example.net>\n"
    "Bcc: dave@example.net\n"
    "Subject: Dinner plans\n"
    "Keywords: food\n"
    "Date: Fri, 21 Jan 2022 20:40:48 -0500\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\n";

TEST(ProtectFields, copies_all_fields_unchanged_when_signed_only_HP04_HP07) {
  auto fields = protect(kMail, HeaderConfidentiality::Shy, Confidentiality::Clear);
  std::string expected =
      "From: Alice <alice@example.net>\r\n"
      "To: Bob <bob@example.net>,\r\n"
      "\tCarol <carol@example.net>\r\n"
      "Subject: Dinner plans\r\n"
      "Keywords: food\r\n"
      "Date: Fri, 21 Jan 2022 20:40:48 -0500\r\n";
  EXPECT_EQ(text(fields.inner), expected);
  EXPECT_EQ(text(fields.outer), "Received: from a by b\r\n" + expected);
  EXPECT_EQ(fields.hp, "clear");
}

TEST(ProtectFields, hides_subject_and_keywords_by_baseline_HP08_HP09_HP15) {
  auto fields = protect(kMail, HeaderConfidentiality::Baseline, Confidentiality::Encrypted);
  EXPECT_EQ(text(fields.outer),
            "Received: from a by b\r\n"
            "From: Alice <alice@example.net>\r\n"
            "To: Bob <bob@example.net>,\r\n"
            "\tCarol <carol@example.net>\r\n"
            "Subject: [...]\r\n"
            "Date: Fri, 21 Jan 2022 20:40:48 -0500\r\n");
  EXPECT_EQ(text(fields.inner),
            "From: Alice <alice@example.net>\r\n"
            "To: Bob <bob@example.net>,\r\n"
            "\tCarol <carol@example.net>\r\n"
            "Subject: Dinner plans\r\n"
            "Keywords: food\r\n"
            "Date: Fri, 21 Jan 2022 20:40:48 -0500\r\n"
            "HP-Outer: From: Alice <alice@example.net>\r\n"
            "HP-Outer: To: Bob <bob@example.net>,\r\n"
            "\tCarol <carol@example.net>\r\n"
            "HP-Outer: Subject: [...]\r\n"
            "HP-Outer: Date: Fri, 21 Jan 2022 20:40:48 -0500\r\n");
  EXPECT_EQ(fields.hp, "cipher");
}

TEST(ProtectFields, shows_addresses_and_utc_alone_by_shy_HP14_HP16) {
  auto fields = protect(kMail, HeaderConfidentiality::Shy, Confidentiality::Encrypted);
  EXPECT_EQ(text(fields.outer),
            "Received: from a by b\r\n"
            "From: alice@example.net\r\n"
            "To: bob@example.net, carol@example.net\r\n"
            "Subject: [...]\r\n"
            "Date: Sat, 22 Jan 2022 01:40:48 +0000\r\n");
}

TEST(ProtectFields, leaves_an_unreadable_address_list_alone_under_shy_HP13) {
  auto fields = protect("From: a@b <c@d> e\nDate: yesterday\n", HeaderConfidentiality::Shy,
                        Confidentiality::Encrypted);
  EXPECT_EQ(text(fields.outer), "From: a@b <c@d> e\r\nDate: yesterday\r\n");
}

TEST(ProtectFields, hides_nothing_without_policy_but_states_the_outside_HP17) {
  auto fields = protect("Subject: s\n", HeaderConfidentiality::None, Confidentiality::Encrypted);
  EXPECT_EQ(text(fields.outer), "Subject: s\r\n");
  EXPECT_EQ(text(fields.inner), "Subject: s\r\nHP-Outer: Subject: s\r\n");
}

TEST(ProtectFields, drops_stale_hp_outer_and_blind_copies_HP06_HP10) {
  auto fields = protect("HP-Outer: Subject: x\nResent-Bcc: a@b\nbCC: c@d\nSubject: s\n",
                        HeaderConfidentiality::None, Confidentiality::Clear);
  EXPECT_EQ(text(fields.inner), "Subject: s\r\n");
  EXPECT_EQ(text(fields.outer), "Subject: s\r\n");
}

TEST(ProtectFields, ends_the_last_line_of_a_header_without_body) {
  auto fields = protect("Subject: s", HeaderConfidentiality::None, Confidentiality::Clear);
  EXPECT_EQ(text(fields.outer), "Subject: s\r\n");
}

TEST(ContentTypeWithHp, appends_to_the_type_as_written_HP02) {
  mime::Header header = parse("Content-Type: Multipart/Mixed;\n boundary=\"b c\"\n");
  EXPECT_EQ(text(content_type_with_hp(header, "cipher")),
            "Content-Type: Multipart/Mixed;\r\n boundary=\"b c\";\r\n hp=\"cipher\"\r\n");
  EXPECT_EQ(text(content_type_with_hp(header, "")),
            "Content-Type: Multipart/Mixed;\r\n boundary=\"b c\"\r\n");
}

TEST(ContentTypeWithHp, is_text_plain_for_a_mail_without_a_type) {
  EXPECT_EQ(text(content_type_with_hp(parse("Subject: s\n"), "clear")),
            "Content-Type: text/plain; charset=\"us-ascii\"; hp=\"clear\"\r\n");
}

TEST(ContentTypeWithHp, replaces_what_cannot_be_appended_to) {
  for (std::string_view type :
       {"text/plain; hp=cipher; charset=utf-8", "text/plain; charset=utf-8;",
        "text/plain; charset=utf-8; =", "text/plain; hp=\"clear\"; HP=cipher; charset=utf-8"}) {
    std::string line =
        text(content_type_with_hp(parse("Content-Type: " + std::string(type) + "\r\n"), "clear"));
    mime::ContentType read = parse(line).content_type();
    EXPECT_TRUE(read.is("text", "plain")) << type;
    EXPECT_EQ(read.get("hp"), "clear") << type;
    EXPECT_EQ(read.get("charset"), "utf-8") << type;
    EXPECT_TRUE(read.parameters.conflicts().empty()) << type;
    EXPECT_FALSE(read.parameters.malformed()) << type;
  }
}

constexpr std::string_view kOuter =
    "From: Alice <alice@example.net>\r\n"
    "To: Bob <bob@example.net>\r\n"
    "Subject: [...]\r\n"
    "\r\n";
constexpr std::string_view kCipher =
    "From: Alice <alice@example.net>\r\n"
    "To: Bob <bob@example.net>\r\n"
    "Subject: =?utf-8?q?D=C3=AEner?=\r\n"
    "Keywords: food\r\n"
    "HP-Outer: From:Alice  <alice@example.net>\r\n"
    "HP-Outer: to: Bob\r\n"
    " <bob@example.net>\r\n"
    "HP-Outer: Subject: [...]\r\n"
    "Content-Type: text/plain; hp=\"cipher\"\r\n"
    "\r\n";
constexpr std::string_view kClear =
    "From: Alice <alice@example.net>\r\n"
    "To: Bob <bob@example.net>\r\n"
    "Subject: Dinner\r\n"
    "Content-Type: text/plain; hp=clear\r\n"
    "\r\n";

TEST(ReadHeaders, tells_confidential_fields_from_others_HP26_HP27) {
  Headers headers = read_headers(parse(kOuter), parse(kCipher), kBoth);
  EXPECT_TRUE(headers.is_protected);
  EXPECT_EQ(headers.mode, "cipher");
  EXPECT_EQ(headers.subject, "D\u00eener");
  EXPECT_EQ(headers.from, "alice@example.net");
  ASSERT_EQ(headers.fields.size(), 4u);
  EXPECT_EQ(find(headers, "From")->state, State::SignedOnly);
  EXPECT_EQ(find(headers, "To")->state, State::SignedOnly);
  EXPECT_EQ(find(headers, "Subject")->state, State::SignedAndEncrypted);
  EXPECT_EQ(find(headers, "Subject")->outer_value, "[...]");
  EXPECT_EQ(find(headers, "Keywords")->state, State::SignedAndEncrypted);
  EXPECT_EQ(find(headers, "Keywords")->outer_value, std::nullopt);
  for (const HeaderField& field : headers.fields) EXPECT_FALSE(field.differs) << field.name;
}

TEST(ReadHeaders, lowers_the_state_without_a_valid_signature_HP29) {
  Headers headers = read_headers(parse(kOuter), parse(kCipher), kEncrypted);
  EXPECT_EQ(find(headers, "Subject")->state, State::EncryptedOnly);
  EXPECT_EQ(find(headers, "To")->state, State::Unprotected);
  EXPECT_EQ(slugs(check_headers(headers, parse(kOuter), kEncrypted, SignerIsFrom::No)), Slugs{});
}

TEST(ReadHeaders, counts_no_field_as_confidential_without_encryption) {
  Headers headers = read_headers(parse(kOuter), parse(kCipher), kSigned);
  EXPECT_EQ(find(headers, "Subject")->state, State::SignedOnly);
}

TEST(ReadHeaders, counts_no_field_as_confidential_when_hp_is_clear_HP28) {
  Headers headers = read_headers(parse(kOuter), parse(kClear), kBoth);
  EXPECT_EQ(find(headers, "Subject")->state, State::SignedOnly);
  Slugs found = slugs(check_headers(headers, parse(kOuter), kBoth, SignerIsFrom::Yes));
  EXPECT_EQ(found, (Slugs{"hp.wrong-mode", "hp.field-differs"}));
}

TEST(ReadHeaders, protects_nothing_without_hp_HP25) {
  for (std::string_view type : {"text/plain", "text/plain; hp=other", "text/plain; hp"}) {
    std::string payload = "Subject: inner\r\nFrom: x@y\r\nContent-Type: " + std::string(type);
    Headers headers = read_headers(parse(kOuter), parse(payload), kBoth);
    EXPECT_FALSE(headers.is_protected) << type;
    EXPECT_TRUE(headers.fields.empty());
    EXPECT_EQ(headers.subject, "[...]");
    EXPECT_EQ(headers.from, "alice@example.net");
    EXPECT_EQ(slugs(check_headers(headers, parse(kOuter), kBoth, SignerIsFrom::No)), Slugs{});
  }
}

TEST(ReadHeaders, does_not_decide_between_two_hp_values_T93) {
  Headers headers = read_headers(
      parse(kOuter), parse("Subject: s\r\nContent-Type: text/plain; hp=clear; hp=cipher"), kBoth);
  EXPECT_FALSE(headers.is_protected);
}

TEST(ReadHeaders, leaves_trace_and_structural_fields_out_HP05_T94) {
  Headers headers = read_headers(parse(kOuter),
                                 parse("Received: x\r\nReturn-Path: <a@b>\r\nARC-Seal: x\r\n"
                                       "MIME-Version: 1.0\r\nContent-Type: text/plain; hp=clear"),
                                 kSigned);
  EXPECT_TRUE(headers.fields.empty());
}

TEST(CheckHeaders, compares_a_clear_payload_with_the_outside_HP07) {
  constexpr std::string_view kSame =
      "from: Alice\r\n <alice@example.net>\r\nTo: Bob <bob@example.net>\r\nSubject: "
      "=?us-ascii?q?Dinner?=\r\n";
  EXPECT_EQ(check(kSame, kClear, kSigned), Slugs{});
  EXPECT_EQ(check("From: alice@example.net\r\nTo: Bob <bob@example.net>\r\nSubject: Dinner\r\n",
                  kClear, kSigned),
            Slugs{"hp.field-differs"});
  EXPECT_EQ(check("From: Alice <alice@example.net>\r\nSubject: Dinner\r\n", kClear, kSigned),
            Slugs{"hp.field-differs"});
}

TEST(CheckHeaders, compares_the_outside_with_hp_outer_when_encrypted_HP12) {
  EXPECT_EQ(check(kOuter, kCipher, kBoth), Slugs{});
  std::string subject_shown(kOuter);
  subject_shown.replace(subject_shown.find("[...]"), 5, "D=C3");
  EXPECT_EQ(check(subject_shown, kCipher, kBoth), Slugs{"hp.outer-differs"});
  std::string keywords_added = "Keywords: fish\r\n" + std::string(kOuter);
  EXPECT_EQ(check(keywords_added, kCipher, kBoth), Slugs{"hp.outer-differs"});
  std::string subject_twice = "Subject: [...]\r\n" + std::string(kOuter);
  EXPECT_EQ(check(subject_twice, kCipher, kBoth), Slugs{"hp.outer-differs"});
}

// The value begins behind the first colon and the blanks after it; names have no case.
TEST(CheckHeaders, reads_hp_outer_however_it_is_spaced_HP11) {
  constexpr std::string_view kShown = "Subject: a: b\r\nFrom: Alice <alice@example.net>\r\n";
  auto payload = [](std::string_view line) {
    return "Subject: hidden\r\nFrom: Alice <alice@example.net>\r\n" + std::string(line) +
           "\r\nHP-Outer: From: Alice <alice@example.net>\r\n"
           "Content-Type: text/plain; hp=\"cipher\"\r\n";
  };
  for (std::string_view line :
       {"HP-Outer: Subject: a: b", "HP-Outer:Subject:a: b", "hp-outer: \t SUBJECT: \t a: b"}) {
    EXPECT_EQ(check(kShown, payload(line), kBoth), Slugs{}) << line;
  }
  for (std::string_view line : {"HP-Outer: Subject: a", "HP-Outer: Subject", "HP-Outer: X: a: b"}) {
    EXPECT_EQ(check(kShown, payload(line), kBoth), Slugs{"hp.outer-differs"}) << line;
  }
}

TEST(CheckHeaders, fails_on_another_sender_unless_the_signer_is_the_inner_one_HP33_HP34) {
  std::string outer(kOuter);
  outer.replace(outer.find("alice@"), 6, "mallo@");
  EXPECT_EQ(check(outer, kCipher, kEncrypted, SignerIsFrom::No), Slugs{"hp.from-differs"});
  EXPECT_EQ(check(outer, kCipher, kBoth, SignerIsFrom::Yes), Slugs{"hp.from-differs"});
}

TEST(CheckHeaders, compares_senders_by_address_alone_HP36) {
  auto differs = [](std::string from) {
    Slugs found = check(from + "\r\n", kClear, kNothing, SignerIsFrom::No);
    return std::count(found.begin(), found.end(), "hp.from-differs") > 0;
  };
  EXPECT_FALSE(differs("From: ALICE@Example.NET"));
  EXPECT_FALSE(differs("From: \"mallory@example.net\" <alice@example.net>"));
  EXPECT_TRUE(differs("From: alice@example.net, mallory@example.net"));
  EXPECT_TRUE(differs("From: Alice <alice@example.net> <mallory@example.net>"));
  EXPECT_TRUE(differs("From: Alice <alice@example.net>\r\nFrom: mallory@example.net"));
  EXPECT_FALSE(differs("To: bob@example.net"));
}

TEST(CheckHeaders, notes_composed_fields_that_stand_outside_alone_HP31) {
  std::string outer =
      "Reply-To: list@example.net\r\nList-Id: l\r\nReceived: x\r\n" + std::string(kOuter);
  EXPECT_EQ(check(outer, kCipher, kBoth), Slugs{"hp.field-unprotected"});
}

TEST(CheckHeaders, names_the_older_scheme_of_protected_headers_HP48) {
  constexpr std::string_view kOlder =
      "Subject: Dinner\r\nContent-Type: text/plain; protected-headers=\"v1\"\r\n";
  mime::Header outer = parse("Subject: ...\r\n");
  Headers headers = read_headers(outer, parse(kOlder), kBoth);
  EXPECT_TRUE(headers.is_protected);
  EXPECT_EQ(headers.mode, "");
  EXPECT_EQ(headers.subject, "Dinner");
  EXPECT_EQ(find(headers, "Subject")->state, State::SignedAndEncrypted);
  EXPECT_EQ(slugs(check_headers(headers, outer, kBoth, SignerIsFrom::Yes)),
            Slugs{"hp.legacy-scheme"});
}

TEST(WrapsMessage, is_a_message_without_hp_HP46) {
  EXPECT_TRUE(wraps_message(parse("Content-Type: message/RFC822\r\n")));
  EXPECT_FALSE(wraps_message(parse("Content-Type: message/rfc822; hp=cipher\r\n")));
  EXPECT_FALSE(wraps_message(parse("Content-Type: message/global\r\n")));
}

TEST(ReadWrappedHeaders, takes_the_fields_of_the_message_inside_HP47) {
  mime::Header wrapped = parse("Subject: Dinner\r\nFrom: Alice <alice@example.net>\r\n");
  Headers hidden = read_wrapped_headers(parse(kOuter), wrapped, kBoth);
  EXPECT_EQ(find(hidden, "Subject")->state, State::SignedAndEncrypted);
  EXPECT_EQ(find(hidden, "From")->state, State::SignedOnly);
  EXPECT_FALSE(find(hidden, "Subject")->differs);
  Headers clear = read_wrapped_headers(parse(kOuter), wrapped, kSigned);
  EXPECT_TRUE(find(clear, "Subject")->differs);
  EXPECT_EQ(clear.subject, "Dinner");
}

TEST(MergeHeaders, puts_protected_fields_in_the_place_of_outer_ones_T94) {
  mime::Header outer = parse(
      "Received: from a\n"
      "DKIM-Signature: outer\n"
      "From: Mallory <mallory@example.net>\n"
      "Subject: [...]\n"
      "List-Id: l\n"
      "Reply-To: mallory@example.net\n"
      "MIME-Version: 1.0\n"
      "Content-Type: application/pkcs7-mime\n"
      "Content-Transfer-Encoding: base64\n"
      "\n");
  mime::Header payload = parse(
      "Return-Path: <inner@example.net>\r\n"
      "received: inner\r\n"
      "DKIM-Signature: inner\r\n"
      "Authentication-Results: inner\r\n"
      "FROM: Alice <alice@example.net>\r\n"
      "Subject: Dinner\r\n"
      "HP-Outer: Subject: [...]\r\n"
      "Content-Type: text/plain; hp=cipher\r\n"
      "\r\n");
  EXPECT_EQ(text(merge_headers(outer, payload)),
            "Received: from a\n"
            "DKIM-Signature: outer\n"
            "List-Id: l\n"
            "FROM: Alice <alice@example.net>\r\n"
            "Subject: Dinner\r\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain\r\n");
}

TEST(MergeHeaders, takes_what_steers_an_answer_from_inside_alone_HP32) {
  mime::Header outer =
      parse("Reply-To: mallory@example.net\nIn-Reply-To: <x>\nReferences: <x>\nList-Id: l\n\n");
  std::string merged = text(merge_headers(outer, parse("From: a@b\nContent-Type: a/b; hp=clear")));
  for (const char* name : {"Reply-To", "In-Reply-To", "References"}) {
    EXPECT_EQ(merged.find(name), std::string::npos) << merged;
  }
  EXPECT_NE(merged.find("List-Id: l"), std::string::npos);
}

TEST(MergeHeaders, takes_hp_off_the_type_of_a_payload_that_is_none_any_more_HP02) {
  struct Row {
    std::string_view type;
    std::string_view expected;
  };
  constexpr Row kRows[] = {
      {"Multipart/Mixed;\r\n boundary=\"b\";\r\n hp=\"clear\"",
       "Multipart/Mixed;\r\n boundary=\"b\""},
      {"text/plain; hp=cipher; charset=utf-8", "text/plain; charset=utf-8"},
      {"text/plain; name=\"a\\\"b\"; HP=\"cipher\"", "text/plain; name=\"a\\\"b\""},
      {"text/plain; hp=clear; hp=cipher", "text/plain; hp=clear; hp=cipher"},
      {"text/plain; hp=other", "text/plain; hp=other"},
  };
  for (const Row& row : kRows) {
    mime::Header payload = parse("Content-Type: " + std::string(row.type) + "\r\n");
    EXPECT_EQ(text(merge_headers(mime::Header(), payload)),
              "Content-Type: " + std::string(row.expected) + "\r\n");
  }
}

TEST(MergeHeaders, takes_no_inner_field_without_hp) {
  mime::Header outer = parse("Subject: outer\nContent-Type: multipart/signed\n\n");
  mime::Header payload =
      parse("Subject: inner\nBcc: x@y\nMIME-Version: 1.0\nContent-Type: text/html");
  EXPECT_EQ(text(merge_headers(outer, payload)),
            "Subject: outer\nMIME-Version: 1.0\nContent-Type: text/html\r\n");
}

TEST(MergeHeaders, leaves_lines_out_that_are_no_field) {
  mime::Header outer = parse("From nobody\nno field\nSubject: outer\n\n");
  EXPECT_EQ(text(merge_headers(outer, mime::Header())), "Subject: outer\n");
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return std::move(all).str();
}

std::filesystem::path vectors() {
  return std::filesystem::path(BULLA_SHARED) / "corpus" / "rfc9216-rfc9788" / "payload-only";
}

// RFC 9788 Appendix C.3.1.2: Subject is the only confidential field.
TEST(Rfc9788, reads_the_baseline_payload_of_appendix_c) {
  std::filesystem::path path = vectors() / "C.3.1.2-smime-signed-enc-hp-baseline.payload.eml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no vectors";
  mime::Header payload = parse(read_file(path));
  mime::Header outer = parse(
      "Subject: [...]\r\nMessage-ID: <smime-signed-enc-hp-baseline@example>\r\n"
      "From: Alice <alice@smime.example>\r\nTo: Bob <bob@smime.example>\r\n"
      "Date: Sat, 20 Feb 2021 10:09:02 -0500\r\nUser-Agent: Sample MUA Version 1.0\r\n\r\n");
  Headers headers = read_headers(outer, payload, kBoth);
  EXPECT_EQ(headers.mode, "cipher");
  EXPECT_EQ(headers.subject, "smime-signed-enc-hp-baseline");
  ASSERT_EQ(headers.fields.size(), 6u);
  for (const HeaderField& field : headers.fields) {
    bool is_subject = field.name == "Subject";
    EXPECT_EQ(field.state, is_subject ? State::SignedAndEncrypted : State::SignedOnly)
        << field.name;
    EXPECT_FALSE(field.differs) << field.name;
  }
  EXPECT_EQ(slugs(check_headers(headers, outer, kBoth, SignerIsFrom::Yes)), Slugs{});
}

// What we compose from the fields of Appendix C is what stands there.
TEST(Rfc9788, composes_the_fields_of_appendix_c) {
  std::filesystem::path path = vectors() / "C.3.1.2-smime-signed-enc-hp-baseline.payload.eml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no vectors";
  std::string fields;
  std::string expected;
  std::string outer;
  mime::Header payload = parse(read_file(path));
  for (const mime::Field& field : payload.fields()) {
    if (mime::is_structural(field.name)) continue;
    std::string value = field.unfolded();
    expected += std::string(field.name) + ": " + value + "\r\n";
    if (!field.is("HP-Outer")) fields += std::string(field.name) + ": " + value + "\r\n";
    if (field.is("HP-Outer")) outer += value + "\r\n";
  }
  auto composed = protect(fields, HeaderConfidentiality::Baseline, Confidentiality::Encrypted);
  EXPECT_EQ(text(composed.inner), expected);
  EXPECT_EQ(text(composed.outer), outer);
}

}  // namespace
}  // namespace bulla
