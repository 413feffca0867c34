#include "asn1/writer.h"
#include "cms/attribute.h"

namespace bulla::cms {
namespace {

// Attribute ::= SEQUENCE {
//     attrType    OBJECT IDENTIFIER,
//     attrValues  SET OF AttributeValue }
Bytes encode_attribute(const Attribute& attribute) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.oid(attribute.type);
    seq.set_of(attribute.values);
  });
}

}  // namespace

void write_attributes(asn1::Writer& out, const std::vector<Attribute>& attributes, asn1::Tag tag) {
  std::vector<Bytes> elements;
  elements.reserve(attributes.size());
  for (const Attribute& attribute : attributes) elements.push_back(encode_attribute(attribute));
  out.set_of(std::move(elements), tag);
}

// SignerIdentifier ::= CHOICE {
//     issuerAndSerialNumber  IssuerAndSerialNumber,
//     subjectKeyIdentifier   [0] SubjectKeyIdentifier }
//
// IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber CertificateSerialNumber }
void EntityIdentifier::write(asn1::Writer& out) const {
  if (!key_identifier.empty()) {
    out.primitive(asn1::primitive(0), key_identifier);
    return;
  }
  asn1::Writer seq = out.sequence();
  seq.element(issuer_der);
  seq.primitive(asn1::Tag::Integer, serial_number);
}

}  // namespace bulla::cms
