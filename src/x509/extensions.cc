#include "x509/extensions.h"

namespace bulla::x509 {
namespace {

// Extension ::= SEQUENCE {
//     extnID     OBJECT IDENTIFIER,
//     critical   BOOLEAN DEFAULT FALSE,
//     extnValue  OCTET STRING }
//
// Many old certificates encode the FALSE.
CertificateExtension read_extension(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  CertificateExtension extension;
  extension.oid = seq.oid();
  if (seq.next_is(asn1::Tag::Boolean)) extension.critical = seq.boolean();
  extension.value = seq.octet_string();
  return extension;
}

void keep_address(asn1::Reader& in, asn1::Tag tag, ByteView contents, AddressSource source,
                  std::vector<CertificateAddress>& addresses) {
  auto text = asn1::string_to_utf8(tag, contents);
  if (!text) return in.fail(Rule::Asn1BadString, "a mail address");
  addresses.push_back({std::move(*text), source});
}

// OtherName ::= SEQUENCE {
//     type-id  OBJECT IDENTIFIER,
//     value    [0] EXPLICIT ANY DEFINED BY type-id }
//
// SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX)) (RFC 9598 3)
void read_other_name(asn1::Reader& in, std::vector<CertificateAddress>& addresses) {
  asn1::Reader name = in.enter(asn1::constructed(0));
  Oid type = name.oid();
  asn1::Reader value = name.enter(asn1::constructed(0));
  if (type != kSmtpUtf8Mailbox) return value.skip_rest();
  ByteView mailbox = value.contents(asn1::Tag::Utf8String);
  keep_address(value, asn1::Tag::Utf8String, mailbox, AddressSource::SmtpUtf8Mailbox, addresses);
}

}  // namespace

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
std::vector<CertificateExtension> read_extensions(asn1::Reader& in) {
  std::vector<CertificateExtension> extensions;
  asn1::Reader seq = in.sequence();
  do {
    extensions.push_back(read_extension(seq));
  } while (seq.more());
  return extensions;
}

// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { … }
Result<void> check_policy_count(ByteView value) {
  constexpr std::size_t kMaxPolicies = 100;
  auto count = asn1::decode(value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    std::size_t elements = 0;
    for (; seq.more(); ++elements) seq.element();
    return elements;
  });
  // What is malformed is judged with the path.
  bool is_many = count && *count > kMaxPolicies;
  return is_many ? failure(Rule::LimitElements, 0, "policies") : Result<void>();
}

// BasicConstraints ::= SEQUENCE {
//     cA                 BOOLEAN DEFAULT FALSE,
//     pathLenConstraint  INTEGER (0..MAX) OPTIONAL }
Result<BasicConstraints> read_basic_constraints(ByteView value) {
  return asn1::decode(value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    BasicConstraints constraints;
    if (seq.next_is(asn1::Tag::Boolean)) constraints.is_ca = seq.boolean();
    if (seq.next_is(asn1::Tag::Integer)) {
      constraints.path_length = static_cast<std::size_t>(seq.small_integer());
    }
    return constraints;
  });
}

// KeyUsage ::= BIT STRING
Result<asn1::BitString> read_key_usage(ByteView value) {
  return asn1::decode(value, [](asn1::Reader& in) { return in.bit_string(); });
}

// ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
Result<std::vector<Oid>> read_extended_key_usage(ByteView value) {
  return asn1::decode(value, [](asn1::Reader& in) {
    std::vector<Oid> purposes;
    asn1::Reader seq = in.sequence();
    do {
      purposes.push_back(seq.oid());
    } while (seq.more());
    return purposes;
  });
}

// SubjectKeyIdentifier ::= OCTET STRING
Result<ByteView> read_subject_key_identifier(ByteView value) {
  return asn1::decode(value, [](asn1::Reader& in) { return in.octet_string(); });
}

// AuthorityKeyIdentifier ::= SEQUENCE {
//     keyIdentifier              [0] IMPLICIT OCTET STRING OPTIONAL,
//     authorityCertIssuer        [1] IMPLICIT GeneralNames OPTIONAL,
//     authorityCertSerialNumber  [2] IMPLICIT INTEGER OPTIONAL }
Result<std::optional<ByteView>> read_authority_key_identifier(ByteView value) {
  return asn1::decode(value, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    std::optional<ByteView> identifier = seq.optional_contents(asn1::primitive(0));
    seq.skip_rest();
    return identifier;
  });
}

// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
// GeneralName ::= CHOICE {
//     otherName   [0] IMPLICIT OtherName,
//     rfc822Name  [1] IMPLICIT IA5String,
//     … }
Result<std::vector<CertificateAddress>> read_mail_addresses(ByteView subject_alt_name) {
  return asn1::decode(subject_alt_name, [](asn1::Reader& in) {
    std::vector<CertificateAddress> addresses;
    asn1::Reader seq = in.sequence();
    while (seq.more()) {
      if (seq.next_is(asn1::constructed(0))) {
        read_other_name(seq, addresses);
      } else if (seq.next_is(asn1::primitive(1))) {
        ByteView name = seq.contents(asn1::primitive(1));
        keep_address(seq, asn1::Tag::Ia5String, name, AddressSource::Rfc822Name, addresses);
      } else {
        seq.element();
      }
    }
    addresses.shrink_to_fit();  // there may be 20,000
    return addresses;
  });
}

}  // namespace bulla::x509
