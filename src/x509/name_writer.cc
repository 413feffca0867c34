#include "x509/name_writer.h"

#include <algorithm>
#include <vector>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "base/text.h"
#include "base/try.h"
#include "x509/attribute_types.h"
#include "x509/name.h"

namespace bulla::x509 {
namespace {

tl::unexpected<Error> wrong(const std::string& why) {
  return failure(Rule::IoUsage, 0, "the subject: " + why);
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f'); }

unsigned hex_value(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : lower(c) - 'a' + 10);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// The string type that RFC 5280 appendix A prescribes; a DirectoryString is written as UTF8String
// (RFC 5280 4.1.2.4).
asn1::Tag string_type(const AttributeRow* row) {
  using Form = AttributeRow::Form;
  Form form = row == nullptr ? Form::Directory : row->form;
  if (form == Form::Directory) return asn1::Tag::Utf8String;
  return form == Form::Printable ? asn1::Tag::PrintableString : asn1::Tag::Ia5String;
}

Result<void> check_value(const AttributeRow* row, asn1::Tag tag, const std::string& value) {
  constexpr std::size_t kMost = 1'024;  // octets, whatever the type
  if (value.empty()) return wrong("an attribute has no value");
  if (value.size() > kMost || !is_utf8(value) || has_control(value)) {
    return wrong("a value is too long, no UTF-8, or has control characters");
  }
  if (!asn1::is_in_character_set(tag, as_bytes(value))) {
    return wrong(value + " has characters that it cannot have");
  }
  if (row == nullptr || fits(*row, count_characters(value))) return {};
  bool is_country = row->type == kCountryName;
  return wrong(is_country ? value + " is no country code of two letters"
                          : std::string(row->name) + " has " + std::to_string(row->most) +
                                " characters at most");
}

// AttributeTypeAndValue ::= SEQUENCE {
//     type   AttributeType,
//     value  AttributeValue }
Result<Bytes> write_attribute(const Oid& type, const std::string& value) {
  const AttributeRow* row = find_attribute_row(type);
  asn1::Tag tag = string_type(row);
  TRY_VOID(check_value(row, tag, value));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.oid(type);
    seq.primitive(tag, as_bytes(value));
  });
}

// Reads RFC 4514 text from left to right.
//
// distinguishedName = [ relativeDistinguishedName *( COMMA relativeDistinguishedName ) ]
// relativeDistinguishedName = attributeTypeAndValue *( PLUS attributeTypeAndValue )
// attributeTypeAndValue = attributeType EQUALS attributeValue
class NameReader {
 public:
  explicit NameReader(std::string_view text) : rest_(text) {}

  Result<std::vector<Bytes>> read() {
    std::vector<Bytes> names;
    while (true) {
      names.push_back(TRY(read_relative_name()));
      if (rest_.empty()) return names;
      rest_.remove_prefix(1);  // the comma
    }
  }

 private:
  Result<Bytes> read_relative_name() {
    std::vector<Bytes> attributes;
    while (true) {
      attributes.push_back(TRY(read_attribute()));
      if (rest_.empty() || rest_.front() != '+') break;
      rest_.remove_prefix(1);
    }
    return asn1::encode([&](asn1::Writer& out) { out.set_of(attributes); });
  }

  Result<Bytes> read_attribute() {
    std::size_t equals = rest_.find('=');
    if (equals == std::string_view::npos) return wrong("write CN=NAME,O=ORGANIZATION");
    std::string_view name = trim(rest_.substr(0, equals));
    auto type = find_attribute_type(name);
    if (!type) return wrong(std::string(name) + " is no type of an attribute");
    rest_.remove_prefix(equals + 1);
    std::string value = TRY(read_value());
    return write_attribute(*type, value);
  }

  // Up to a comma or a plus sign that is not escaped. Spaces at the ends are none of the value.
  Result<std::string> read_value() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() == '#') return wrong("values as #hexadecimal are not read");
    std::string value;
    std::size_t end = 0;  // behind the last character that is no unescaped space
    while (!rest_.empty() && rest_.front() != ',' && rest_.front() != '+') {
      bool is_escaped = rest_.front() == '\\';
      if (is_escaped) {
        rest_.remove_prefix(1);
        if (rest_.empty()) return wrong("nothing behind the last backslash");
      }
      if (is_escaped && rest_.size() >= 2 && is_hex(rest_[0]) && is_hex(rest_[1])) {
        value += static_cast<char>(hex_value(rest_[0]) * 16 + hex_value(rest_[1]));
        rest_.remove_prefix(1);
      } else {
        value += rest_.front();
      }
      if (is_escaped || rest_.front() != ' ') end = value.size();
      rest_.remove_prefix(1);
    }
    value.resize(end);
    return value;
  }

  std::string_view rest_;
};

// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
Bytes write_sequence(const std::vector<Bytes>& names) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    for (auto name = names.rbegin(); name != names.rend(); ++name) seq.element(*name);
  });
}

}  // namespace

Result<Bytes> write_name(std::string_view text) {
  if (trim(text).empty()) return write_sequence({});
  std::vector<Bytes> names = TRY(NameReader(text).read());
  return write_sequence(names);
}

Result<Bytes> write_common_name(std::string_view name) {
  std::vector<Bytes> attributes;
  attributes.push_back(TRY(write_attribute(kCommonName, std::string(name))));
  return write_sequence({asn1::encode([&](asn1::Writer& out) { out.set_of(attributes); })});
}

Result<Bytes> without_attribute(ByteView name_der, const Oid& type) {
  RelativeNames names = TRY(asn1::decode(name_der, &read_name));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    for (const RelativeName& name : names) {
      std::vector<Bytes> attributes;
      for (const NameAttribute& attribute : name) {
        if (attribute.type == type) continue;
        attributes.push_back(asn1::encode([&](asn1::Writer& one) {
          asn1::Writer pair = one.sequence();
          pair.oid(attribute.type);
          pair.element(attribute.element);
        }));
      }
      if (!attributes.empty()) seq.set_of(attributes);
    }
  });
}

}  // namespace bulla::x509
