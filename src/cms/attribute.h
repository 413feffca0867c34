// Attributes (RFC 5652 5.3, 11), and what those of S/MIME say (RFC 8551 2.5).
#pragma once

#include <optional>
#include <vector>

#include "asn1/algorithm_identifier.h"
#include "bulla/certificate.h"
#include "bulla/limits.h"
#include "cms/content_type.h"

namespace bulla::cms {

struct Attribute {
  Oid type;
  std::vector<Bytes> values;  // whole elements, in the order of the message
};

// SET OF Attribute under any tag. Limits::attributes, Limits::attribute_values.
std::vector<Attribute> read_attributes(asn1::Reader& set, const Limits& limits);
// Attributes in DER order under `tag` (CMS-29).
void write_attributes(asn1::Writer& out, const std::vector<Attribute>& attributes, asn1::Tag tag);

// A SET OF Attribute under an implicit tag, and what of it is signed or authenticated:
// its octets as SET OF (tag 0x31), in the order of the message (CMS-18, CMS-64).
struct AttributeSet {
  Bytes der;
  std::vector<Attribute> attributes;
};
std::optional<AttributeSet> read_attribute_set(asn1::Reader& in, asn1::Tag tag,
                                               const Limits& limits);

const Attribute* find(const std::vector<Attribute>& attributes, const Oid& type);

// issuerAndSerialNumber, or subjectKeyIdentifier (then the others are empty).
struct EntityIdentifier {
  Bytes issuer_der;
  Bytes serial_number;  // INTEGER contents
  Bytes key_identifier;

  // SEQUENCE { issuer, serial } or [0] key identifier (SignerIdentifier, RecipientIdentifier).
  static EntityIdentifier read(asn1::Reader& in);
  void write(asn1::Writer& out) const;
  static EntityIdentifier issuer_and_serial(const Certificate& certificate);
  bool matches(const Certificate& certificate) const;
  // "CN=…, serial 0a1b" or "key identifier 0a1b…", for a person; unescaped.
  std::string describe() const;

  friend bool operator==(const EntityIdentifier&, const EntityIdentifier&) = default;
};

// Describes the recipients of one message, who share few issuers.
class RecipientTexts {
 public:
  // As EntityIdentifier::describe().
  std::string describe(const EntityIdentifier& id);

 private:
  Bytes issuer_der_;
  std::string issuer_;
};

// SMIMECapability (RFC 8551 2.5.2): compared as octets (ATTR-17).
struct Capability {
  Oid id;
  std::optional<Bytes> parameters;
  friend bool operator==(const Capability&, const Capability&) = default;
};

// What signed attributes say, decoded. Absent or malformed ones are nothing.
struct SignedStatements {
  std::optional<Oid> content_type;
  std::optional<Bytes> message_digest;
  std::optional<Time> signing_time;
  std::vector<Capability> capabilities;
  std::optional<EntityIdentifier> encryption_key_preference;
  bool requests_receipt = false;
  bool has_security_label = false;
};

}  // namespace bulla::cms
