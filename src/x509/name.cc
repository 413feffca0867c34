#include "x509/name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulla::x509 {
namespace {

struct ShortName {
  Oid type;
  std::string_view name;
};

// RFC 4514 3, then names in common use.
constexpr std::array kShortNames = {
    ShortName{Oid::of("2.5.4.3"), "CN"},
    ShortName{Oid::of("2.5.4.7"), "L"},
    ShortName{Oid::of("2.5.4.8"), "ST"},
    ShortName{Oid::of("2.5.4.10"), "O"},
    ShortName{Oid::of("2.5.4.11"), "OU"},
    ShortName{Oid::of("2.5.4.6"), "C"},
    ShortName{Oid::of("2.5.4.9"), "STREET"},
    ShortName{Oid::of("0.9.2342.19200300.100.1.25"), "DC"},
    ShortName{Oid::of("0.9.2342.19200300.100.1.1"), "UID"},
    ShortName{Oid::of("1.2.840.113549.1.9.1"), "emailAddress"},
    ShortName{Oid::of("2.5.4.4"), "SN"},
    ShortName{Oid::of("2.5.4.5"), "serialNumber"},
    ShortName{Oid::of("2.5.4.12"), "title"},
    ShortName{Oid::of("2.5.4.42"), "GN"},
    ShortName{Oid::of("2.5.4.43"), "initials"},
    ShortName{Oid::of("2.5.4.46"), "dnQualifier"},
    ShortName{Oid::of("2.5.4.65"), "pseudonym"},
    ShortName{Oid::of("2.5.4.97"), "organizationIdentifier"},
};

// AttributeTypeAndValue ::= SEQUENCE {
//     type   AttributeType,
//     value  AttributeValue }
NameAttribute read_attribute(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  NameAttribute attribute;
  attribute.type = seq.oid();
  if (!seq.more()) {
    seq.fail(Rule::Asn1Truncated);
    return attribute;
  }
  attribute.tag = seq.peek();
  attribute.element = seq.element();
  auto contents = asn1::decode(attribute.element,
                               [&](asn1::Reader& value) { return value.contents(attribute.tag); });
  if (contents) attribute.value = *contents;
  return attribute;
}

// RFC 4514 2.4
std::string escape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool special = std::string_view("\"+,;<>\\").find(c) != std::string_view::npos;
    bool at_edge = (c == ' ' && (i == 0 || i + 1 == text.size())) || (c == '#' && i == 0);
    if (special || at_edge) result += '\\';
    result += c;
  }
  return result;
}

std::string attribute_to_text(const NameAttribute& attribute) {
  const auto* known = std::find_if(kShortNames.begin(), kShortNames.end(),
                                   [&](const ShortName& s) { return s.type == attribute.type; });
  auto text = asn1::string_to_utf8(attribute.tag, attribute.value);
  if (known == kShortNames.end() || !text) {
    return attribute.type.to_string() + "=#" + to_hex(attribute.element);
  }
  return std::string(known->name) + '=' + escape(*text);
}

// RFC 4518 2.6.1 as far as it concerns ASCII: no spaces at the ends, one inside.
std::string fold(std::string_view text) {
  std::string result;
  bool space = false;
  for (char c : text) {
    bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (is_space) {
      space = true;
      continue;
    }
    if (space && !result.empty()) result += ' ';
    space = false;
    result += lower(c);
  }
  return result;
}

void append_part(std::string& to, std::string_view part) {
  to += std::to_string(part.size());
  to += ':';
  to += part;
}

std::string attribute_key(const NameAttribute& attribute) {
  std::string key;
  append_part(key, as_text(attribute.type.der()));
  auto text = asn1::string_to_utf8(attribute.tag, attribute.value);
  key += text ? 's' : 'r';
  append_part(key, text ? std::string_view(fold(*text)) : as_text(attribute.element));
  return key;
}

}  // namespace

// Name ::= CHOICE { rdnSequence  RDNSequence }
// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
RelativeNames read_name(asn1::Reader& in) {
  RelativeNames name;
  asn1::Reader seq = in.sequence();
  while (seq.more()) {
    asn1::Reader set = seq.set();
    RelativeName& rdn = name.emplace_back();
    do {
      rdn.push_back(read_attribute(set));
    } while (set.more());
  }
  return name;
}

std::string name_to_text(const RelativeNames& name) {
  std::string text;
  for (auto rdn = name.rbegin(); rdn != name.rend(); ++rdn) {
    if (rdn != name.rbegin()) text += ',';
    for (auto attribute = rdn->begin(); attribute != rdn->end(); ++attribute) {
      if (attribute != rdn->begin()) text += '+';
      text += attribute_to_text(*attribute);
    }
  }
  return text;
}

std::optional<Oid> find_attribute_type(std::string_view name) {
  const auto* known =
      std::find_if(kShortNames.begin(), kShortNames.end(),
                   [&](const ShortName& row) { return equal_ignoring_case(row.name, name); });
  if (known == kShortNames.end()) return std::nullopt;
  return known->type;
}

std::vector<std::string> find_attributes(const RelativeNames& name, const Oid& type) {
  std::vector<std::string> values;
  for (const RelativeName& rdn : name) {
    for (const NameAttribute& attribute : rdn) {
      if (attribute.type != type) continue;
      auto text = asn1::string_to_utf8(attribute.tag, attribute.value);
      if (text) values.push_back(std::move(*text));
    }
  }
  return values;
}

std::string comparison_key(ByteView name_der) {
  auto name = asn1::decode(name_der, &read_name);
  if (!name) return "malformed " + std::string(as_text(name_der));
  std::string key;
  for (const RelativeName& rdn : *name) {
    std::vector<std::string> attributes;
    for (const NameAttribute& attribute : rdn) attributes.push_back(attribute_key(attribute));
    std::sort(attributes.begin(), attributes.end());
    std::string joined;
    for (const std::string& attribute : attributes) joined += attribute;
    append_part(key, joined);
  }
  return key;
}

bool equal_names(ByteView a_der, ByteView b_der) {
  return equal(a_der, b_der) || comparison_key(a_der) == comparison_key(b_der);
}

}  // namespace bulla::x509
