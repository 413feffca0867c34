// Discovery: certificates of an address that others publish, and what speaks for each.
//
//   Discovery found = judge("bob@example.com", answers, {.trust = &roots}, now);
//   for (const FoundCertificate& one : found.found) …
//
// A certificate for another address is never taken, whoever has it (T-113). Beyond that an answer
// is a candidate: the signed DNS can vouch for it (RFC 8162), a path to a trusted root can, or else
// nobody does and a person must. No clock and no network: who is asked stands behind Directory.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bulla/finding.h"
#include "store/store.h"
#include "x509/dane.h"
#include "x509/path_finder.h"

namespace bulla::store {

enum class Origin { Smimea, DnsCert, Ldap, Http };
std::string_view name(Origin origin);  // "smimea", "dns-cert", "ldap", "http"

// What one of them says of an address.
struct DirectoryAnswer {
  std::vector<Certificate> certificates = {};
  // Of a zone whose signatures are good, and of no other (CERT-73).
  std::vector<x509::DaneRecord> records = {};
  Findings findings = {};  // address.dns-insecure, and what was there and is no certificate
  // How long a "nothing" holds, where the DNS says so.
  std::optional<std::chrono::seconds> lifetime = {};
};

// The most that one answer may have. T-146 has ten entries; a person has a few certificates.
inline constexpr std::size_t kMaxFound = 100;

// Somebody who can be asked.
//
// Thread safety: may be asked by several threads.
class Directory {
 public:
  virtual ~Directory() = default;
  virtual Origin origin() const = 0;
  // Whom it asks, without anything secret.
  virtual std::string place() const = 0;
  // Errors: io.network (nobody there, nothing in time, too much, a refusal), address.dns-bogus,
  // io.usage (no address, or none that the DNS can hold).
  virtual Result<DirectoryAnswer> look_up(const std::string& address,
                                          std::chrono::milliseconds time) const = 0;
};

struct PlacedAnswer {
  Origin origin = Origin::Ldap;
  std::string place;
  DirectoryAnswer answer;
};

enum class Vouching { Dns, Path, Nobody };
std::string_view name(Vouching vouching);  // "dns", "path", "nobody"

struct FoundCertificate {
  Certificate certificate;
  std::vector<std::string> places = {};  // "ldap ldap://ldap.example.com/dc=example,dc=com"
  Vouching vouching = Vouching::Nobody;
  std::vector<Certificate> issuers = {};  // of its path, without the root
  std::string root = {};                  // where the path ends: a subject
  std::optional<Error> lack = {};         // Nobody: what is wrong with the path
};

struct RefusedCertificate {
  Certificate certificate;
  std::vector<std::string> places;
  Error why;
};

struct Discovery {
  std::vector<FoundCertificate> found;      // the best first
  std::vector<RefusedCertificate> refused;  // address.other, address.dns-differs, and what
                                            // check_recipient() says
};

// `ports.trust` may be null: no path counts then. CAs among the answers serve for paths.
Discovery judge(const std::string& address, const std::vector<PlacedAnswer>& answers,
                const x509::PathFinder::Ports& ports, Time at);

// How what was found is kept: with its issuers, used if something vouches for it and the address
// has no other key (T-09), else held.
Import to_import(const FoundCertificate& found);

}  // namespace bulla::store
