// Names by the Baseline Requirements: 7.1.4.2. What is said of the subject is said of the
// directoryNames beside it too (7.1.4.2.1).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "x509/attribute_types.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

using Type = BaselineProfile::Type;
using Generation = BaselineProfile::Generation;

// 7.1.4.2.3 to 7.1.4.2.6: N is SHALL NOT, M is MAY, S is SHALL; for Legacy, Multipurpose and Strict
// of a type.
struct AttributeRow {
  Oid type;
  std::string_view mailbox;
  std::string_view organization;
  std::string_view sponsor;
  std::string_view individual;
};

constexpr std::array kAttributes = {
    AttributeRow{kCommonName, "MMM", "MMM", "MMM", "MMM"},
    AttributeRow{kOrganizationName, "NNN", "SSS", "SSS", "NNN"},
    AttributeRow{kOrganizationalUnitName, "NNN", "MMM", "MMM", "NNN"},
    AttributeRow{kOrganizationIdentifier, "NNN", "SSS", "SSS", "NNN"},
    AttributeRow{kGivenName, "NNN", "NNN", "MMM", "MMM"},
    AttributeRow{kSurname, "NNN", "NNN", "MMM", "MMM"},
    AttributeRow{kPseudonym, "NNN", "NNN", "MMM", "MMM"},
    AttributeRow{kSerialNumber, "MMM", "MMM", "MMM", "MMM"},
    AttributeRow{kEmailAddress, "MMM", "MMM", "MMM", "MMM"},
    AttributeRow{kTitle, "NNN", "NNN", "MMM", "MMM"},
    AttributeRow{kStreetAddress, "NNN", "MMN", "MMN", "MMN"},
    AttributeRow{kLocalityName, "NNN", "MMM", "MMM", "MMM"},
    AttributeRow{kStateOrProvinceName, "NNN", "MMM", "MMM", "MMM"},
    AttributeRow{kPostalCode, "NNN", "MMN", "MMN", "MMN"},
    AttributeRow{kCountryName, "NNN", "MMM", "MMM", "MMM"},
};
constexpr AttributeRow kOther = {{}, "NNN", "MNN", "MNN", "MNN"};

char requirement(const AttributeRow& row, const BaselineProfile& profile) {
  auto at = static_cast<std::size_t>(profile.generation) - 1;
  switch (profile.type) {
    case Type::Mailbox:
      return row.mailbox[at];
    case Type::Organization:
      return row.organization[at];
    case Type::Sponsor:
      return row.sponsor[at];
    default:
      return row.individual[at];
  }
}

const AttributeRow& row_of(const Oid& type) {
  const auto* found = std::find_if(kAttributes.begin(), kAttributes.end(),
                                   [&](const AttributeRow& row) { return row.type == type; });
  return found == kAttributes.end() ? kOther : *found;
}

template <typename See>
void for_each_attribute(const View& view, See see) {
  for (const PlacedName& each : view.names) {
    for (const RelativeName& rdn : each.name) {
      for (const NameAttribute& attribute : rdn) see(each, attribute);
    }
  }
}

bool has_personal_name(const RelativeNames& name) {
  return has_attribute(name, kGivenName) || has_attribute(name, kSurname);
}

bool is_about_person(const View& view) {
  return view.baseline->type == Type::Sponsor || view.baseline->type == Type::Individual;
}

// An empty subject leaves everything to subjectAltName where nothing is demanded of it.
void attribute_missing(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const AttributeRow& row : kAttributes) {
      bool is_demanded = requirement(row, *view.baseline) == 'S';
      found.add_if(is_demanded && !has_attribute(each.name, row.type), each.place,
                   attribute_name(row.type));
    }
    bool wants_person = is_about_person(view) && view.baseline->generation != Generation::Legacy;
    bool has_person = has_personal_name(each.name) || has_attribute(each.name, kPseudonym);
    found.add_if(wants_person && !has_person, each.place, "givenName, surname or pseudonym");
  }
}

void attribute_prohibited(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    found.add_if(requirement(row_of(attribute.type), *view.baseline) == 'N',
                 place_of(name, attribute.type));
  });
}

void name_and_pseudonym(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    found.add_if(has_personal_name(each.name) && has_attribute(each.name, kPseudonym), each.place);
  }
}

// What a commonName of a name may be, looked up once: there may be thousands of each.
struct CommonNames {
  std::vector<std::string> values;  // sorted
  bool is_free = false;             // any text will do
};

// A personal name may be written in any way, so beside givenName or surname every text is one.
CommonNames common_names(const View& view, const RelativeNames& name) {
  CommonNames result;
  Type type = view.baseline->type;
  if (type == Type::Mailbox) return result;
  bool is_organization = type == Type::Organization;
  result.values = find_attributes(name, is_organization ? kOrganizationName : kPseudonym);
  std::sort(result.values.begin(), result.values.end());
  bool is_legacy = view.baseline->generation == Generation::Legacy;
  result.is_free =
      !is_organization && (has_personal_name(name) || (is_legacy && result.values.empty()));
  return result;
}

bool is_among(const CommonNames& names, const std::string& text) {
  return names.is_free || std::binary_search(names.values.begin(), names.values.end(), text);
}

void common_name(const View& view, Found& found) {
  auto addresses = alternative_addresses(view);
  for (const PlacedName& each : view.names) {
    CommonNames names = common_names(view, each.name);
    for (const std::string& text : find_attributes(each.name, kCommonName)) {
      found.add_if(!is_among(names, text) && !holds_address(addresses, text),
                   place_of(each, kCommonName), text);
    }
  }
}

bool looks_like_mailbox(std::string_view text) {
  std::size_t at = text.rfind('@');
  return at != text.npos && is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

// Without the emailAddress of the subject, about which is x509.address-not-alternative, and
// without what br.common-name finds.
void address_not_repeated(const View& view, Found& found) {
  if (!view.subject_alt_name) return;
  auto addresses = alternative_addresses(view);
  for (const PlacedName& each : view.names) {
    CommonNames names = common_names(view, each.name);
    for (const RelativeName& rdn : each.name) {
      for (const NameAttribute& attribute : rdn) {
        auto text = text_of(attribute);
        if (!text || !looks_like_mailbox(*text) || holds_address(addresses, *text)) continue;
        bool is_told = attribute.type == kEmailAddress && &each == &view.names.front();
        if (attribute.type == kCommonName) is_told = !is_among(names, *text);
        found.add_if(!is_told, place_of(each, attribute.type), *text);
      }
    }
  }
}

// Punctuation and spaces alone, or words that say that there is nothing.
bool is_placeholder(const std::string& text) {
  std::string folded = lower(text);
  if (folded == "n/a" || folded == "not applicable") return true;
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '.' || c == '-' || c == '_' || c == '*' || c == ',';
  });
}

void placeholder(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    auto text = text_of(attribute);
    found.add_if(text && is_placeholder(*text), place_of(name, attribute.type), text.value_or(""));
  });
}

// "&amp;", "&#38;", "&#x26;": a form was not decoded.
bool has_html_entity(std::string_view text) {
  for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
    std::size_t end = text.find(';', at);
    if (end == text.npos || end == at + 1 || end - at > 10) continue;
    std::string_view body = text.substr(at + 1, end - at - 1);
    if (body[0] == '#') body.remove_prefix(1);
    bool is_word = !body.empty() && std::all_of(body.begin(), body.end(), [](char c) {
      return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
    });
    if (is_word) return true;
  }
  return false;
}

void html_entity(const View& view, Found& found) {
  for_each_attribute(view, [&](const PlacedName& name, const NameAttribute& attribute) {
    auto text = text_of(attribute);
    found.add_if(text && has_html_entity(*text), place_of(name, attribute.type), text.value_or(""));
  });
}

void dependency(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    auto has = [&](const Oid& type) { return has_attribute(each.name, type); };
    found.add_if(has(kStreetAddress) && !has(kLocalityName) && !has(kStateOrProvinceName),
                 each.place, "streetAddress without localityName or stateOrProvinceName");
    if (has(kCountryName)) continue;
    for (const Oid& type : {kLocalityName, kStateOrProvinceName, kPostalCode}) {
      found.add_if(has(type), each.place, attribute_name(type) + " without countryName");
    }
  }
}

void country_code(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const std::string& code : find_attributes(each.name, kCountryName)) {
      found.add_if(!is_country_code(code) && code != "XX", place_of(each, kCountryName), code);
    }
  }
}

void alternative_absent(const View& view, Found& found) {
  found.add_if(!view.has(kSubjectAltName), "subjectAltName");
}

void no_address(const View& view, Found& found) {
  found.add_if(view.subject_alt_name && alternative_addresses(view).empty(), "subjectAltName");
}

void alternative_kind(const View& view, Found& found) {
  for (const GeneralName& name : view.subject_alt_name.value_or(GeneralNames())) {
    bool is_allowed = name.kind == Kind::Rfc822Name || name.kind == Kind::OtherName ||
                      name.kind == Kind::DirectoryName;
    found.add_if(!is_allowed, "subjectAltName",
                 "GeneralName [" + std::to_string(static_cast<unsigned>(name.kind)) + "]");
  }
}

void other_name(const View& view, Found& found) {
  if (view.baseline->generation != Generation::Strict) return;
  for (const GeneralName& name : view.subject_alt_name.value_or(GeneralNames())) {
    found.add_if(name.kind == Kind::OtherName && name.other_type != kSmtpUtf8Mailbox,
                 "subjectAltName", name.other_type.to_string());
  }
}

// Top-level domains that nobody can register (RFC 2606, 6761, 6762, 7686, 8375 and those that ICANN
// set apart).
bool is_internal(std::string_view domain) {
  constexpr std::array<std::string_view, 11> kInternal = {
      "corp",  "example",     "home",      "internal", "invalid", "lan",
      "local", "localdomain", "localhost", "mail",     "test"};
  std::size_t dot = domain.rfind('.');
  if (dot == domain.npos) return true;
  std::string top = lower(domain.substr(dot + 1));
  return std::find(kInternal.begin(), kInternal.end(), top) != kInternal.end();
}

void internal_domain(const View& view, Found& found) {
  for (const std::string& address : alternative_addresses(view)) {
    std::string_view domain = domain_of(address);
    bool is_named = !domain.empty() && !domain.starts_with('[');
    found.add_if(is_named && is_internal(domain), "subjectAltName", address);
  }
  auto see_uri = [&](const std::string& place, const GeneralName& name) {
    auto uri = name.kind == Kind::Uri ? parse_uri(name.text()) : std::nullopt;
    bool is_web = uri && uri->scheme == "http";
    found.add_if(is_web && !uri->host.starts_with('[') && is_internal(uri->host), place,
                 std::string(name.text()));
  };
  if (view.distribution_points) {
    for (const DistributionPoint& point : *view.distribution_points) {
      for (const GeneralName& name : point.full_name) see_uri("cRLDistributionPoints", name);
    }
  }
  if (!view.access) return;
  for (const auto& each : *view.access) see_uri("authorityInfoAccess", each.location);
}

constexpr std::array kRows = {
    Row{{"br.san-absent", kError, "BR 7.1.4.2.1", "the extension is missing"}, alternative_absent},
    Row{{"br.san-no-address", kError, "BR 7.1.4.2.1", "it has no mail address"}, no_address},
    Row{{"br.san-kind", kError, "BR 7.1.4.2.1", "a name is of a kind that is not allowed"},
        alternative_kind},
    Row{{"br.san-other-name", kError, "BR 7.1.4.2.1",
         "the profile does not have this kind of otherName"},
        other_name},
    Row{{"br.address-not-repeated", kError, "BR 7.1.4.2.1",
         "a mail address in a name is missing in subjectAltName"},
        address_not_repeated},
    Row{{"br.internal-domain", kError, "BR 3.2.2", "nobody can have registered the domain"},
        internal_domain},
    Row{{"br.placeholder", kError, "BR 7.1.4.2", "the value says nothing but that there is none"},
        placeholder},
    Row{{"br.html-entity", kWarning, "BR 7.1.4.2", "the value has an HTML entity"}, html_entity},
    Row{{"br.common-name", kError, "BR 7.1.4.2.2 a",
         "the commonName is not one of what the profile allows"},
        common_name},
    Row{{"br.name-and-pseudonym", kError, "BR 7.1.4.2.2 e, f",
         "there is a pseudonym beside givenName or surname"},
        name_and_pseudonym},
    Row{{"br.attribute-dependency", kError, "BR 7.1.4.2.2 j to m",
         "an attribute says nothing without another"},
        dependency},
    Row{{"br.country-code", kError, "BR 7.1.4.2.2 n", "the code is none of ISO 3166-1, and not XX"},
        country_code},
    Row{{"br.attribute-missing", kError, "BR 7.1.4.2.3 to 7.1.4.2.6",
         "an attribute is missing that the profile demands"},
        attribute_missing},
    Row{{"br.attribute-prohibited", kError, "BR 7.1.4.2.3 to 7.1.4.2.6",
         "the profile does not have the attribute"},
        attribute_prohibited},
};

}  // namespace

std::span<const Row> baseline_name_rows() { return kRows; }

}  // namespace bulla::x509::lint
