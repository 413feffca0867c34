// The attribute types of names (RFC 5280 A.1, X.520), with what their values may be.
#pragma once

#include <cstddef>
#include <string_view>

#include "bulla/oid.h"
#include "x509/extensions.h"

namespace bulla::x509 {

inline constexpr Oid kSurname = Oid::of("2.5.4.4");
inline constexpr Oid kSerialNumber = Oid::of("2.5.4.5");
inline constexpr Oid kCountryName = Oid::of("2.5.4.6");
inline constexpr Oid kLocalityName = Oid::of("2.5.4.7");
inline constexpr Oid kStateOrProvinceName = Oid::of("2.5.4.8");
inline constexpr Oid kStreetAddress = Oid::of("2.5.4.9");
inline constexpr Oid kOrganizationName = Oid::of("2.5.4.10");
inline constexpr Oid kOrganizationalUnitName = Oid::of("2.5.4.11");
inline constexpr Oid kTitle = Oid::of("2.5.4.12");
inline constexpr Oid kPostalCode = Oid::of("2.5.4.17");
inline constexpr Oid kGivenName = Oid::of("2.5.4.42");
inline constexpr Oid kInitials = Oid::of("2.5.4.43");
inline constexpr Oid kGenerationQualifier = Oid::of("2.5.4.44");
inline constexpr Oid kDnQualifier = Oid::of("2.5.4.46");
inline constexpr Oid kPseudonym = Oid::of("2.5.4.65");
inline constexpr Oid kOrganizationIdentifier = Oid::of("2.5.4.97");
inline constexpr Oid kDomainComponent = Oid::of("0.9.2342.19200300.100.1.25");

struct AttributeRow {
  // DirectoryString is any of five string types; new names have it as UTF8String.
  enum class Form { Directory, Printable, Ia5 };
  Oid type;
  std::string_view name;
  Form form;
  std::size_t most;  // characters; 0: the RFC has no bound
};

// Null for a type that is not in the table.
const AttributeRow* find_attribute_row(const Oid& type);

// Whether the value is of that many characters; of countryName exactly two.
bool fits(const AttributeRow& row, std::size_t characters);

}  // namespace bulla::x509
