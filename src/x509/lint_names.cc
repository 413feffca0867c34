// Distinguished names: RFC 5280 4.1.2.4, 4.1.2.6 and appendix A.1.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "x509/attribute_types.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

using asn1::Tag;

bool is_directory_string(Tag tag) {
  return tag == Tag::Utf8String || tag == Tag::PrintableString || tag == Tag::TeletexString ||
         tag == Tag::BmpString || tag == Tag::UniversalString;
}

bool fits(AttributeRow::Form form, Tag tag) {
  if (form == AttributeRow::Form::Directory) return is_directory_string(tag);
  return tag == (form == AttributeRow::Form::Printable ? Tag::PrintableString : Tag::Ia5String);
}

// The issuer has its own certificate, in which its name is looked at; but what the octets are
// is of this one too.
template <typename See>
void for_each_attribute(const View& view, See see) {
  for (const PlacedName& each : view.names) {
    for (const RelativeName& rdn : each.name) {
      for (const NameAttribute& attribute : rdn) see(each, attribute);
    }
  }
}

void string_type(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    const AttributeRow* row = find_attribute_row(attribute.type);
    found.add_if(row != nullptr && !fits(row->form, attribute.tag), place_of(name, attribute.type));
  });
}

void old_string(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    bool is_old = attribute.tag == Tag::TeletexString || attribute.tag == Tag::BmpString ||
                  attribute.tag == Tag::UniversalString;
    found.add_if(is_old, place_of(name, attribute.type));
  });
}

void characters(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    found.add_if(!asn1::is_in_character_set(attribute.tag, attribute.value),
                 place_of(name, attribute.type), to_hex(attribute.value));
  });
}

void length(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    const AttributeRow* row = find_attribute_row(attribute.type);
    auto text = text_of(attribute);
    if (row == nullptr || !text) return;
    std::size_t count = count_characters(*text);
    found.add_if(!x509::fits(*row, count), place_of(name, attribute.type),
                 std::to_string(count) + " characters");
  });
}

void empty_value(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    found.add_if(find_attribute_row(attribute.type) != nullptr && attribute.value.empty(),
                 place_of(name, attribute.type));
  });
}

void repeated_in_rdn(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const RelativeName& rdn : each.name) {
      std::set<Oid> seen;
      for (const NameAttribute& attribute : rdn) {
        found.add_if(!seen.insert(attribute.type).second, place_of(each, attribute.type));
      }
    }
  }
}

void several_in_rdn(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    bool is_several = std::any_of(each.name.begin(), each.name.end(),
                                  [](const RelativeName& rdn) { return rdn.size() > 1; });
    found.add_if(is_several, each.place);
  }
}

// The labels from the last domainComponent to the first.
void domain_components(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    std::vector<std::string> labels = find_attributes(each.name, kDomainComponent);
    std::reverse(labels.begin(), labels.end());
    std::string domain = join(labels, ".");
    found.add_if(!labels.empty() && (!is_domain(domain) || is_domain_too_long(domain)),
                 place_of(each, kDomainComponent), domain);
  }
}

void address_syntax(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const std::string& address : find_attributes(each.name, kEmailAddress)) {
      found.add_if(!is_mailbox(address), place_of(each, kEmailAddress), address);
    }
  }
}

// In subjectAltName, and there alone (CERT-08).
void address_not_alternative(const View& view, Found& found) {
  auto addresses = alternative_addresses(view);
  for (const std::string& address : find_attributes(view.names.front().name, kEmailAddress)) {
    found.add_if(!holds_address(addresses, address), "subject emailAddress", address);
  }
}

void subject_empty(const View& view, Found& found) {
  bool is_empty = view.is_subject_empty() && view.subject_der.size() == 2;
  found.add_if(is_empty && (view.is_ca() || view.uses(static_cast<unsigned>(KeyUsage::CrlSign))),
               "subject", "of a CA");
  found.add_if(is_empty && !view.is_ca() && !view.has(kSubjectAltName), "subject",
               "and there is no subjectAltName");
}

constexpr std::array kRows = {
    Row{{"x509.name-string-type", kError, "RFC 5280 A.1",
         "the value is of a string type that the attribute does not have"},
        string_type},
    Row{{"x509.name-old-string", kWarning, "RFC 5280 4.1.2.4, 4.1.2.6",
         "the value is neither PrintableString nor UTF8String"},
        old_string},
    Row{{"der.name-characters", kError, "X.680 41",
         "the value has octets that its string type does not have"},
        characters},
    Row{{"x509.name-length", kError, "RFC 5280 A.1", "the value has not the length of its kind"},
        length},
    Row{{"x509.name-value-empty", kError, "RFC 5280 A.1", "the value is empty"}, empty_value},
    Row{{"x509.name-repeated", kError, "X.501 9.3",
         "an attribute type stands twice in one relative name"},
        repeated_in_rdn},
    Row{{"x509.name-several", kNote, "X.501 9.3", "a relative name has several attributes"},
        several_in_rdn},
    Row{{"x509.domain-components", kError, "RFC 4519 2.4", "the domain components are no domain"},
        domain_components},
    Row{{"x509.email-attribute", kError, "RFC 5280 4.1.2.6, RFC 2985 5.2.1",
         "the value is no mail address"},
        address_syntax},
    Row{{"x509.address-not-alternative", kError, "RFC 5280 4.1.2.6, RFC 8550 3",
         "the address is missing in subjectAltName"},
        address_not_alternative},
    Row{{"x509.subject-empty", kError, "RFC 5280 4.1.2.6, 4.2.1.6", "the subject has no name"},
        subject_empty},
};

}  // namespace

std::span<const Row> name_rows() { return kRows; }

std::optional<std::string> text_of(const NameAttribute& attribute) {
  return asn1::string_to_utf8(attribute.tag, attribute.value);
}

std::string attribute_name(const Oid& type) {
  const AttributeRow* row = find_attribute_row(type);
  return row == nullptr ? type.to_string() : std::string(row->name);
}

std::string place_of(const PlacedName& name, const Oid& type) {
  return name.place + ' ' + attribute_name(type);
}

bool has_attribute(const RelativeNames& name, const Oid& type) {
  return std::any_of(name.begin(), name.end(), [&](const RelativeName& rdn) {
    return std::any_of(rdn.begin(), rdn.end(),
                       [&](const NameAttribute& attribute) { return attribute.type == type; });
  });
}

}  // namespace bulla::x509::lint
