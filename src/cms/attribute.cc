#include "cms/attribute.h"

#include <algorithm>

#include "x509/name.h"

namespace bulla::cms {
namespace {

// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
Attribute read_attribute(asn1::Reader& in, const Limits& limits) {
  asn1::Reader seq = in.sequence();
  Attribute attribute{.type = seq.oid(), .values = {}};
  asn1::Reader values = seq.set();
  while (values.more()) {
    if (attribute.values.size() == limits.attribute_values) values.fail(Rule::LimitAttributes);
    attribute.values.push_back(to_bytes(values.element()));
  }
  return attribute;
}

}  // namespace

std::vector<Attribute> read_attributes(asn1::Reader& set, const Limits& limits) {
  std::vector<Attribute> attributes;
  while (set.more()) {
    if (attributes.size() == limits.attributes) set.fail(Rule::LimitAttributes);
    attributes.push_back(read_attribute(set, limits));
  }
  return attributes;
}

std::optional<AttributeSet> read_attribute_set(asn1::Reader& in, asn1::Tag tag,
                                               const Limits& limits) {
  auto contents = in.optional_contents(tag);
  if (!contents) return std::nullopt;
  AttributeSet result{.der = asn1::encode_header(asn1::Tag::Set, contents->size()),
                      .attributes = {}};
  append(result.der, *contents);
  auto attributes = asn1::decode(
      result.der,
      [&](asn1::Reader& reader) {
        asn1::Reader set = reader.set();
        return read_attributes(set, limits);
      },
      limits);
  if (!attributes) {
    in.fail(attributes.error().rule, attributes.error().detail);
    return std::nullopt;
  }
  result.attributes = std::move(*attributes);
  return result;
}

const Attribute* find(const std::vector<Attribute>& attributes, const Oid& type) {
  auto found = std::find_if(attributes.begin(), attributes.end(),
                            [&](const Attribute& attribute) { return attribute.type == type; });
  return found == attributes.end() ? nullptr : &*found;
}

// SignerIdentifier ::= CHOICE {
//     issuerAndSerialNumber     IssuerAndSerialNumber,
//     subjectKeyIdentifier  [0] SubjectKeyIdentifier }
//
// IssuerAndSerialNumber ::= SEQUENCE { issuer Name, serialNumber CertificateSerialNumber }
EntityIdentifier EntityIdentifier::read(asn1::Reader& in) {
  EntityIdentifier id;
  if (auto key_identifier = in.optional_contents(asn1::primitive(0))) {
    id.key_identifier = to_bytes(*key_identifier);
    if (id.key_identifier.empty()) in.fail(Rule::Asn1BadLength, "empty key identifier");
    return id;
  }
  asn1::Reader seq = in.sequence();
  id.issuer_der = to_bytes(seq.element(asn1::Tag::Sequence));
  id.serial_number = to_bytes(seq.integer());
  return id;
}

EntityIdentifier EntityIdentifier::issuer_and_serial(const Certificate& certificate) {
  return {.issuer_der = to_bytes(certificate.issuer_der()),
          .serial_number = to_bytes(certificate.serial_number()),
          .key_identifier = {}};
}

// Either form of the identifier (CMS-10). Issuers are compared as names: a CA may have written
// its own in another string type than whoever wrote the message (CMS-57).
bool EntityIdentifier::matches(const Certificate& certificate) const {
  if (!key_identifier.empty()) {
    auto identifier = certificate.subject_key_identifier();
    return identifier && equal(*identifier, key_identifier);
  }
  return !issuer_der.empty() && equal(serial_number, certificate.serial_number()) &&
         x509::equal_names(issuer_der, certificate.issuer_der());
}

std::string EntityIdentifier::describe() const { return RecipientTexts().describe(*this); }

std::string RecipientTexts::describe(const EntityIdentifier& id) {
  if (!id.key_identifier.empty()) return "key identifier " + to_hex(id.key_identifier);
  if (issuer_der_ != id.issuer_der) {
    issuer_der_ = id.issuer_der;
    issuer_ = asn1::decode(issuer_der_, [](asn1::Reader& in) {
                return x509::name_to_text(x509::read_name(in));
              }).value_or(to_hex(issuer_der_));
  }
  return issuer_ + ", serial " + to_hex(id.serial_number);
}

}  // namespace bulla::cms
