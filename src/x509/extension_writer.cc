#include "x509/extension_writer.h"

#include "base/try.h"
#include "x509/address_match.h"

namespace bulla::x509 {
namespace {

// GeneralName ::= CHOICE {
//     otherName   [0] IMPLICIT SEQUENCE { type-id, value [0] EXPLICIT ANY },
//     rfc822Name  [1] IMPLICIT IA5String, … }
// SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX)) -- RFC 9598 3
void write_address(asn1::Writer& out, const CertificateAddress& address) {
  if (address.source == AddressSource::Rfc822Name) {
    out.primitive(asn1::primitive(1), as_bytes(address.address));
    return;
  }
  asn1::Writer other = out.enter(asn1::constructed(0));
  other.oid(kSmtpUtf8Mailbox);
  other.enter(asn1::constructed(0)).utf8_string(address.address);
}

}  // namespace

// Extension ::= SEQUENCE {
//     extnID     OBJECT IDENTIFIER,
//     critical   BOOLEAN DEFAULT FALSE,
//     extnValue  OCTET STRING }
void write_extension(asn1::Writer& out, const Oid& oid, Criticality criticality, ByteView value) {
  asn1::Writer seq = out.sequence();
  seq.oid(oid);
  if (criticality == Criticality::Critical) seq.boolean(true);
  seq.octet_string(value);
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
Result<Bytes> write_alternative_name(const std::vector<std::string>& addresses) {
  std::vector<CertificateAddress> names;
  for (const std::string& one : addresses) {
    auto address = certificate_address(one);
    if (!address) return failure(Rule::IoUsage, 0, one + " is no mail address");
    names.push_back(std::move(*address));
  }
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    for (const CertificateAddress& name : names) write_address(seq, name);
  });
}

// KeyUsage ::= BIT STRING { digitalSignature (0), …, keyEncipherment (2), …, keyAgreement (4), … }
//
// All that the key can do in mail: RSA as RFC 4055 1.2 says it, EC as RFC 5480 3, EdDSA as RFC
// 8410 5, ML-DSA as RFC 9881 5, SLH-DSA as RFC 9909 6.
Bytes usual_key_usage(KeyKind kind) {
  constexpr std::uint8_t kDigitalSignature = 0x80;
  constexpr std::uint8_t kKeyEncipherment = 0x20;
  constexpr std::uint8_t kKeyAgreement = 0x08;
  std::uint8_t bits = kDigitalSignature;
  unsigned unused = 7;
  if (kind == KeyKind::Rsa) {
    bits |= kKeyEncipherment;
    unused = 5;
  } else if (kind == KeyKind::Ec) {
    bits |= kKeyAgreement;
    unused = 3;
  }
  return asn1::encode([&](asn1::Writer& out) { out.bit_string(Bytes{bits}, unused); });
}

// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] IMPLICIT OCTET STRING, … }
Bytes write_authority_key_identifier(ByteView identifier) {
  return asn1::encode(
      [&](asn1::Writer& out) { out.sequence().primitive(asn1::primitive(0), identifier); });
}

Bytes write_purpose(const Oid& purpose) {
  return asn1::encode([&](asn1::Writer& out) { out.sequence().oid(purpose); });
}

Criticality alternative_name_criticality(ByteView subject) {
  constexpr std::size_t kEmptyName = 2;  // octets of a SEQUENCE of nothing
  return subject.size() <= kEmptyName ? Criticality::Critical : Criticality::NonCritical;
}

}  // namespace bulla::x509
