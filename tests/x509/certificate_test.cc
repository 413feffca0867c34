#include "bulla/certificate.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "x509/extensions.h"
#include "x509/test_files.h"

namespace bulla {
namespace {

TEST(Certificate, ReadsTheFieldsOfALeaf) {
  Certificate alice = load("alice");
  EXPECT_EQ(alice.version(), 3u);
  EXPECT_EQ(alice.subject(), "CN=Alice Lovelace,O=Bulla Test");
  EXPECT_EQ(alice.issuer(), "CN=Intermediate,O=Bulla Test,C=DE");
  EXPECT_EQ(alice.common_name(), "Alice Lovelace");
  EXPECT_EQ(to_iso8601(alice.not_before()), "2026-01-01T00:00:00Z");
  EXPECT_EQ(to_iso8601(alice.not_after()), "2126-01-01T00:00:00Z");
  EXPECT_EQ(alice.key_description(), "RSA 2048");
  EXPECT_EQ(alice.signature_description(), "RSA PKCS #1 v1.5 with SHA-256");
  EXPECT_FALSE(alice.is_ca());
  EXPECT_FALSE(alice.is_self_issued());
  EXPECT_EQ(alice.sha256().size(), 32u);
  EXPECT_EQ(alice.sha1().size(), 20u);
  EXPECT_TRUE(
      equal(*alice.authority_key_identifier(), *load("intermediate").subject_key_identifier()));
}

TEST(Certificate, ReadsUsages_CERT_35) {
  Certificate alice = load("alice");
  EXPECT_TRUE(alice.has_key_usage());
  EXPECT_TRUE(alice.allows(KeyUsage::DigitalSignature));
  EXPECT_TRUE(alice.allows(KeyUsage::KeyEncipherment));
  EXPECT_FALSE(alice.allows(KeyUsage::KeyCertSign));
  ASSERT_TRUE(alice.extended_key_usage());
  EXPECT_EQ(*alice.extended_key_usage(), std::vector<Oid>{x509::kEmailProtection});
  Certificate intermediate = load("intermediate");
  EXPECT_TRUE(intermediate.is_ca());
  EXPECT_EQ(intermediate.path_length(), 0u);
  EXPECT_TRUE(load("root").is_self_issued());
}

TEST(Certificate, WithoutKeyUsageAllowsEverything_CERT_37) {
  Certificate certificate = load("not_ca");
  EXPECT_FALSE(certificate.has_key_usage());
  EXPECT_TRUE(certificate.allows(KeyUsage::DigitalSignature));
  EXPECT_FALSE(certificate.extended_key_usage());
}

// alice's certificate with one extension, which has `count` elements.
Bytes with_elements(const Oid& oid, std::size_t count) {
  Certificate alice = load("alice");
  Bytes value = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer list = out.sequence();
    for (std::size_t i = 0; i < count; ++i) list.sequence().oid(x509::kCommonName);
  });
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer certificate = out.sequence();
    auto copied = asn1::decode(alice.der(), [&](asn1::Reader& in) {
      asn1::Reader seq = in.sequence();
      {
        asn1::Reader from = seq.sequence();
        asn1::Writer tbs = certificate.sequence();
        while (from.more() && !from.next_is(asn1::constructed(3))) tbs.element(from.element());
        from.skip_rest();
        asn1::Writer field = tbs.enter(asn1::constructed(3));
        asn1::Writer extensions = field.sequence();
        asn1::Writer extension = extensions.sequence();
        extension.oid(oid);
        extension.octet_string(value);
      }
      while (seq.more()) certificate.element(seq.element());
      return true;
    });
    EXPECT_TRUE(copied);
  });
}

TEST(Certificate, BoundsPoliciesWhoseWorkGrowsWithTheirSquare_T_60) {
  for (const Oid& oid : {x509::kCertificatePolicies, x509::kPolicyMappings}) {
    EXPECT_TRUE(Certificate::parse(with_elements(oid, 100)));
    auto many = Certificate::parse(with_elements(oid, 101));
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().rule, Rule::LimitElements);
  }
  EXPECT_TRUE(Certificate::parse(with_elements(Oid::of("1.2.3"), 1'000)));
}

TEST(Certificate, NamesItsKey) {
  EXPECT_EQ(load("ec").key_description(), "EC P-256");
  EXPECT_EQ(load("ec").key_bits(), 256u);
  EXPECT_EQ(load("ed25519").key_kind(), KeyKind::Ed25519);
  EXPECT_EQ(load("pss").key_kind(), KeyKind::RsaPss);
  EXPECT_EQ(load("pss").key_description(), "RSA-PSS 2048");
  EXPECT_EQ(load("short").key_bits(), 1024u);
}

TEST(Certificate, ListsAddressesOfAllThreeKinds_CERT_07) {
  auto alice = load("alice").addresses();
  ASSERT_EQ(alice.size(), 2u);
  EXPECT_EQ(alice[0].address, "alice@example.org");
  EXPECT_EQ(alice[1].address, "Lovelace@example.org");
  EXPECT_EQ(alice[0].source, AddressSource::Rfc822Name);

  auto utf8 = load("utf8_mailbox").addresses();
  ASSERT_EQ(utf8.size(), 1u);
  EXPECT_EQ(utf8[0].address, "jürgen@xn--bcher-kva.example");
  EXPECT_EQ(utf8[0].source, AddressSource::SmtpUtf8Mailbox);

  auto both = load("both_addresses").addresses();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].source, AddressSource::Rfc822Name);
  EXPECT_EQ(both[1].address, "subject@example.org");
  EXPECT_EQ(both[1].source, AddressSource::SubjectEmailAddress);

  EXPECT_TRUE(load("no_address").addresses().empty());
}

TEST(Certificate, WritesUtf8Names) {
  EXPECT_EQ(load("utf8_mailbox").common_name(), "Jürgen");
  EXPECT_EQ(load("subject_only").subject(),
            "emailAddress=subject@example.org,CN=Subject Only,O=Bulla Test");
}

TEST(Certificate, RefusesEveryTruncation_T_51) {
  Bytes der = to_bytes(load("alice").der());
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(Certificate::parse(Bytes(der.begin(), der.begin() + static_cast<long>(size))))
        << size;
  }
}

TEST(Certificate, RefusesTrailingData) {
  Bytes der = to_bytes(load("alice").der());
  der.push_back(0);
  auto parsed = Certificate::parse(der);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().rule, Rule::Asn1TrailingData);
}

TEST(Certificate, RefusesWhatIsTooLarge_T_65) {
  auto parsed = Certificate::parse(to_bytes(load("alice").der()), {.certificate_bytes = 100});
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().rule, Rule::LimitSize);
}

// Replaces the first `from` in the certificate by as many octets.
Result<Certificate> parse_patched(const std::string& name, std::string_view from,
                                  std::string_view to) {
  Bytes der = to_bytes(load(name).der());
  std::string text(as_text(der));
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, to.size(), to);
  return Certificate::parse(to_bytes(text));
}

TEST(Certificate, RefusesNulInAnAddress_T_77) {
  auto parsed =
      parse_patched("alice", "alice@example.org", std::string_view("alice@\0xample.org", 17));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().rule, Rule::CertMalformed);
}

TEST(Certificate, RefusesDifferingSignatureAlgorithms_T_68) {
  // sha256WithRSAEncryption in the TBSCertificate becomes sha384WithRSAEncryption.
  auto parsed = parse_patched("alice", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
                              "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().rule, Rule::CertMalformed);
}

TEST(Certificate, RefusesAnExtensionThatStandsTwice) {
  // subjectKeyIdentifier becomes a second authorityKeyIdentifier.
  auto parsed = parse_patched("alice", "\x06\x03\x55\x1d\x0e", "\x06\x03\x55\x1d\x23");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().rule, Rule::CertMalformed);
}

TEST(Certificate, ParsesAKeyOfAnUnknownKind) {
  // rsaEncryption becomes 1.2.840.113549.1.1.99.
  auto parsed = parse_patched("alice", "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
                              "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x63");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->key_kind(), KeyKind::Unknown);
  EXPECT_EQ(parsed->key_bits(), 0u);
  EXPECT_EQ(parsed->key_description(), "1.2.840.113549.1.1.99");
}

TEST(LoadCertificates, ReadsPemDerAndCertsOnly) {
  EXPECT_EQ(load_certificates(read_file(data_path("alice.der")))->size(), 1u);
  EXPECT_EQ(load_certificates(read_file(data_path("certs_only.p7b")))->size(), 2u);
  auto certificates = load_certificates(read_file(data_path("certs_only.p7b.pem")));
  ASSERT_TRUE(certificates);
  ASSERT_EQ(certificates->size(), 2u);
  EXPECT_EQ(certificates->at(0), load("alice"));
  EXPECT_EQ(certificates->at(1), load("intermediate"));
}

TEST(LoadCertificates, ReadsEveryBlockAndPassesOverKeysAndText) {
  Bytes file = read_file(data_path("alice.key.pem"));
  append(file, as_bytes("subject: somebody\n"));
  append(file, read_file(data_path("alice.pem")));
  append(file, read_file(data_path("intermediate.pem")));
  auto certificates = load_certificates(file);
  ASSERT_TRUE(certificates);
  EXPECT_EQ(certificates->size(), 2u);
}

TEST(LoadCertificates, FailsWithoutACertificate) {
  auto none = load_certificates(read_file(data_path("alice.key.pem")));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().rule, Rule::KeyNoCertificate);
  EXPECT_FALSE(load_certificates({}));
}

}  // namespace
}  // namespace bulla
