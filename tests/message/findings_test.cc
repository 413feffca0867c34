// One message for each finding that an opened message can have and no other test shows.
#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "cms/content_type.h"
#include "crypto/digest.h"
#include "message/people.h"
#include "mime/base64.h"

namespace bulla::testing {
namespace {

constexpr char kRest[] =
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nHello Bob\r\n";

std::string mail_from(const std::string& from) { return "From: " + from + "\r\n" + kRest; }

Recipe plain(std::vector<Step> steps) {
  return {.steps = std::move(steps), .header_protection = Recipe::HeaderProtection::Off};
}

// `mail` signed by alice; clear or opaque.
std::string signed_mail(Sign::Form form, const std::string& mail = mail_from("alice@example.org")) {
  return seal_mail(mail, plain({sign_as("alice", "alice", form)}));
}

std::string with(std::string text, const std::string& old, const std::string& now) {
  std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == text.npos ? text : text.replace(at, old.size(), now);
}

// A file of tests/data/cms, made by OpenSSL.
std::string cms_file(const std::string& name) {
  return std::string(as_text(read_file(std::string(BULLA_TEST_DATA) + "/cms/" + name)));
}

// The finding's severity, if the message has it.
std::optional<Severity> severity(const Opened& opened, Rule rule) {
  if (!opened.verdict) return std::nullopt;
  for (const Finding& finding : opened.verdict->findings) {
    if (finding.rule == rule) return finding.severity;
  }
  return std::nullopt;
}

// The mail around CMS in the encoding.
std::string around(const std::string& body, const std::string& encoding) {
  return "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; "
         "smime-type=signed-data\r\nContent-Transfer-Encoding: " +
         encoding + "\r\n\r\n" + body;
}

std::string der_of(const std::string& content, std::vector<Step> steps) {
  return seal_mail(content, plain(std::move(steps)),
                   {.at = kNow, .limits = {}, .form = SealOptions::Form::Der});
}

TEST(Findings, mime_unclosed_T156_a_signed_mail_without_its_end_is_invalid) {
  World world;
  std::string mail = signed_mail(Sign::Form::Clear);
  mail.resize(mail.rfind("\r\n--"));
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(severity(opened, Rule::MimeUnclosed), Severity::Failure) << opened.text();
  EXPECT_EQ(opened.content, "");
}

TEST(Findings, mime_bad_base64_is_said_and_read_over_MIME54) {
  World world;
  for (auto form : {Sign::Form::Clear, Sign::Form::Opaque}) {
    std::string mail = with(signed_mail(form), "\r\n\r\nMI", "\r\n\r\n*MI");
    Opened opened = open_mail(mail, world.options);
    EXPECT_EQ(severity(opened, Rule::MimeBadBase64), Severity::Warning) << opened.text();
    EXPECT_EQ(opened.status(), Status::Valid);
  }
}

TEST(Findings, mime_bad_quoted_printable_is_named_as_such) {
  World world;
  std::string der = der_of(kRest, {sign_as("alice", "alice", Sign::Form::Opaque)});
  std::string escaped;
  for (char c : der) {
    auto octet = static_cast<std::uint8_t>(c);
    escaped += octet == '~' ? "~" : "=" + to_hex(ByteView(&octet, 1)) + "=\r\n";
  }
  for (char& c : escaped) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  Opened good = open_mail(around(escaped, "quoted-printable"), world.options);
  EXPECT_EQ(good.status(), Status::Valid) << good.text();
  EXPECT_FALSE(good.has(Rule::MimeBadQuotedPrintable));
  // An octet past ASCII, which should have been escaped.
  Opened bad =
      open_mail(around(with(escaped, "=86=\r\n", "\x86"), "quoted-printable"), world.options);
  EXPECT_EQ(severity(bad, Rule::MimeBadQuotedPrintable), Severity::Warning) << bad.text();
  EXPECT_FALSE(bad.has(Rule::MimeBadBase64));
}

TEST(Findings, mime_signed_protocol_MIME32) {
  World world;
  std::string mail = signed_mail(Sign::Form::Clear);
  std::size_t at = mail.find("protocol=");
  ASSERT_NE(at, std::string::npos);
  Opened opened = open_mail(mail.replace(at, 8, "x-protoc"), world.options);
  EXPECT_TRUE(opened.has(Rule::MimeSignedProtocol)) << opened.text();
  EXPECT_EQ(opened.status(), Status::Valid);
}

TEST(Findings, mime_smime_type_and_legacy_type_are_hints_MIME27_MIME36) {
  World world;
  std::string mail = signed_mail(Sign::Form::Opaque);
  Opened other = open_mail(with(mail, "signed-data", "enveloped-data"), world.options);
  EXPECT_TRUE(other.has(Rule::MimeSmimeType)) << other.text();
  EXPECT_EQ(other.status(), Status::Valid);
  Opened missing = open_mail(with(mail, "smime-type", "x-type"), world.options);
  EXPECT_TRUE(missing.has(Rule::MimeSmimeType)) << missing.text();
  Opened legacy = open_mail(with(mail, "pkcs7-mime", "x-pkcs7-mime"), world.options);
  EXPECT_TRUE(legacy.has(Rule::MimeLegacyType)) << legacy.text();
  EXPECT_EQ(legacy.status(), Status::Valid);
}

TEST(Findings, mime_smime_type_of_each_structure_MIME25_MIME26) {
  struct Row {
    std::vector<Step> steps;
    std::vector<const char*> fitting;
    std::vector<const char*> foreign;
  };
  const Row rows[] = {
      {{sign_as("alice", "alice", Sign::Form::Opaque)},
       {"signed-data", "certs-only", "signed-receipt", "CMC-Request", "signed-x400", "OID.1.2.3"},
       {"enveloped-data", "authEnveloped-data", "compressed-data", "authEnv-x"}},
      {{encrypt_to("ec")},
       {"enveloped-data", "Enveloped-X400", "OID.1.2.3"},
       {"signed-data", "authEnveloped-data", "compressed-data"}},
      {{encrypt_to("ec", ContentCipher::Aes128Gcm)},
       {"authEnveloped-data", "authEnv-new"},
       {"enveloped-data", "signed-data"}},
  };
  World world;
  for (const Row& row : rows) {
    std::string der = der_of(mail_from("alice@example.org"), row.steps);
    std::string mail = around(mime::base64(as_bytes(der)), "base64");
    auto is_noted = [&](const char* type) {
      return open_mail(with(mail, "signed-data", type), world.options).has(Rule::MimeSmimeType);
    };
    for (const char* type : row.fitting) EXPECT_FALSE(is_noted(type)) << type;
    for (const char* type : row.foreign) EXPECT_TRUE(is_noted(type)) << type;
  }
}

TEST(Findings, cms_of_a_mail_in_any_transfer_encoding_MIME22) {
  World world;
  std::string der =
      der_of(mail_from("alice@example.org"), {sign_as("alice", "alice", Sign::Form::Opaque)});
  for (const char* encoding : {"binary", "8bit", "7bit", "base64"}) {
    bool is_base64 = std::string_view(encoding) == "base64";
    std::string body = is_base64 ? mime::base64(as_bytes(der)) : der;
    Opened opened = open_mail(around(body, encoding), world.options);
    EXPECT_EQ(opened.status(), Status::Valid) << encoding << opened.text();
  }
}

// What a relay may add around the parts, and what breaks the two that there must be.
TEST(Findings, mime_signed_parts_are_two_and_nothing_around_them_is_shown_MIME14_MIME15) {
  World world;
  std::string mail = signed_mail(Sign::Form::Clear);
  std::string boundary = mail.substr(mail.find("\r\n\r\n--") + 4);
  boundary.resize(boundary.find("\r\n"));
  std::string around = with(mail, "\r\n\r\n--", "\r\n\r\nPREAMBLE\r\n--") + "EPILOGUE\r\n";
  Opened opened = open_mail(around, world.options);
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  EXPECT_EQ(opened.content.find("PREAMBLE"), std::string::npos) << opened.content;
  EXPECT_EQ(opened.content.find("EPILOGUE"), std::string::npos) << opened.content;

  std::string third =
      mail.substr(0, mail.rfind(boundary)) + boundary + "\r\n\r\nthird\r\n" + boundary + "--\r\n";
  opened = open_mail(third, world.options);
  EXPECT_EQ(severity(opened, Rule::MimeSignedParts), Severity::Failure) << opened.text();
  EXPECT_EQ(opened.content, "");
  std::size_t second = mail.find(boundary, mail.find("Hello Bob"));
  opened = open_mail(mail.substr(0, second) + boundary + "--\r\n", world.options);
  EXPECT_TRUE(opened.has(Rule::MimeSignedParts)) << opened.text();
  EXPECT_NE(opened.status(), Status::Valid);
  opened =
      open_mail(with(mail, "application/pkcs7-signature; name", "text/plain; name"), world.options);
  EXPECT_TRUE(opened.has(Rule::MimeSignedParts)) << opened.text();
}

// A signature that fits, and that brings the same content along.
TEST(Findings, cms_content_twice_in_the_second_part_CMS14) {
  World world;
  std::string mail = signed_mail(Sign::Form::Clear);
  std::string boundary = mail.substr(mail.find("\r\n\r\n--") + 4);
  boundary.resize(boundary.find("\r\n"));
  std::size_t first = mail.find(boundary) + boundary.size() + 2;
  std::size_t end = mail.find("\r\n" + boundary, first);
  std::string entity = mail.substr(first, end - first);
  std::string attached =
      mime::base64(as_bytes(der_of(entity, {sign_as("alice", "alice", Sign::Form::Opaque)})));
  std::size_t body = mail.find("\r\n\r\n", end) + 4;
  mail.replace(body, mail.find("\r\n" + boundary, body) - body, attached);
  Opened opened = open_mail(mail, world.options);
  EXPECT_TRUE(opened.has(Rule::CmsContentTwice)) << opened.text();
  EXPECT_EQ(opened.status(), Status::Invalid);
  EXPECT_EQ(opened.content, "");
}

TEST(Findings, a_signer_whose_certificate_is_at_hand_alone_CMS34) {
  World world;
  Sign bare = sign_as("alice", "alice");
  bare.chain = Sign::Chain::None;
  std::string mail = seal_mail(mail_from("alice@example.org"), plain({bare}));
  Opened opened = open_mail(mail, world.options);
  EXPECT_EQ(severity(opened, Rule::SigNoCertificate), Severity::Indeterminate) << opened.text();
  auto source = make_cert_source({certificate("alice"), certificate("intermediate")});
  world.options.certificates = source.get();
  EXPECT_EQ(open_mail(mail, world.options).status(), Status::Valid);
}

TEST(Findings, cms_detached_without_content_MIME21_MIME37) {
  World world;
  std::string signature = der_of("content", {sign_as("alice", "alice")});
  std::string mail =
      "From: alice@example.org\r\nContent-Type: application/octet-stream; name=smime.p7s\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      mime::base64(as_bytes(signature));
  EXPECT_TRUE(open_mail(mail, world.options).has(Rule::CmsDetachedWithoutContent));
}

TEST(Findings, certificates_alone_are_no_signature_E2E01_MIME44) {
  World world;
  world.options.policy.require = Policy::Require::Nothing;
  Opened opened = open_mail(cms_file("certs_only.p7c"), world.options);
  EXPECT_EQ(opened.status(), Status::Unprotected) << opened.text();
  ASSERT_EQ(opened.verdict->layers.size(), 1u);
  EXPECT_EQ(opened.verdict->layers[0].kind, Layer::Kind::CertsOnly);
  EXPECT_EQ(opened.verdict->layers[0].certificates.size(), 2u);
  EXPECT_FALSE(opened.has(Rule::SigNone));
}

// NUL, octets past ASCII, lone CR and LF, and a line of 100,000 octets.
TEST(Findings, binary_entities_come_out_octet_for_octet_MIME07) {
  World world;
  std::string octets("\x00\xff\r\xfe\n\x80\r\n From \t", 14);
  octets += std::string(100'000, 'x') + "\n";
  std::string entity =
      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
      octets;
  Sign opaque = sign_as("alice", "alice", Sign::Form::Opaque);
  for (const std::vector<Step>& steps : {std::vector<Step>{opaque},
                                         {opaque, encrypt_to("ec")},
                                         {encrypt_to("ec")},
                                         {encrypt_to("ec", ContentCipher::Aes128Gcm)},
                                         {Compress{}, opaque}}) {
    // A mail with LF, which the text of what is inside gets as well.
    std::string mail = around(mime::base64(as_bytes(der_of(entity, steps))), "base64");
    std::erase(mail, '\r');
    Opened opened = open_mail(mail, world.options);
    EXPECT_TRUE(opened.content.ends_with("binary\n\n" + octets)) << opened.text();
  }
}

TEST(Findings, mime_mixed_line_ends_a_signature_of_the_octets_fits) {
  World world;
  std::string content = "Content-Type: text/plain\r\n\r\none\r\ntwo\nthree\r\n";
  std::string detached = der_of(content, {sign_as("alice", "alice")});
  std::string mail =
      "From: alice@example.org\r\nContent-Type: multipart/signed; micalg=sha-256; boundary=q;\r\n"
      " protocol=\"application/pkcs7-signature\"\r\n\r\n--q\r\n" +
      content +
      "\r\n--q\r\nContent-Type: application/pkcs7-signature\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n" +
      mime::base64(as_bytes(detached)) + "\r\n--q--\r\n";
  Opened opened = open_mail(mail, world.options);
  EXPECT_TRUE(opened.has(Rule::MimeMixedLineEnds)) << opened.text();
  EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
}

// Octets that stand apart are usually signed as they are, whatever line ends they have.
TEST(Findings, mime_mixed_line_ends_is_not_said_of_content_that_stands_apart) {
  World world;
  std::string content = "one\r\ntwo\nthree\r\n";
  std::string detached = der_of(content, {sign_as("alice", "alice")});
  MemorySource memory(as_bytes(content));
  PipeSource pipe(as_bytes(content));
  for (Source* source : {static_cast<Source*>(&memory), static_cast<Source*>(&pipe)}) {
    world.options.detached_content = source;
    Opened opened = open_mail(detached, world.options);
    EXPECT_FALSE(opened.has(Rule::MimeMixedLineEnds)) << opened.text();
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  }
}

TEST(Findings, mime_not_an_entity) {
  World world;
  std::string der = der_of("just octets", {sign_as("alice", "alice", Sign::Form::Opaque)});
  Opened opened = open_mail(around(mime::base64(as_bytes(der)), "base64"), world.options);
  EXPECT_EQ(severity(opened, Rule::MimeNotAnEntity), Severity::Warning) << opened.text();
}

// An encryption to ec with `octets` at `at`, inside ContentInfo, [0] and EnvelopedData, whose
// lengths have two octets each.
std::string enveloped_with(std::size_t at, const std::string& octets) {
  std::string der = der_of(kRest, {encrypt_to("ec")});
  for (std::size_t length : {2, 17, 21}) {
    EXPECT_EQ(der[length - 1], '\x82');
    std::size_t value = static_cast<std::uint8_t>(der[length]) * 256u +
                        static_cast<std::uint8_t>(der[length + 1]) + octets.size();
    der[length] = static_cast<char>(value / 256);
    der[length + 1] = static_cast<char>(value % 256);
  }
  return der.insert(std::min(at, der.size()), octets);
}

// EnvelopedData ::= SEQUENCE { …, unprotectedAttrs [1] IMPLICIT UnprotectedAttributes OPTIONAL }
TEST(Findings, cms_unprotected_attributes_are_named) {
  World world;
  EXPECT_FALSE(open_mail(enveloped_with(0, ""), world.options).has(Rule::CmsUnprotectedAttributes));
  const std::string attributes("\xa1\x0b\x30\x09\x06\x03\x2a\x03\x04\x31\x02\x05\x00", 13);
  Opened opened = open_mail(enveloped_with(std::string::npos, attributes), world.options);
  EXPECT_EQ(severity(opened, Rule::CmsUnprotectedAttributes), Severity::Note) << opened.text();
  EXPECT_EQ(opened.content, kRest);
}

// OtherRecipientInfo ::= SEQUENCE { oriType OBJECT IDENTIFIER, oriValue ANY }, as [4]
TEST(Findings, cms_unknown_recipient_info_is_named_and_passed_over) {
  World world;
  std::string der = enveloped_with(29, std::string("\xa4\x07\x06\x03\x2a\x03\x04\x05\x00", 9));
  ASSERT_EQ(der.substr(26, 2), "\x31\x81");  // SET OF RecipientInfo
  der[28] = static_cast<char>(der[28] + 9);
  Opened opened = open_mail(der, world.options);
  EXPECT_EQ(severity(opened, Rule::CmsUnknownRecipientInfo), Severity::Note) << opened.text();
  EXPECT_NE(opened.text().find("1.2.3.4"), std::string::npos) << opened.text();
  EXPECT_EQ(opened.content, kRest);
}

// SignedData with content and an empty signerInfos.
TEST(Findings, sig_none_content_that_nobody_signed_CMS33) {
  World world;
  const std::string der(
      "\x30\x2b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  // signedData
      "\xa0\x1e\x30\x1c\x02\x01\x01\x31\x00"                  // version, no digests
      "\x30\x13\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x06\x04\x04hihi"  // content
      "\x31\x00",                                                                 // no signers
      45);
  Opened opened = open_mail(der, world.options);
  EXPECT_EQ(severity(opened, Rule::SigNone), Severity::Warning) << opened.text();
  EXPECT_NE(opened.status(), Status::Valid);
}

TEST(Findings, sig_no_attributes_refused_unless_old_forms_are_read_CMS26) {
  World world;
  Opened refused = open_mail(cms_file("noattr.p7m"), world.options);
  EXPECT_EQ(severity(refused, Rule::SigNoAttributesRefused), Severity::Failure) << refused.text();
  world.options.policy.old_forms = Policy::Old::Read;
  Opened read = open_mail(cms_file("noattr.p7m"), world.options);
  EXPECT_EQ(severity(read, Rule::SigNoAttributes), Severity::Warning) << read.text();
}

TEST(Findings, sig_weak_digest_and_key_accepted_where_old_forms_are_read) {
  World world;
  struct Row {
    const char* file;
    Rule weak;
    Rule accepted;
  };
  for (const Row& row : {Row{"sha1.p7m", Rule::SigWeakDigest, Rule::SigWeakDigestAccepted},
                         Row{"weak_key.p7m", Rule::SigWeakKey, Rule::SigWeakKeyAccepted}}) {
    world.options.policy.old_forms = Policy::Old::Refuse;
    Opened refused = open_mail(cms_file(row.file), world.options);
    EXPECT_EQ(severity(refused, row.weak), Severity::Indeterminate) << refused.text();
    world.options.policy.old_forms = Policy::Old::Read;
    Opened read = open_mail(cms_file(row.file), world.options);
    EXPECT_EQ(severity(read, row.accepted), Severity::Warning) << read.text();
  }
}

TEST(Findings, sig_time_differs_and_sig_time_future_ATTR14) {
  World world;
  std::string dated = "Date: Mon, 1 Jun 2026 12:00:00 +0000\r\n" + mail_from("alice@example.org");
  auto signed_at = [&](const char* time) {
    return open_mail(seal_mail(dated, plain({sign_as("alice", "alice")}),
                               {.at = *parse_time(time), .limits = {}}),
                     world.options);
  };
  Opened now = signed_at("2026-06-02T11:59:59Z");
  EXPECT_FALSE(now.has(Rule::SigTimeDiffers) || now.has(Rule::SigTimeFuture)) << now.text();
  Opened early = signed_at("2026-05-31T11:59:59Z");
  EXPECT_EQ(severity(early, Rule::SigTimeDiffers), Severity::Warning) << early.text();
  EXPECT_FALSE(early.has(Rule::SigTimeFuture));
  Opened late = signed_at("2026-06-02T12:00:01Z");
  EXPECT_EQ(severity(late, Rule::SigTimeFuture), Severity::Warning) << late.text();
  EXPECT_EQ(late.status(), Status::Valid);
}

// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
template <typename Write>
Bytes attribute(const Oid& type, Write write) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer sequence = out.sequence();
    sequence.oid(type);
    asn1::Writer values = sequence.set();
    write(values);
  });
}

// SignerInfo by alice, with one more signed attribute than there must be.
void write_signer(asn1::Writer& out, ByteView content, const Bytes& more) {
  Bytes digest = crypto::hash(Digest::Sha256, content).value();
  std::vector<Bytes> attributes = {
      attribute(cms::kContentTypeAttribute, [](asn1::Writer& to) { to.oid(cms::kData); }),
      attribute(cms::kMessageDigest, [&](asn1::Writer& to) { to.octet_string(digest); }), more};
  Bytes to_sign = asn1::encode([&](asn1::Writer& to) { to.set_of(attributes); });
  Certificate alice = certificate("alice");
  asn1::Writer signer = out.sequence();
  signer.integer(1);
  {
    asn1::Writer sid = signer.sequence();
    sid.element(alice.issuer_der());
    sid.unsigned_integer(alice.serial_number());
  }
  signer.sequence().oid(Oid::of("2.16.840.1.101.3.4.2.1"));
  signer.set_of(attributes, asn1::constructed(0));
  signer.sequence().oid(Oid::of("1.2.840.113549.1.1.11"));
  signer.octet_string(key("alice")->sign({.digest = Digest::Sha256}, to_sign).value());
}

// SignedData of "hi" with that SignerInfo.
std::string signed_with(const Bytes& attribute) {
  Bytes der = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer info = out.sequence();
    info.oid(cms::kSignedData);
    asn1::Writer explicit_data = info.enter(asn1::constructed(0));
    asn1::Writer data = explicit_data.sequence();
    data.integer(1);
    data.set().sequence().oid(Oid::of("2.16.840.1.101.3.4.2.1"));
    {
      asn1::Writer content = data.sequence();
      content.oid(cms::kData);
      content.enter(asn1::constructed(0)).octet_string(as_bytes("hi"));
    }
    {
      asn1::Writer certificates = data.enter(asn1::constructed(0));
      certificates.element(certificate("alice").der());
      certificates.element(certificate("intermediate").der());
    }
    asn1::Writer signers = data.set();
    write_signer(signers, as_bytes("hi"), attribute);
  });
  return std::string(as_text(der));
}

TEST(Findings, ess_receipt_request_and_security_label_are_told) {
  World world;
  for (auto [type, rule] : {std::pair(cms::kReceiptRequest, Rule::EssReceiptRequest),
                            std::pair(cms::kSecurityLabel, Rule::EssSecurityLabel)}) {
    Bytes more = attribute(type, [](asn1::Writer& out) { out.null(); });
    Opened opened = open_mail(signed_with(more), world.options);
    EXPECT_EQ(severity(opened, rule), Severity::Note) << opened.text();
    EXPECT_EQ(opened.status(), Status::Valid) << opened.text();
  }
}

TEST(Findings, address_sender_only_who_sends_for_another_is_not_the_author_CERT11) {
  World world;
  std::string mail = "Sender: alice@example.org\r\n" + mail_from("bob@example.org");
  Opened opened = open_mail(signed_mail(Sign::Form::Clear, mail), world.options);
  EXPECT_EQ(severity(opened, Rule::AddressSenderOnly), Severity::Indeterminate) << opened.text();
  EXPECT_EQ(opened.status(), Status::Indeterminate);
}

TEST(Findings, address_none_in_certificate_and_subject_only_CERT05) {
  World world;
  Opened none =
      open_mail(seal_mail(mail_from("alice@example.org"), plain({sign_as("no_address", "alice")})),
                world.options);
  EXPECT_EQ(severity(none, Rule::AddressNoneInCertificate), Severity::Indeterminate) << none.text();
  EXPECT_EQ(none.status(), Status::Indeterminate);
  Opened subject = open_mail(
      seal_mail(mail_from("subject@example.org"), plain({sign_as("subject_only", "alice")})),
      world.options);
  EXPECT_EQ(severity(subject, Rule::AddressSubjectOnly), Severity::Note) << subject.text();
  EXPECT_EQ(subject.status(), Status::Valid);
}

TEST(Findings, address_no_from) {
  World world;
  Opened opened =
      open_mail(signed_mail(Sign::Form::Clear, std::string("To: a@b\r\n") + kRest), world.options);
  EXPECT_EQ(severity(opened, Rule::AddressNoFrom), Severity::Indeterminate) << opened.text();
  EXPECT_EQ(opened.status(), Status::Indeterminate);
}

TEST(Findings, limit_layers) {
  World world;
  std::string mail = seal_mail(mail_from("alice@example.org"),
                               plain({Compress{}, sign_as("alice", "alice"), encrypt_to("ec")}));
  world.options.limits.layers = 3;
  EXPECT_EQ(open_mail(mail, world.options).status(), Status::Valid);
  world.options.limits.layers = 2;
  Opened opened = open_mail(mail, world.options);
  // Inside of an encryption that has no tag it is not told apart (T-30).
  EXPECT_TRUE(opened.has(Rule::EncFailed)) << opened.text();
  std::string clear = seal_mail(mail_from("alice@example.org"),
                                plain({Compress{}, Compress{}, sign_as("alice", "alice")}));
  EXPECT_TRUE(open_mail(clear, world.options).has(Rule::LimitLayers));
}

}  // namespace
}  // namespace bulla::testing
