// The certificates of a store, and the addresses that they are for.
//
// What one subject, key or address has is bounded: a find gives the newest thousand.
#pragma once

#include <functional>
#include <optional>

#include "bulla/certificate.h"
#include "store/history.h"

namespace bulla::store {

// Held: known, and not encrypted to until a person says so (T-09).
enum class Standing { Used, Held };
std::string_view name(Standing standing);

struct CertificateRow {
  Certificate certificate;
  Standing standing = Standing::Used;
  Time added;
};

// The SHA-256 of a certificate's SubjectPublicKeyInfo, under which its key is filed.
Result<Bytes> key_fingerprint(ByteView subject_public_key_info);

// The SHA-256 of a Name's comparison key: equal Names have equal ones, however they are written.
Result<Bytes> name_key(ByteView name_der);

class CertificateTable {
 public:
  using Rows = std::vector<CertificateRow>;

  CertificateTable(Database& database, History& history) : database_(database), history_(history) {}

  // REQUIRES: a Transaction, and that it is not there. Errors: limit.elements for more
  // than a thousand addresses.
  [[nodiscard]] Result<void> add(const Certificate& certificate, Standing standing,
                                 const Provenance& from);
  [[nodiscard]] Result<void> set_standing(const CertificateRow& row, Standing standing,
                                          const Provenance& from);
  [[nodiscard]] Result<void> remove(const Certificate& certificate, const Provenance& from);

  Result<std::optional<CertificateRow>> find(ByteView sha256) const;
  // All whose SHA-256 begins with these hexadecimal digits.
  Result<Rows> find_by_fingerprint(std::string_view hex) const;
  // For exactly this address, newest first (x509/address_match.h).
  Result<Rows> find_by_address(std::string_view address) const;
  // With this text in the subject or an address.
  Result<Rows> find_by_text(std::string_view text) const;
  Result<Rows> find_by_subject(ByteView subject_der) const;
  Result<Rows> find_by_issuer_serial(ByteView issuer_der, ByteView serial) const;
  Result<Rows> find_by_key_identifier(ByteView identifier) const;
  Result<Rows> find_by_key(ByteView key_fingerprint) const;
  // All in use whose validity ends before this.
  Result<Rows> find_ending(Time before) const;

  // All, by subject. `take` must not use the database.
  Result<void> each(const std::function<Result<void>(const CertificateRow&)>& take) const;
  Result<std::int64_t> count() const;

  // What does not fit its own octets, or the history.
  [[nodiscard]] Result<void> find_faults(Faults& faults) const;

 private:
  [[nodiscard]] Result<void> add_addresses(const Certificate& certificate);
  Result<Rows> select(std::string_view sql, std::initializer_list<Value> values) const;

  struct CheckedRow {
    Bytes sha256;
    Bytes der;
    Bytes filed;  // hash of the columns that follow from the octets
    Bytes state;
  };
  [[nodiscard]] Result<void> check_row(const CheckedRow& row, Faults& faults) const;

  Database& database_;
  History& history_;
};

}  // namespace bulla::store
