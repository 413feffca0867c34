#include "bulla/convert.h"

#include <algorithm>

#include "crypto/digest.h"
#include "message/seal_support.h"
#include "message/wrapping.h"

namespace bulla {
namespace {

using namespace seal_testing;

const std::string kMail =
    "Received: by relay\nFrom: alice@example.org\nTo: ec@example.org\nSubject: hello\n"
    "MIME-Version: 1.0\nContent-Type: text/plain\nX-Last: 1\n\nHello.\n-- \nFrom here on\n";

struct Converted {
  std::string error = "ok";
  std::string text;
  SealReport report;
};

Converted to_form(std::string_view text, Sign::Form form, const Limits& limits = {}) {
  MemorySource in(as_bytes(text));
  WatchedSink out;
  auto report = convert(in, out, form, {.limits = limits});
  EXPECT_EQ(out.finishes(), report ? 1u : 0u);
  if (!report) return {std::string(info(report.error().rule).slug), {}, {}};
  return {"ok", out.text(), *report};
}

std::string status_of(std::string_view text) {
  return std::string(name(open_text(text).verdict.status));
}

std::string signed_as(Sign::Form form, std::string_view mail = kMail) {
  return seal_text(mail, recipe_of({sign_by("alice", form)})).text;
}

constexpr auto kClear = Sign::Form::Clear;
constexpr auto kOpaque = Sign::Form::Opaque;

Sign::Form other(Sign::Form form) { return form == kClear ? kOpaque : kClear; }

// There and back: what came out verifies, and what comes back is what was.
void expect_round_trip(const std::string& mail, Sign::Form form) {
  Converted there = to_form(mail, other(form));
  ASSERT_EQ(there.error, "ok");
  EXPECT_TRUE(there.report.findings.empty());
  EXPECT_EQ(status_of(there.text), status_of(mail));
  EXPECT_EQ(open_text(there.text).verdict.layers.at(0).form,
            form == kClear ? Layer::Form::Opaque : Layer::Form::Clear);
  Converted back = to_form(there.text, form);
  ASSERT_EQ(back.error, "ok");
  EXPECT_EQ(back.text, mail);
}

TEST(Convert, the_signature_holds_in_both_forms_and_the_way_back_is_exact) {
  for (Sign::Form form : {kClear, kOpaque}) {
    std::string mail = signed_as(form);
    ASSERT_EQ(status_of(mail), "valid");
    expect_round_trip(mail, form);
    expect_round_trip(signed_as(form, with_crlf(kMail)), form);
  }
}

// Twice there and back: the record is of the last form alone.
TEST(Convert, as_often_as_one_likes) {
  std::string mail = signed_as(kClear);
  std::string opaque = to_form(mail, kOpaque).text;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(to_form(to_form(mail, kOpaque).text, kClear).text, mail);
    EXPECT_EQ(to_form(mail, kOpaque).text, opaque);
    mail = to_form(opaque, kClear).text;
  }
}

TEST(Convert, what_has_the_form_comes_out_unchanged) {
  for (Sign::Form form : {kClear, kOpaque}) {
    std::string mail = signed_as(form);
    Converted same = to_form(mail, form);
    EXPECT_EQ(same.text, mail);
    EXPECT_EQ(same.report.steps.size(), 1u);
  }
}

// Preamble, epilogue, blanks behind delimiters, lines of base64 of another length, a field
// between the Content- fields, Content-Length.
TEST(Convert, unusual_writing_is_restored) {
  std::string mail = signed_as(kClear);
  std::string boundary = mail.substr(mail.find("boundary=\"") + 10, 35);
  std::string odd = mail;
  auto replace = [&](std::string_view from, std::string_view to) {
    std::size_t at = odd.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    odd.replace(at, from.size(), to);
  };
  replace("\n\n--=_", "\n\nThis is signed.\n\n--=_");
  replace("MIME-Version", "Content-Length: 12345\nMIME-Version");
  odd += "An epilogue\nwithout an end";
  ASSERT_EQ(status_of(odd), "valid");
  expect_round_trip(odd, kClear);

  std::string opaque = signed_as(kOpaque);
  std::size_t body = opaque.find("\n\n") + 2;
  std::string digits = opaque.substr(body);
  std::erase(digits, '\n');
  for (std::size_t width : {4u, 60u, 64u, 72u, 76u, 900u}) {
    std::string again = opaque.substr(0, body);
    for (std::size_t at = 0; at < digits.size(); at += width)
      again += digits.substr(at, width) + "\n";
    expect_round_trip(again, kOpaque);
    expect_round_trip(again + "\n \n", kOpaque);
    again.pop_back();
    expect_round_trip(again, kOpaque);
  }
}

// BER: pieces of any size, indefinite lengths, pieces inside pieces.
std::string with_pieces(const std::vector<std::size_t>& sizes) {
  std::string opaque = signed_as(kOpaque);
  std::size_t body = opaque.find("\n\n") + 2;
  MemorySink der;
  mime::Base64Decoder decoder(der);
  EXPECT_TRUE(decoder.write(as_bytes(opaque.substr(body))) && decoder.finish());
  auto drop = [](ByteView) { return Result<void>(); };
  Bytes content;
  cms::SignedDataSplitter splitter(
      [&](ByteView octets) {
        append(content, octets);
        return drop(octets);
      },
      {});
  EXPECT_TRUE(splitter.push(der.bytes()) && splitter.finish());
  const cms::SplitSignedData& parts = splitter.parts();
  // Everything around becomes indefinite; its end-of-contents go where they belong.
  Bytes ber;
  auto open = [&](std::uint8_t tag) { append(ber, Bytes{tag, 0x80}); };
  auto oid_of = [](ByteView bytes, std::size_t header) {
    return bytes.subspan(header, 2 + bytes[header + 1]);
  };
  ByteView before = parts.before;
  std::size_t first = 2 + (before[1] > 0x80 ? before[1] & 0x7f : 0);
  ByteView type = oid_of(before, first);
  Bytes inner = to_bytes(before.subspan(before.size() - 11));
  std::size_t version = 0;
  while (!(before[version] == 2 && before[version + 1] == 1)) ++version;
  open(0x30);
  append(ber, type);
  open(0xa0);
  open(0x30);
  Bytes head = to_bytes(before.subspan(version, before.size() - 11 - version));
  // version and digestAlgorithms, without the header of the EncapsulatedContentInfo.
  std::size_t algorithms = 3 + 2 + head[4];
  append(ber, ByteView(head).first(algorithms));
  open(0x30);
  append(ber, inner);
  open(0xa0);
  open(0x24);
  std::size_t at = 0;
  for (std::size_t size : sizes) {
    size = std::min(size, content.size() - at);
    append(ber, Bytes{0x04, 0x82, static_cast<std::uint8_t>(size >> 8),
                      static_cast<std::uint8_t>(size & 255)});
    append(ber, ByteView(content).subspan(at, size));
    at += size;
  }
  EXPECT_EQ(at, content.size());
  for (int i = 0; i < 3; ++i) append(ber, Bytes{0, 0});
  append(ber, parts.behind);
  for (int i = 0; i < 3; ++i) append(ber, Bytes{0, 0});
  MemorySink text;
  mime::Base64Encoder encoder(text, {.line_break = mime::LineBreak::Lf});
  EXPECT_TRUE(encoder.write(ber) && encoder.finish());
  return opaque.substr(0, body) + std::string(as_text(text.bytes()));
}

TEST(Convert, a_streamed_encoding_is_restored) {
  std::string one = with_pieces({10, 10, 10, 10, 1000});
  ASSERT_EQ(status_of(one), "valid");
  expect_round_trip(one, kOpaque);
  expect_round_trip(with_pieces({0, 1, 1, 0, 5, 1000}), kOpaque);
  EXPECT_NE(to_form(one, kClear).text.find(std::string(kWrappingField)), std::string::npos);
}

TEST(Convert, a_mail_in_binary_is_restored) {
  std::string opaque = signed_as(kOpaque);
  std::size_t body = opaque.find("\n\n") + 2;
  MemorySink der;
  mime::Base64Decoder decoder(der);
  ASSERT_TRUE(decoder.write(as_bytes(opaque.substr(body))) && decoder.finish());
  std::string binary =
      "From: alice@example.org\nContent-Type: application/pkcs7-mime; smime-type=signed-data\n"
      "Content-Transfer-Encoding: binary\n\n" +
      std::string(as_text(der.bytes()));
  expect_round_trip(binary, kOpaque);
}

// Relays add fields in front, which are no part of what is restored.
TEST(Convert, fields_in_front_stay) {
  std::string mail = signed_as(kClear);
  std::string opaque = "Received: from afar\n" + to_form(mail, kOpaque).text;
  EXPECT_EQ(to_form(opaque, kClear).text, "Received: from afar\n" + mail);
}

TEST(Convert, a_record_that_does_not_fit_is_not_followed) {
  std::string opaque = to_form(signed_as(kClear), kOpaque).text;
  std::string another = to_form(signed_as(kClear, kMail + "Changed.\n"), kOpaque).text;
  // The record of one message in the other.
  auto record = [](const std::string& text) {
    std::size_t begin = text.find(kWrappingField);
    return std::pair(begin, text.find("Content-Type: application", begin) - begin);
  };
  auto [from, size] = record(opaque);
  auto [to, old_size] = record(another);
  std::string mixed = another;
  mixed.replace(to, old_size, opaque.substr(from, size));
  Converted converted = to_form(mixed, kClear);
  ASSERT_EQ(converted.error, "ok");
  EXPECT_EQ(slugs(converted.report.findings), std::vector<std::string>{"mime.not-restorable"});
  EXPECT_EQ(status_of(converted.text), "valid");
  EXPECT_NE(converted.text.find("Changed."), std::string::npos);
}

// A mail that convert() made, and its record, to be written by a stranger who knows digests too.
struct Recorded {
  std::string mail;
  Wrapping wrapping;

  explicit Recorded(std::string text) : mail(std::move(text)) {
    auto found = Wrapping::find(header());
    EXPECT_TRUE(found);
    wrapping = found.value_or(Wrapping());
  }
  mime::Header header() const {
    return *mime::Header::parse(as_bytes(mail.substr(0, mail.find("\n\n") + 2)));
  }
  std::string with_field(std::string field) const {
    std::erase(field, '\r');
    std::string result = mail;
    std::string old(header().find_all(kWrappingField)[0]->raw);
    return result.replace(mail.find(old), old.size(), field);
  }
  std::string forged() const { return with_field(*wrapping.encode()); }
};

// It is converted anew, and what verified before still verifies.
void expect_not_followed(const std::string& mail, Sign::Form to) {
  ASSERT_EQ(status_of(mail), "valid");
  Converted converted = to_form(mail, to);
  ASSERT_EQ(converted.error, "ok");
  EXPECT_EQ(slugs(converted.report.findings), std::vector<std::string>{"mime.not-restorable"});
  EXPECT_EQ(status_of(converted.text), "valid");
}

Bytes der_of(const std::string& opaque) {
  MemorySink der;
  mime::Base64Decoder decoder(der);
  EXPECT_TRUE(decoder.write(as_bytes(opaque.substr(opaque.find("\n\n") + 2))) && decoder.finish());
  return to_bytes(der.bytes());
}

// Makes the record of an opaque mail, changed, lead to the octets that it says.
struct Forgery {
  explicit Forgery(const std::string& opaque)
      : recorded(to_form(opaque, kClear).text), ber(der_of(opaque)) {
    auto take = [this](ByteView octets) {
      append(content, octets);
      return Result<void>();
    };
    cms::SignedDataSplitter splitter(take, {});
    EXPECT_TRUE(splitter.push(ber) && splitter.finish());
    behind = splitter.parts().behind;
    EXPECT_EQ(body(), opaque.substr(opaque.find("\n\n") + 2));
    EXPECT_EQ(mail(), recorded.mail);
  }

  std::string body() const {
    Bytes octets = recorded.wrapping.cms_before;
    ByteView rest = content;
    for (const auto& run : recorded.wrapping.layout.runs) {
      for (std::uint64_t i = 0; i < run.count; ++i) {
        append(octets, run.before);
        append(octets, rest.first(run.size));
        rest = rest.subspan(run.size);
      }
    }
    append(octets, recorded.wrapping.layout.behind);
    append(octets, behind);
    MemorySink text;
    mime::Base64Encoder encoder(text, {.line_break = mime::LineBreak::Lf});
    EXPECT_TRUE(encoder.write(octets) && encoder.finish());
    return std::string(as_text(text.bytes()));
  }
  std::string mail() {
    crypto::Hasher hasher = *crypto::Hasher::create(Digest::Sha256);
    hasher.update(as_bytes(body()));
    recorded.wrapping.digest = hasher.finish();
    return recorded.forged();
  }

  Recorded recorded;
  Bytes ber;
  Bytes content;
  Bytes behind;
};

// T-95: a record that leads to octets with the digest that it says is followed only if they are
// the mail that was signed. Here one piece is missing.
TEST(Convert, a_record_with_too_short_runs_is_not_followed) {
  Forgery forgery(with_pieces({10, 10, 10, 10, 1000}));
  auto& runs = forgery.recorded.wrapping.layout.runs;
  ASSERT_EQ(runs.size(), 3u);
  ASSERT_EQ(runs[1].count, 3u);
  runs[1].count = 2;
  expect_not_followed(forgery.mail(), kOpaque);
}

TEST(Convert, a_record_of_other_digest_algorithms_is_not_followed) {
  Forgery forgery(with_pieces({1000}));
  Bytes& before = forgery.recorded.wrapping.cms_before;
  const Bytes sha256{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};
  auto found = std::search(before.begin(), before.end(), sha256.begin(), sha256.end());
  ASSERT_NE(found, before.end());
  found[8] = 2;  // SHA-384
  expect_not_followed(forgery.mail(), kOpaque);
}

// The digest is of the body alone: what the fields say of it is not covered.
TEST(Convert, a_record_of_another_form_is_not_followed) {
  for (Sign::Form form : {kClear, kOpaque}) {
    for (const char* type : {"Content-Type: text/plain\n", "Content-Type: multipart/mixed\n",
                             "Content-Type: multipart/signed\n"}) {
      Recorded recorded(to_form(signed_as(form), other(form)).text);
      for (PlacedField& field : recorded.wrapping.fields) {
        if (field.raw.starts_with("Content-Type")) field.raw = type;
      }
      expect_not_followed(recorded.forged(), form);
    }
  }
}

TEST(Convert, a_record_that_cannot_be_read_is_named) {
  Recorded recorded(to_form(signed_as(kClear), kOpaque).text);
  std::string field(kWrappingField);
  for (const char* value : {": \n", ": AAAA\n", ": no record\n"}) {
    expect_not_followed(recorded.with_field(field + value), kClear);
  }
  std::string twice = recorded.forged();
  twice.insert(0, *recorded.wrapping.encode());
  std::erase(twice, '\r');
  expect_not_followed(twice, kClear);
}

// T-95: a record is text of a stranger; it cannot add another field to the header.
TEST(Convert, a_record_puts_nothing_else_into_a_header) {
  Wrapping wrapping;
  for (const char* raw : {"Bcc: eve@example.org\n", "Content-Type: text/plain\nBcc: eve\n",
                          "no field\n", "Content-Type: text/plain"}) {
    wrapping.fields = {{raw, 0}};
    auto field = wrapping.encode();
    ASSERT_TRUE(field);
    auto header = mime::Header::parse(as_bytes(*field + "\r\n"));
    EXPECT_FALSE(Wrapping::find(*header)) << raw;
  }
  wrapping.fields = {{"Content-Type: text/plain\n", 0}};
  EXPECT_TRUE(Wrapping::find(*mime::Header::parse(as_bytes(*wrapping.encode() + "\r\n"))));
}

TEST(Convert, hostile_records_are_bounded) {
  auto reads = [](const Wrapping& wrapping) {
    auto field = wrapping.encode();
    return field && Wrapping::find(*mime::Header::parse(as_bytes(*field + "\r\n")));
  };
  Wrapping many;
  many.layout.runs = {{.before = {}, .size = 0, .count = 1'000'000'000'000}};
  EXPECT_FALSE(reads(many));
  Wrapping fat;
  fat.layout.runs = {{.before = Bytes(200, 4), .size = 1, .count = 1'000'000}};
  EXPECT_FALSE(reads(fat));
  Wrapping wide;
  wide.lines.digits = 1u << 30;
  EXPECT_FALSE(reads(wide));
  Wrapping good;
  good.layout.runs = {{.before = Bytes(4, 4), .size = 4096, .count = 1'000'000}};
  EXPECT_TRUE(reads(good));
  std::string record = *good.encode();
  for (std::size_t size = 0; size < record.size(); ++size) {
    auto header = mime::Header::parse(as_bytes(record.substr(0, size) + "\r\n\r\n"));
    if (size + 5 < record.size()) {  // not the padding alone
      EXPECT_FALSE(header && Wrapping::find(*header)) << size;
    }
  }
}

// What mail cannot carry has no clear form: to encode it would break the signature.
TEST(Convert, content_that_mail_would_change_stays_opaque) {
  auto opaque = [](std::string_view content) {
    SealOptions how = options(SealOptions::Form::Der);
    std::string der = seal_text(content, recipe_of({sign_by("alice", kOpaque)}), how).text;
    return "From: alice@example.org\nContent-Type: application/pkcs7-mime\n"
           "Content-Transfer-Encoding: binary\n\n" +
           der;
  };
  const std::string head = "Content-Type: text/plain\r\n\r\n";
  EXPECT_EQ(to_form(opaque(head + "ok\r\n"), kClear).error, "ok");
  EXPECT_EQ(to_form(opaque("\r\nok\r\n"), kClear).error, "ok");
  EXPECT_EQ(to_form(opaque(head + "gr\xc3\xbc\xc3\x9f\r\n"), kClear).error, "mime.not-seven-bit");
  EXPECT_EQ(to_form(opaque(head + std::string("a\0b\r\n", 5)), kClear).error, "mime.not-seven-bit");
  EXPECT_EQ(to_form(opaque(head + "a\nb\r\n"), kClear).error, "mime.not-seven-bit");
  EXPECT_EQ(to_form(opaque(head + "a\rb\r\n"), kClear).error, "mime.not-seven-bit");
  EXPECT_EQ(to_form(opaque(head + std::string(998, 'x') + "\r\n"), kClear).error, "ok");
  EXPECT_EQ(to_form(opaque(head + std::string(999, 'x') + "\r\n"), kClear).error,
            "mime.not-seven-bit");
  EXPECT_EQ(to_form(opaque("no header at all\r\n"), kClear).error, "mime.not-an-entity");
}

TEST(Convert, only_a_signature_outermost_has_two_forms) {
  EXPECT_EQ(to_form(kMail, kOpaque).error, "policy.absent");
  EXPECT_EQ(to_form("", kOpaque).error, "io.no-input");
  std::string sealed = seal_text(kMail, recipe_of({sign_by("alice"), encrypt_to({"ec"})})).text;
  EXPECT_EQ(to_form(sealed, kClear).error, "policy.absent");
  std::string der =
      seal_text("x", recipe_of({sign_by("alice", kOpaque)}), options(SealOptions::Form::Der)).text;
  EXPECT_EQ(to_form(der, kClear).error, "mime.not-an-entity");
}

TEST(Convert, damaged_messages_give_nothing) {
  for (Sign::Form form : {kClear, kOpaque}) {
    std::string mail = signed_as(form);
    for (std::size_t size = 300; size + 60 < mail.size(); size += 97) {
      EXPECT_NE(to_form(mail.substr(0, size), other(form)).error, "ok") << size;
    }
  }
  std::string clear = signed_as(kClear);
  std::string boundary = clear.substr(clear.find("--=_"), 36);
  EXPECT_EQ(to_form(clear.substr(0, clear.rfind("\n--")), kOpaque).error, "mime.unclosed");
  std::string third = clear;
  third.insert(third.rfind("\n--"), "\n" + boundary.substr(0, boundary.find('\n')) + "\n\nmore\n");
  EXPECT_EQ(to_form(third, kOpaque).error, "mime.signed-parts");
  // One line with CRLF among lines with LF: which was signed?
  std::string mixed = clear;
  mixed.insert(mixed.find("Hello.") + 6, "\r");
  EXPECT_EQ(to_form(mixed, kOpaque).error, "mime.mixed-line-ends");
}

TEST(Convert, a_changed_text_is_converted_and_stays_invalid) {
  std::string mail = signed_as(kClear);
  mail.replace(mail.find("Hello."), 6, "Hallo.");
  Converted opaque = to_form(mail, kOpaque);
  EXPECT_EQ(status_of(mail), "invalid");
  EXPECT_EQ(status_of(opaque.text), "invalid");
  EXPECT_EQ(to_form(opaque.text, kClear).text, mail);
}

TEST(Convert, a_pipe_is_refused) {
  std::string mail = signed_as(kClear);
  ChunkSource in(mail);
  WatchedSink out;
  auto report = convert(in, out, kOpaque, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().rule, Rule::IoRead);
  EXPECT_EQ(out.writes(), 0u);
}

}  // namespace
}  // namespace bulla
