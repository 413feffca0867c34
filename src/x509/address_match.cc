#include "x509/address_match.h"

#include <algorithm>

#include "base/text.h"
#include "x509/idna.h"

namespace bulla::x509 {
namespace {

// RFC 5321 4.5.3.1 has 64 and 255; local parts in use are longer. Nothing longer
// than this is an address.
constexpr std::size_t kMaxAddress = 1'024;

struct Address {
  std::string local;   // unquoted
  std::string domain;  // A-labels, lower case (CERT-13, CERT-17); or a literal in brackets
};

// "Quoted-string" without its quotes; nothing if it does not end with the text.
std::optional<std::string> unquote(std::string_view text) {
  std::string result;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (i + 1 != text.size()) return std::nullopt;
      return result;
    }
    if (text[i] == '\\' && ++i == text.size()) return std::nullopt;
    result += text[i];
  }
  return std::nullopt;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Spaces stand in quoted local parts alone, so one at an edge is no part of an address.
bool has_edge_space(std::string_view text) {
  return text.empty() || text.front() == ' ' || text.back() == ' ';
}

std::optional<std::string> read_domain(std::string_view domain) {
  bool literal = domain.size() > 2 && domain.front() == '[' && domain.back() == ']';
  if (!literal) return domain_to_ascii(domain);
  if (domain.find(' ') != std::string_view::npos) return std::nullopt;
  return lower(domain);
}

std::optional<Address> read_address(std::string_view addr_spec) {
  if (addr_spec.size() > kMaxAddress || has_control(addr_spec) || !is_utf8(addr_spec)) {
    return std::nullopt;
  }
  std::size_t at = addr_spec.rfind('@');
  if (at == 0 || at == std::string_view::npos) return std::nullopt;
  std::string_view local = addr_spec.substr(0, at);
  Address address;
  if (local.front() == '"') {
    auto unquoted = unquote(local);
    if (!unquoted || unquoted->empty()) return std::nullopt;
    address.local = std::move(*unquoted);
  } else if (has_edge_space(local)) {
    return std::nullopt;
  } else {
    address.local = local;
  }
  auto domain = read_domain(addr_spec.substr(at + 1));
  if (!domain) return std::nullopt;
  address.domain = std::move(*domain);
  return address;
}

bool equal_parts(const Address& a, const Address& b, LocalPart local_part) {
  if (a.domain != b.domain) return false;
  if (local_part == LocalPart::Exact) return a.local == b.local;
  return equal_ignoring_case(a.local, b.local);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// SmtpUTF8Mailbox is for local parts that are not ASCII, the other two for those
// that are; so the two kinds never name the same mailbox (CERT-15, CERT-16). A byte
// order mark is no part of an address.
bool fits_source(const Address& address, AddressSource source) {
  bool international = source == AddressSource::SmtpUtf8Mailbox;
  if (address.local.rfind("\xef\xbb\xbf", 0) == 0) return false;
  return is_ascii(address.local) != international;
}

bool is_in_alternative_name(const CertificateAddress& address) {
  return address.source != AddressSource::SubjectEmailAddress;
}

bool has_alternative_address(const std::vector<CertificateAddress>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(), is_in_alternative_name);
}

// The address, unless it is none or does not count.
std::optional<Address> read_usable(const CertificateAddress& candidate, bool alternative_only) {
  if (alternative_only && !is_in_alternative_name(candidate)) return std::nullopt;
  auto address = read_address(candidate.address);
  if (!address || !fits_source(*address, candidate.source)) return std::nullopt;
  return address;
}

// A domain has no "@", so that the last one parts the two.
std::string filing_name(const Address& address) { return address.local + "@" + address.domain; }

}  // namespace

std::optional<CertificateAddress> match_address(const Certificate& certificate,
                                                std::string_view addr_spec, LocalPart local_part) {
  auto wanted = read_address(addr_spec);
  if (!wanted) return std::nullopt;
  const auto& addresses = certificate.addresses();
  bool alternative_only = has_alternative_address(addresses);
  for (const CertificateAddress& candidate : addresses) {
    auto address = read_usable(candidate, alternative_only);
    if (address && equal_parts(*address, *wanted, local_part)) return candidate;
  }
  return std::nullopt;
}

std::optional<CertificateAddress> certificate_address(std::string_view addr_spec) {
  auto address = read_address(addr_spec);
  if (!address) return std::nullopt;
  AddressSource source =
      is_ascii(address->local) ? AddressSource::Rfc822Name : AddressSource::SmtpUtf8Mailbox;
  if (!fits_source(*address, source)) return std::nullopt;
  std::string_view local = addr_spec.substr(0, addr_spec.rfind('@'));  // with its quotes
  return CertificateAddress{std::string(local) + "@" + address->domain, source};
}

std::optional<std::string> filing_name(std::string_view addr_spec) {
  auto address = read_address(addr_spec);
  if (!address) return std::nullopt;
  return filing_name(*address);
}

std::vector<std::string> filing_names(const Certificate& certificate) {
  const auto& addresses = certificate.addresses();
  bool alternative_only = has_alternative_address(addresses);
  std::vector<std::string> names;
  for (const CertificateAddress& candidate : addresses) {
    if (auto address = read_usable(candidate, alternative_only)) {
      names.push_back(filing_name(*address));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool equal_addresses(std::string_view a, std::string_view b, LocalPart local_part) {
  auto first = read_address(a);
  auto second = read_address(b);
  return first && second && equal_parts(*first, *second, local_part);
}

}  // namespace bulla::x509
