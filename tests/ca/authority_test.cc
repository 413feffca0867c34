// A CA for a team: what it issues, what it refuses, and what it says of what it has issued.
#include "ca/authority.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "bulla/certificate_check.h"
#include "bulla/request.h"
#include "ca/list_writer.h"
#include "ca/responder.h"
#include "crypto/key_wrap.h"
#include "message/request_file.h"
#include "x509/access_points.h"
#include "x509/crl.h"
#include "x509/extension_writer.h"
#include "x509/name_writer.h"
#include "x509/ocsp.h"
#include "x509/request_writer.h"

namespace bulla::ca {
namespace {

using std::chrono::hours;

const Time kNow = *parse_time("2026-12-01T12:00:00Z");
constexpr std::chrono::seconds kYear = hours(24 * 365);

PrivateKeyPtr make_key(std::string_view type) {
  return load_private_key(generate_private_key(type).value().view()).value();
}

struct TestCa {
  explicit TestCa(std::string_view type = "p256", store::PublishedAt places = {})
      : key(make_key(type)),
        issuer(make_issuer(*key).value()),
        authority{.certificate = root(), .places = std::move(places)} {}

  Certificate root() const {
    AuthorityOptions options{.name = x509::write_common_name("Team CA").value(),
                             .validity = {.not_before = kNow, .not_after = kNow + 10 * kYear}};
    return make_root(issuer, options).value();
  }

  Result<Certificate> issue_to(const PrivateKey& who, const std::vector<std::string>& asked,
                               const IssueOptions& options) const {
    Bytes der = write_certification_request(who, {.addresses = asked}).value();
    return issue(issuer, authority, x509::CertificationRequest::parse(der).value(), options);
  }

  PrivateKeyPtr key;
  Issuer issuer;
  store::Authority authority;
};

IssueOptions options_for(std::vector<std::string> addresses) {
  return {.addresses = std::move(addresses),
          .subject = x509::write_common_name("Alice").value(),
          .at = kNow,
          .lifetime = kYear};
}

std::string why(const Result<Certificate>& result) {
  return result ? "issued" : describe(result.error());
}

class EachKey : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Ca, EachKey,
                         ::testing::Values("p256", "p384", "rsa-3072", "ed25519", "ed448"));

// RFC 8550 4.4, RFC 5280 4.2: nothing in it is against the standards.
TEST_P(EachKey, what_is_issued_is_sound) {
  TestCa ca(GetParam(), {.crl = "http://pki.example/c.crl",
                         .ocsp = "http://pki.example/o",
                         .issuer = "http://pki.example/c.cer"});
  PrivateKeyPtr alice = make_key(GetParam());
  Certificate made =
      ca.issue_to(*alice, {"alice@example.org"}, options_for({"alice@example.org"})).value();
  EXPECT_EQ(made.addresses().at(0).address, "alice@example.org");
  EXPECT_EQ(made.common_name(), "Alice");
  EXPECT_TRUE(made.allows(KeyUsage::DigitalSignature));
  EXPECT_EQ(made.not_after(), kNow + kYear);
  EXPECT_EQ(to_bytes(made.subject_public_key_info()), alice->subject_public_key_info());
  EXPECT_EQ(x509::list_urls(made), std::vector<std::string>{"http://pki.example/c.crl"});
  EXPECT_EQ(x509::responder_urls(made), std::vector<std::string>{"http://pki.example/o"});
  EXPECT_EQ(x509::issuer_urls(made), std::vector<std::string>{"http://pki.example/c.cer"});
  for (const Certificate* each : {&made, &ca.authority.certificate}) {
    CertificateReport report = check_certificate(each->der()).value();
    for (const CertificateFinding& finding : report.findings) {
      EXPECT_EQ(finding.check->severity, CheckSeverity::Note) << finding.check->id;
    }
  }
}

// CERT-65: a request proves that whoever asks has the key.
TEST(Ca, refuses_a_request_that_another_key_has_signed) {
  TestCa ca;
  PrivateKeyPtr alice = make_key("p256");
  Bytes der = write_certification_request(*alice, {.addresses = {"alice@example.org"}}).value();
  der[der.size() - 5] ^= 1;
  auto request = x509::CertificationRequest::parse(der).value();
  auto made = issue(ca.issuer, ca.authority, request, options_for({"alice@example.org"}));
  EXPECT_NE(why(made).find("not signed with the key"), std::string::npos) << why(made);
}

TEST(Ca, certifies_what_its_operator_names_and_nothing_else) {
  TestCa ca;
  PrivateKeyPtr alice = make_key("p256");
  auto more = ca.issue_to(*alice, {"alice@example.org", "root@example.org"},
                          options_for({"alice@example.org"}));
  EXPECT_NE(why(more).find("root@example.org too"), std::string::npos) << why(more);
  Certificate other = ca.issue_to(*alice, {"alice@example.org"},
                                  options_for({"alice@example.org", "a@example.org"}))
                          .value();
  EXPECT_EQ(other.addresses().size(), 2u);
}

TEST(Ca, ends_no_later_than_its_own_certificate) {
  TestCa ca;
  PrivateKeyPtr small = make_key("rsa-2048");
  EXPECT_TRUE(ca.issue_to(*small, {"a@example.org"}, options_for({"a@example.org"})));
  IssueOptions late = options_for({"a@example.org"});
  late.at = kNow + 10 * kYear - hours(24);
  EXPECT_EQ(ca.issue_to(*small, {"a@example.org"}, late)->not_after(), kNow + 10 * kYear);
  late.at = kNow + 10 * kYear;
  EXPECT_NE(why(ca.issue_to(*small, {"a@example.org"}, late)).find("not valid at"),
            std::string::npos);
}

// CERT-81: who asks for a key to sign with alone gets no other; and no CA.
TEST(Ca, gives_no_more_key_usage_than_is_asked_for) {
  TestCa ca;
  PrivateKeyPtr alice = make_key("p256");
  auto with = [&](std::uint8_t bits, unsigned unused) {
    Bytes usage = asn1::encode([&](asn1::Writer& out) { out.bit_string(Bytes{bits}, unused); });
    SignatureScheme scheme = ca.issuer.scheme;
    Bytes der = x509::write_certification_request(*alice, scheme,
                                                  {.subject = x509::write_name("").value(),
                                                   .addresses = {"alice@example.org"},
                                                   .key_usage = usage})
                    .value();
    return issue(ca.issuer, ca.authority, x509::CertificationRequest::parse(der).value(),
                 options_for({"alice@example.org"}));
  };
  auto sign_only = with(0x80, 7);
  ASSERT_TRUE(sign_only) << why(sign_only);
  EXPECT_TRUE(sign_only->allows(KeyUsage::DigitalSignature));
  EXPECT_FALSE(sign_only->allows(KeyUsage::KeyAgreement));
  auto as_ca = with(0x86, 1);
  EXPECT_NE(why(as_ca).find("key usage that is not for mail"), std::string::npos) << why(as_ca);
}

TEST(Ca, serial_numbers_are_positive_and_have_sixteen_octets) {
  for (int i = 0; i < 50; ++i) {
    Bytes serial = make_serial_number().value();
    EXPECT_EQ(serial.size(), 16u);
    EXPECT_EQ(serial[0] & 0xc0, 0x40);
  }
}

store::Issued issued(const Certificate& certificate, std::optional<store::Revocation> revocation) {
  return {.serial = to_bytes(certificate.serial_number()),
          .sha256 = to_bytes(certificate.sha256()),
          .subject = certificate.subject(),
          .addresses = {},
          .not_after = certificate.not_after(),
          .revocation = revocation,
          .added = kNow};
}

TEST(Ca, writes_a_list) {
  TestCa ca;
  PrivateKeyPtr alice = make_key("p256");
  Certificate made = ca.issue_to(*alice, {"a@example.org"}, options_for({"a@example.org"})).value();
  store::Revocation revocation{.at = kNow, .reason = store::RevocationReason::KeyCompromise};
  for (bool is_empty : {true, false}) {
    std::vector<store::Issued> revoked;
    if (!is_empty) revoked.push_back(issued(made, revocation));
    Bytes der = write_list(ca.issuer, ca.authority.certificate, revoked,
                           {.number = 7, .this_update = kNow, .next_update = kNow + hours(1)})
                    .value();
    x509::Crl crl = x509::Crl::parse(der).value();
    EXPECT_EQ(crl.this_update, kNow);
    EXPECT_EQ(crl.next_update, kNow + hours(1));
    EXPECT_EQ(to_bytes(crl.issuer), to_bytes(ca.authority.certificate.subject_der()));
  }
}

Answered ask(const TestCa& ca, ByteView request, const std::optional<store::Issued>& known) {
  auto find = [&](ByteView serial) -> Result<std::optional<store::Issued>> {
    if (known && equal(known->serial, serial)) return known;
    return std::optional<store::Issued>();
  };
  return answer_request(ca.issuer, ca.authority.certificate, request,
                        {.this_update = kNow, .next_update = kNow + hours(1)}, find)
      .value();
}

// CERT-59, CERT-60, CERT-62.
TEST(Responder, says_what_is_known_of_a_certificate) {
  TestCa ca;
  const Certificate& root = ca.authority.certificate;
  PrivateKeyPtr alice = make_key("p256");
  Certificate made = ca.issue_to(*alice, {"a@example.org"}, options_for({"a@example.org"})).value();
  Bytes nonce = x509::make_ocsp_nonce().value();
  Bytes request = x509::write_ocsp_request(made, root, nonce).value();
  store::Revocation revocation{.at = kNow, .reason = store::RevocationReason::Superseded};
  using Kind = x509::OcspStatus::Kind;
  struct Case {
    std::optional<store::Issued> known;
    Kind kind;
  };
  for (const Case& each : {Case{std::nullopt, Kind::Unknown}, Case{issued(made, {}), Kind::Good},
                           Case{issued(made, revocation), Kind::Revoked}}) {
    Answered answered = ask(ca, request, each.known);
    auto answer = x509::OcspAnswer::parse(answered.response).value();
    EXPECT_EQ(answer.nonce(), nonce);
    EXPECT_TRUE(answer.find_signer(root, x509::PathOptions::Weak::Refuse));
    auto status = answer.find(made, root).value();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->kind, each.kind);
    EXPECT_EQ(status->this_update, kNow);
    EXPECT_EQ(status->next_update, kNow + hours(1));
  }
}

TEST(Responder, answers_what_it_cannot_answer_with_the_reason) {
  TestCa ca;
  TestCa other;
  PrivateKeyPtr alice = make_key("p256");
  Certificate made =
      other.issue_to(*alice, {"a@example.org"}, options_for({"a@example.org"})).value();
  Bytes foreign = x509::write_ocsp_request(made, other.authority.certificate, {}).value();
  Answered answered = ask(ca, foreign, {});
  EXPECT_EQ(answered.response, (Bytes{0x30, 0x03, 0x0a, 0x01, 0x06}));
  for (std::size_t size = 0; size < foreign.size(); ++size) {
    EXPECT_EQ(ask(ca, ByteView(foreign).first(size), {}).response,
              (Bytes{0x30, 0x03, 0x0a, 0x01, 0x01}))
        << size;
  }
}

// RFC 8551 3.8: in PEM, in DER, by mail; and never two at once.
TEST(RequestFile, is_found_in_each_form) {
  PrivateKeyPtr alice = make_key("p256");
  Bytes der = write_certification_request(*alice, {.addresses = {"alice@example.org"}}).value();
  std::string entity = write_request_entity(der);
  std::string mail = "From: alice@example.org\r\nSubject: please\r\n" + entity;
  std::string mixed =
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nplease\r\n"
      "--b\r\n" +
      entity + "\r\n--b--\r\n";
  for (const std::string& form : {std::string(as_text(der)), entity, mail, mixed}) {
    EXPECT_EQ(find_request(as_bytes(form)).value(), der);
  }
  EXPECT_EQ(find_request(as_bytes("Subject: hello\r\n\r\nhello\r\n")).error().rule,
            Rule::CaRefused);
}

}  // namespace
}  // namespace bulla::ca
