// The tables of the checks: a row has what is to be said and the function that finds it.
//
// A further check is a row in the table of its subject.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bulla/certificate_check.h"
#include "x509/lint_view.h"

namespace bulla::x509::lint {

struct Row;

// Takes what the check of a row finds. A certificate may have 20,000 names with the same fault:
// twenty are told.
class Found {
 public:
  Found(const Row& row, std::vector<CertificateFinding>& to) : row_(row), to_(to) {}

  const Row& row() const { return row_; }
  void add(std::string place, std::string detail = {});
  // If it is so.
  void add_if(bool is_so, std::string place, std::string detail = {}) {
    if (is_so) add(std::move(place), std::move(detail));
  }

 private:
  static constexpr std::size_t kMost = 20;
  static constexpr std::size_t kMostDetail = 300;  // octets: an address has at most 254
  const Row& row_;
  std::vector<CertificateFinding>& to_;
  std::size_t count_ = 0;
};

struct Row {
  CertificateCheck check;
  void (*run)(const View&, Found&);
  Oid extension = {};  // that a check of many is about
};

// For the many rows that ask for one bit of row.extension.
void is_critical(const View& view, Found& found);
void is_not_critical(const View& view, Found& found);

std::span<const Row> encoding_rows();
std::span<const Row> field_rows();
std::span<const Row> name_rows();
std::span<const Row> general_name_rows();
std::span<const Row> extension_rows();
std::span<const Row> policy_rows();
std::span<const Row> key_rows();
std::span<const Row> mail_rows();
std::span<const Row> baseline_rows();
std::span<const Row> baseline_key_rows();
std::span<const Row> baseline_name_rows();
std::span<const Row> baseline_organization_rows();

// An attribute's value as text, if its type and its octets fit.
std::optional<std::string> text_of(const NameAttribute& attribute);
// "subject organizationName".
std::string place_of(const PlacedName& name, const Oid& type);
// "organizationName"; the dotted OID of a type without a name here.
std::string attribute_name(const Oid& type);
bool has_attribute(const RelativeNames& name, const Oid& type);

// The mail addresses of subjectAltName as they are compared: the domain in lower case (CERT-13).
std::vector<std::string> alternative_addresses(const View& view);
std::string comparable_address(std::string_view address);
// Whether the text, an address, is among them. REQUIRES: sorted.
bool holds_address(const std::vector<std::string>& sorted, std::string_view address);

inline constexpr CheckSeverity kError = CheckSeverity::Error;
inline constexpr CheckSeverity kWarning = CheckSeverity::Warning;
inline constexpr CheckSeverity kNote = CheckSeverity::Note;

}  // namespace bulla::x509::lint
