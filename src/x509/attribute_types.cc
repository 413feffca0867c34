#include "x509/attribute_types.h"

#include <algorithm>
#include <array>

namespace bulla::x509 {
namespace {

using Form = AttributeRow::Form;

// As RFC 5280 A.1 declares them.
constexpr std::array kRows = {
    AttributeRow{kCommonName, "commonName", Form::Directory, 64},
    AttributeRow{kSurname, "surname", Form::Directory, 32'768},
    AttributeRow{kSerialNumber, "serialNumber", Form::Printable, 64},
    AttributeRow{kCountryName, "countryName", Form::Printable, 2},
    AttributeRow{kLocalityName, "localityName", Form::Directory, 128},
    AttributeRow{kStateOrProvinceName, "stateOrProvinceName", Form::Directory, 128},
    AttributeRow{kStreetAddress, "streetAddress", Form::Directory, 0},
    AttributeRow{kOrganizationName, "organizationName", Form::Directory, 64},
    AttributeRow{kOrganizationalUnitName, "organizationalUnitName", Form::Directory, 64},
    AttributeRow{kTitle, "title", Form::Directory, 64},
    AttributeRow{kPostalCode, "postalCode", Form::Directory, 0},
    AttributeRow{kGivenName, "givenName", Form::Directory, 32'768},
    AttributeRow{kInitials, "initials", Form::Directory, 32'768},
    AttributeRow{kGenerationQualifier, "generationQualifier", Form::Directory, 32'768},
    AttributeRow{kDnQualifier, "dnQualifier", Form::Printable, 0},
    AttributeRow{kPseudonym, "pseudonym", Form::Directory, 128},
    AttributeRow{kOrganizationIdentifier, "organizationIdentifier", Form::Directory, 0},
    AttributeRow{kDomainComponent, "domainComponent", Form::Ia5, 0},
    AttributeRow{kEmailAddress, "emailAddress", Form::Ia5, 255},
};

}  // namespace

const AttributeRow* find_attribute_row(const Oid& type) {
  const auto* found = std::find_if(kRows.begin(), kRows.end(),
                                   [&](const AttributeRow& row) { return row.type == type; });
  return found == kRows.end() ? nullptr : found;
}

bool fits(const AttributeRow& row, std::size_t characters) {
  if (row.type == kCountryName) return characters == 2;
  return row.most == 0 || characters <= row.most;
}

}  // namespace bulla::x509
