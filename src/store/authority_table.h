// The certification authorities that issue from this store, and what each has issued and revoked.
//
// What was issued stays here when its certificate is removed from the store: whoever asks for its
// status must be told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/certificate.h"
#include "store/history.h"

namespace bulla::store {

// Where others find what a CA publishes; empty: nowhere. It stands in what the CA issues.
struct PublishedAt {
  std::string crl;     // its list
  std::string ocsp;    // its responder
  std::string issuer;  // its own certificate
};

struct Authority {
  Certificate certificate;
  PublishedAt places;
};

// CRLReason (RFC 5280 5.3.1), as far as a CA for mail has use for it.
enum class RevocationReason : std::uint8_t {
  Unspecified = 0,
  KeyCompromise = 1,
  AffiliationChanged = 3,
  Superseded = 4,
  CessationOfOperation = 5,
  PrivilegeWithdrawn = 9,
};
std::string_view name(RevocationReason reason);  // "keyCompromise"
std::vector<std::string_view> revocation_reasons();
std::optional<RevocationReason> find_revocation_reason(std::string_view name);

struct Revocation {
  Time at;
  RevocationReason reason = RevocationReason::Unspecified;
};

struct Issued {
  Bytes serial;  // octets of the INTEGER
  Bytes sha256;  // of the certificate
  std::string subject;
  std::string addresses;  // as text, for people
  Time not_after;
  std::optional<Revocation> revocation;
  Time added;
};

class AuthorityTable {
 public:
  AuthorityTable(Database& database, History& history) : database_(database), history_(history) {}

  // REQUIRES: a Transaction; so do all that change something.
  [[nodiscard]] Result<void> add(const Authority& authority, const Provenance& from);
  // Oldest first.
  Result<std::vector<Authority>> list() const;

  [[nodiscard]] Result<void> add_issued(const Authority& by, const Certificate& certificate,
                                        const Provenance& from);
  [[nodiscard]] Result<void> revoke(const Authority& by, const Issued& issued,
                                    const Revocation& revocation, const Provenance& from);
  // A number for the next list: greater than that of every list before.
  [[nodiscard]] Result<std::int64_t> number_list(const Authority& by, const Provenance& from);

  // Oldest first.
  Result<std::vector<Issued>> issued(const Authority& by) const;
  Result<std::vector<Issued>> revoked(const Authority& by) const;
  Result<std::optional<Issued>> find_issued(const Authority& by, ByteView serial) const;

  [[nodiscard]] Result<void> find_faults(Faults& authorities, Faults& issued) const;

 private:
  Result<std::vector<Issued>> select(std::string_view sql, const std::vector<Value>& values) const;
  Result<void> record_issued(std::string_view action, const Authority& by, const Issued& issued,
                             const Provenance& from);

  Database& database_;
  History& history_;
};

}  // namespace bulla::store
