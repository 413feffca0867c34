// Name: a distinguished name (RFC 5280 4.1.2.4), as text and for comparison.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asn1/reader.h"
#include "bulla/bytes.h"
#include "bulla/oid.h"

namespace bulla::x509 {

struct NameAttribute {
  Oid type;
  asn1::Tag tag = asn1::Tag::Utf8String;
  ByteView value;    // contents
  ByteView element;  // the whole value
};

using RelativeName = std::vector<NameAttribute>;
// The RDNs as they stand; the views are into what was read.
using RelativeNames = std::vector<RelativeName>;

RelativeNames read_name(asn1::Reader& in);

// RFC 4514 text: the last RDN first. Attribute types without a short name there get
// the one that is in common use (emailAddress, serialNumber). Control characters stay.
std::string name_to_text(const RelativeNames& name);

// The type with this short name, in any case.
std::optional<Oid> find_attribute_type(std::string_view name);

// The values of all attributes of a type, first to last, as UTF-8. A value that is
// no character string is left out.
std::vector<std::string> find_attributes(const RelativeNames& name, const Oid& type);

// Octets that are equal for two Names exactly when the Names are (CERT-30): case of
// ASCII ignored, spaces folded, string types interchangeable. Of a malformed Name:
// its own octets.
std::string comparison_key(ByteView name_der);

bool equal_names(ByteView a_der, ByteView b_der);

}  // namespace bulla::x509
