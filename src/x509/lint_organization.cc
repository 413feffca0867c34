// organizationIdentifier by the Baseline Requirements: 7.1.4.2.2 d and appendix A.1.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "x509/attribute_types.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

// Scheme, country, "+" and subdivision, "-" and reference: "NTRUS+CA-12345678".
struct Identifier {
  std::string place;
  std::string text;
  std::string scheme;
  std::string country;
  std::optional<std::string> subdivision;
  std::optional<std::string> reference;
};

// What a scheme demands of the other parts.
struct SchemeRow {
  std::string_view name;
  bool is_national;      // the country is one of ISO 3166-1; else it is XG
  bool has_subdivision;  // there may be one
  bool has_reference;    // there is one; else there must be none
};

constexpr std::array kSchemes = {
    SchemeRow{"NTR", true, true, true},  SchemeRow{"VAT", true, false, true},
    SchemeRow{"PSD", true, false, true}, SchemeRow{"LEI", false, false, true},
    SchemeRow{"GOV", true, true, false}, SchemeRow{"INT", false, false, false},
};

const SchemeRow* find_scheme(const Identifier& identifier) {
  const auto* found = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const SchemeRow& row) {
    return row.name == identifier.scheme;
  });
  return found == kSchemes.end() ? nullptr : found;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_upper(c) || (c >= '0' && c <= '9'); }

// Nothing if the text is not of the structure.
std::optional<Identifier> parse_identifier(std::string_view text) {
  if (text.size() < 5 || !std::all_of(text.begin(), text.begin() + 5, &is_upper)) {
    return std::nullopt;
  }
  Identifier result;
  result.text = text;
  result.scheme = text.substr(0, 3);
  result.country = text.substr(3, 2);
  std::string_view rest = text.substr(5);
  if (rest.starts_with('+')) {
    std::string_view part =
        rest.substr(1, rest.find('-') == rest.npos ? rest.npos : rest.find('-') - 1);
    bool is_good = !part.empty() && part.size() <= 3 &&
                   std::all_of(part.begin(), part.end(), &is_alphanumeric);
    if (!is_good) return std::nullopt;
    result.subdivision = std::string(part);
    rest.remove_prefix(1 + part.size());
  }
  if (rest.empty()) return result;
  if (rest[0] != '-' || rest.size() == 1) return std::nullopt;
  result.reference = std::string(rest.substr(1));
  return result;
}

template <typename See>
void for_each_text(const View& view, See see) {
  for (const PlacedName& each : view.names) {
    for (const std::string& text : find_attributes(each.name, kOrganizationIdentifier))
      see(each, text);
  }
}

// Of schemes that are known.
template <typename See>
void for_each_identifier(const PlacedName& name, See see) {
  for (const std::string& text : find_attributes(name.name, kOrganizationIdentifier)) {
    auto identifier = parse_identifier(text);
    const SchemeRow* scheme = identifier ? find_scheme(*identifier) : nullptr;
    if (scheme == nullptr) continue;
    identifier->place = place_of(name, kOrganizationIdentifier);
    see(*identifier, *scheme);
  }
}

template <typename See>
void for_each_identifier(const View& view, See see) {
  for (const PlacedName& each : view.names) for_each_identifier(each, see);
}

void encoding(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const RelativeName& rdn : each.name) {
      for (const NameAttribute& attribute : rdn) {
        bool is_good =
            attribute.tag == asn1::Tag::PrintableString || attribute.tag == asn1::Tag::Utf8String;
        found.add_if(attribute.type == kOrganizationIdentifier && !is_good,
                     place_of(each, attribute.type));
      }
    }
  }
}

// Of payment services: the authority in two to eight letters, "-", and its number
// (ETSI TS 119 495 5.2.1).
bool is_payment_reference(std::string_view reference) {
  std::size_t dash = reference.find('-');
  return dash != reference.npos && dash >= 2 && dash <= 8 && dash + 1 < reference.size() &&
         std::all_of(reference.begin(), reference.begin() + static_cast<std::ptrdiff_t>(dash),
                     &is_upper);
}

void structure(const View& view, Found& found) {
  for_each_text(view, [&](const PlacedName& each, const std::string& text) {
    found.add_if(!parse_identifier(text), place_of(each, kOrganizationIdentifier), text);
  });
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    bool is_bad = scheme.name == "PSD" && each.reference && !is_payment_reference(*each.reference);
    found.add_if(is_bad, each.place, each.text);
  });
}

void unknown_scheme(const View& view, Found& found) {
  for_each_text(view, [&](const PlacedName& each, const std::string& text) {
    auto identifier = parse_identifier(text);
    found.add_if(identifier && find_scheme(*identifier) == nullptr,
                 place_of(each, kOrganizationIdentifier), text);
  });
}

// VAT has the prefixes of Article 215 of Directive 2006/112/EC too: EL for Greece, XI for
// Northern Ireland.
std::string iso_country(const Identifier& identifier) {
  if (identifier.scheme == "VAT" && identifier.country == "EL") return "GR";
  if (identifier.scheme == "VAT" && identifier.country == "XI") return "GB";
  return identifier.country;
}

void country(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    bool is_good = scheme.is_national ? is_country_code(iso_country(each)) : each.country == "XG";
    found.add_if(!is_good, each.place, each.text);
  });
}

void subdivision(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    found.add_if(each.subdivision && !scheme.has_subdivision, each.place, each.text);
  });
}

void reference_missing(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    found.add_if(!each.reference && scheme.has_reference, each.place, each.text);
  });
}

void reference_prohibited(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    found.add_if(each.reference && !scheme.has_reference, each.place, each.text);
  });
}

// Each country beside an identifier has to be the one of the identifier.
void country_differs(const View& view, Found& found) {
  for (const PlacedName& name : view.names) {
    auto codes = find_attributes(name.name, kCountryName);
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    if (codes.empty()) continue;
    for_each_identifier(name, [&](const Identifier& each, const SchemeRow& scheme) {
      bool is_first = codes.front() == iso_country(each);
      bool is_good = !scheme.is_national || (is_first && codes.size() == 1);
      found.add_if(!is_good, each.place,
                   each.text + " beside " + (is_first ? codes.back() : codes.front()));
    });
  }
}

void lei(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    if (scheme.name != "LEI" || !each.reference) return;
    found.add_if(!is_lei_form(*each.reference) || !has_lei_checksum(*each.reference), each.place,
                 each.text);
  });
}

// Country, register, ".", and the number there: "DER3306.HRB12345".
bool is_euid(std::string_view reference, std::string_view country) {
  std::size_t dot = reference.find('.');
  return reference.starts_with(country) && dot != reference.npos && dot > country.size() &&
         dot + 1 < reference.size();
}

void german_register(const View& view, Found& found) {
  for_each_identifier(view, [&](const Identifier& each, const SchemeRow& scheme) {
    if (scheme.name != "NTR" || each.country != "DE" || !each.reference) return;
    found.add_if(each.subdivision || !is_euid(*each.reference, "DE"), each.place, each.text);
  });
}

constexpr std::array kRows = {
    Row{{"br.organization-encoding", kError, "BR 7.1.4.2.2 d",
         "the identifier is neither PrintableString nor UTF8String"},
        encoding},
    Row{{"br.organization-structure", kError, "BR 7.1.4.2.2 d",
         "the identifier is not of the form scheme, country, subdivision and reference"},
        structure},
    Row{{"br.organization-scheme", kError, "BR 7.1.4.2.2 d, A.1",
         "the registration scheme is not known"},
        unknown_scheme},
    Row{{"br.organization-country", kError, "BR 7.1.4.2.2 d, A.1",
         "the registration scheme does not have this country"},
        country},
    Row{{"br.organization-subdivision", kError, "BR 7.1.4.2.2 d",
         "the registration scheme has no subdivisions"},
        subdivision},
    Row{{"br.organization-reference-missing", kError, "BR 7.1.4.2.2 d",
         "the registration reference is missing"},
        reference_missing},
    Row{{"br.organization-reference", kError, "BR 7.1.4.2.2 d, note 2",
         "the registration scheme has no references"},
        reference_prohibited},
    Row{{"br.organization-country-differs", kError, "BR 7.1.4.2.2 d, note 1",
         "the country of the registration is not countryName"},
        country_differs},
    Row{{"br.organization-lei", kError, "BR 7.1.4.2.2 d, ISO 17442-1 6",
         "the identifier has not 20 letters and digits, or its check digits are wrong"},
        lei},
    Row{{"br.organization-euid", kWarning, "BR 7.1.4.2.2 d, note 3",
         "the reference of a German register is no EUID"},
        german_register},
};

}  // namespace

std::span<const Row> baseline_organization_rows() { return kRows; }

}  // namespace bulla::x509::lint
