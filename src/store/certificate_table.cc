#include "store/certificate_table.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "crypto/digest.h"
#include "x509/address_match.h"
#include "x509/key_identifier.h"
#include "x509/name.h"

namespace bulla::store {
namespace {

// A certificate of a mailing service may have hundreds.
constexpr std::size_t kMaxAddresses = 1'000;
constexpr std::size_t kDigestBytes = 32;

// Its own, or the computed one, as a message may name it (x509/key_identifier.h).
Bytes key_identifier_of(const Certificate& certificate) {
  if (auto own = certificate.subject_key_identifier()) return to_bytes(*own);
  return x509::key_identifier(certificate.subject_public_key_info()).value_or(Bytes());
}

std::int64_t seconds(Time time) { return time.time_since_epoch().count(); }

Result<Bytes> state_of(ByteView sha256, Standing standing, Time added) {
  return Fields().add(sha256).add(name(standing)).add(std::optional<Time>(added)).hash();
}

// The columns that follow from the octets, in the order of the table.
struct Derived {
  std::string subject;
  Bytes subject_key;
  Bytes issuer_key;
  Bytes serial;
  Bytes key_identifier;
  Bytes spki;
  std::string key_kind;

  static Result<Derived> of(const Certificate& certificate) {
    Bytes subject_key = TRY(name_key(certificate.subject_der()));
    Bytes issuer_key = TRY(name_key(certificate.issuer_der()));
    Bytes spki = TRY(key_fingerprint(certificate.subject_public_key_info()));
    return Derived{.subject = printable(certificate.subject()),
                   .subject_key = std::move(subject_key),
                   .issuer_key = std::move(issuer_key),
                   .serial = to_bytes(certificate.serial_number()),
                   .key_identifier = key_identifier_of(certificate),
                   .spki = std::move(spki),
                   .key_kind = certificate.key_description()};
  }
};

// The columns der, standing and added.
Result<CertificateRow> read_row(const Row& row) {
  auto certificate = Certificate::parse(to_bytes(row.bytes(0)));
  if (!certificate) return failure(Rule::StoreDamaged, 0, "a certificate that cannot be read");
  return CertificateRow{.certificate = std::move(*certificate),
                        .standing = row.text(1) == "held" ? Standing::Held : Standing::Used,
                        .added = time_of(row, 2)};
}

// The least or the greatest fingerprint that begins with these digits.
std::optional<Bytes> bound(std::string_view hex, char filler) {
  std::string digits = lower(hex);
  if (digits.empty() || digits.size() > 2 * kDigestBytes) return std::nullopt;
  digits.resize(2 * kDigestBytes, filler);
  constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    std::size_t high = kDigits.find(digits[i]);
    std::size_t low = kDigits.find(digits[i + 1]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

// A pattern for LIKE that finds the text itself.
std::string pattern(std::string_view text) {
  std::string result = "%";
  for (char c : text) {
    if (c == '%' || c == '_' || c == '\\') result += '\\';
    result += c;
  }
  return result + "%";
}

}  // namespace

Result<Bytes> name_key(ByteView name_der) {
  return crypto::hash(Digest::Sha256, as_bytes(x509::comparison_key(name_der)));
}

std::string_view name(Standing standing) { return standing == Standing::Held ? "held" : "used"; }

Result<Bytes> key_fingerprint(ByteView subject_public_key_info) {
  return crypto::hash(Digest::Sha256, subject_public_key_info);
}

Result<void> CertificateTable::add(const Certificate& certificate, Standing standing,
                                   const Provenance& from) {
  Derived derived = TRY(Derived::of(certificate));
  ByteView sha256 = certificate.sha256();
  TRY_VOID(database_.run(
      "INSERT INTO certificates (sha256, der, subject, subject_key, issuer_key, serial,"
      " key_identifier, spki, key_kind, not_before, not_after, standing, added)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      {sha256, certificate.der(), std::string_view(derived.subject), ByteView(derived.subject_key),
       ByteView(derived.issuer_key), ByteView(derived.serial), ByteView(derived.key_identifier),
       ByteView(derived.spki), std::string_view(derived.key_kind),
       seconds(certificate.not_before()), seconds(certificate.not_after()), name(standing),
       seconds(from.at)}));
  TRY_VOID(add_addresses(certificate));
  Bytes state = TRY(state_of(sha256, standing, from.at));
  return history_.append(standing == Standing::Held ? "held" : "imported", Kind::Certificate,
                         sha256, std::move(state), from);
}

Result<void> CertificateTable::add_addresses(const Certificate& certificate) {
  std::vector<std::string> addresses = x509::filing_names(certificate);
  if (addresses.size() > kMaxAddresses) {
    return failure(Rule::LimitElements, 0, "addresses of " + certificate.subject());
  }
  for (const std::string& address : addresses) {
    TRY_VOID(database_.run("INSERT INTO addresses (address, sha256) VALUES ($1, $2)",
                           {std::string_view(address), certificate.sha256()}));
  }
  return {};
}

Result<void> CertificateTable::set_standing(const CertificateRow& row, Standing standing,
                                            const Provenance& from) {
  ByteView sha256 = row.certificate.sha256();
  TRY_VOID(database_.run("UPDATE certificates SET standing = $1 WHERE sha256 = $2",
                         {name(standing), sha256}));
  Bytes state = TRY(state_of(sha256, standing, row.added));
  return history_.append(standing == Standing::Held ? "held" : "accepted", Kind::Certificate,
                         sha256, std::move(state), from);
}

Result<void> CertificateTable::remove(const Certificate& certificate, const Provenance& from) {
  TRY_VOID(database_.run("DELETE FROM certificates WHERE sha256 = $1", {certificate.sha256()}));
  return history_.append("removed", Kind::Certificate, certificate.sha256(), {}, from);
}

Result<CertificateTable::Rows> CertificateTable::select(std::string_view sql,
                                                        std::initializer_list<Value> values) const {
  Rows rows;
  auto take = [&](const Row& row) -> Result<void> {
    rows.push_back(TRY(read_row(row)));
    return {};
  };
  TRY_VOID(database_.run(sql, values, take));
  return rows;
}

Result<CertificateTable::Rows> CertificateTable::find_ending(Time before) const {
  return select(
      "SELECT der, standing, added FROM certificates WHERE not_after < $1 AND standing = 'used'"
      " ORDER BY not_after, sha256",
      {seconds(before)});
}

Result<std::optional<CertificateRow>> CertificateTable::find(ByteView sha256) const {
  Rows rows =
      TRY(select("SELECT der, standing, added FROM certificates WHERE sha256 = $1", {sha256}));
  if (rows.empty()) return std::optional<CertificateRow>();
  return std::optional<CertificateRow>(std::move(rows.front()));
}

Result<CertificateTable::Rows> CertificateTable::find_by_fingerprint(std::string_view hex) const {
  auto least = bound(hex, '0');
  auto greatest = bound(hex, 'f');
  if (!least || !greatest) return Rows();
  return select(
      "SELECT der, standing, added FROM certificates WHERE sha256 BETWEEN $1 AND $2 LIMIT 1000",
      {ByteView(*least), ByteView(*greatest)});
}

Result<CertificateTable::Rows> CertificateTable::find_by_address(std::string_view address) const {
  auto filed = x509::filing_name(address);
  if (!filed) return Rows();
  return select(
      "SELECT c.der, c.standing, c.added FROM addresses a"
      " JOIN certificates c ON c.sha256 = a.sha256"
      " WHERE a.address = $1 ORDER BY c.not_before DESC, c.sha256 LIMIT 1000",
      {std::string_view(*filed)});
}

Result<CertificateTable::Rows> CertificateTable::find_by_text(std::string_view text) const {
  if (!is_utf8(text)) return Rows();
  std::string like = pattern(lower(text));
  return select(
      "SELECT der, standing, added FROM certificates c WHERE lower(c.subject) LIKE $1 ESCAPE '\\'"
      " OR EXISTS (SELECT 1 FROM addresses a WHERE a.sha256 = c.sha256"
      " AND lower(a.address) LIKE $1 ESCAPE '\\')"
      " ORDER BY c.subject, c.not_before DESC, c.sha256 LIMIT 1000",
      {std::string_view(like)});
}

Result<CertificateTable::Rows> CertificateTable::find_by_subject(ByteView subject_der) const {
  Bytes key = TRY(name_key(subject_der));
  return select(
      "SELECT der, standing, added FROM certificates WHERE subject_key = $1"
      " ORDER BY not_before DESC, sha256 LIMIT 1000",
      {ByteView(key)});
}

Result<CertificateTable::Rows> CertificateTable::find_by_issuer_serial(ByteView issuer_der,
                                                                       ByteView serial) const {
  Bytes key = TRY(name_key(issuer_der));
  return select(
      "SELECT der, standing, added FROM certificates WHERE issuer_key = $1 AND serial = $2"
      " ORDER BY not_before DESC, sha256 LIMIT 1000",
      {ByteView(key), serial});
}

Result<CertificateTable::Rows> CertificateTable::find_by_key_identifier(ByteView identifier) const {
  return select(
      "SELECT der, standing, added FROM certificates WHERE key_identifier = $1"
      " ORDER BY not_before DESC, sha256 LIMIT 1000",
      {identifier});
}

Result<CertificateTable::Rows> CertificateTable::find_by_key(ByteView fingerprint) const {
  return select(
      "SELECT der, standing, added FROM certificates WHERE spki = $1"
      " ORDER BY not_before DESC, sha256 LIMIT 1000",
      {fingerprint});
}

Result<void> CertificateTable::each(
    const std::function<Result<void>(const CertificateRow&)>& take) const {
  return database_.run(
      "SELECT der, standing, added FROM certificates ORDER BY subject, not_before DESC, sha256", {},
      [&](const Row& row) -> Result<void> {
        CertificateRow read = TRY(read_row(row));
        return take(read);
      });
}

Result<std::int64_t> CertificateTable::count() const {
  return count_rows(database_, "SELECT count(*) FROM certificates");
}

Result<void> CertificateTable::check_row(const CheckedRow& row, Faults& faults) const {
  auto certificate = Certificate::parse(row.der);
  if (!certificate || !equal(certificate->sha256(), row.sha256)) {
    faults.add(row.sha256, "is another than its fingerprint says");
    return {};
  }
  Derived derived = TRY(Derived::of(*certificate));
  Bytes filed = TRY(Fields()
                        .add(derived.subject)
                        .add(derived.subject_key)
                        .add(derived.issuer_key)
                        .add(derived.serial)
                        .add(derived.key_identifier)
                        .add(derived.spki)
                        .add(derived.key_kind)
                        .add(seconds(certificate->not_before()))
                        .add(seconds(certificate->not_after()))
                        .hash());
  if (filed != row.filed) faults.add(row.sha256, "is filed under something that it does not say");
  std::vector<std::string> addresses;
  TRY_VOID(database_.run("SELECT address FROM addresses WHERE sha256 = $1", {ByteView(row.sha256)},
                         [&](const Row& one) -> Result<void> {
                           addresses.emplace_back(one.text(0));
                           return {};
                         }));
  std::sort(addresses.begin(), addresses.end());
  if (addresses != x509::filing_names(*certificate)) {
    faults.add(row.sha256, "is filed under other addresses than its own");
  }
  Bytes recorded = TRY(history_.state(Kind::Certificate, row.sha256));
  if (recorded != row.state) faults.add(row.sha256, "is not what the history says");
  return {};
}

Result<void> CertificateTable::find_faults(Faults& faults) const {
  Bytes last;
  for (;;) {
    std::vector<CheckedRow> rows;
    auto take = [&](const Row& row) -> Result<void> {
      Bytes filed = TRY(Fields()
                            .add(row.text(2))
                            .add(row.bytes(3))
                            .add(row.bytes(4))
                            .add(row.bytes(5))
                            .add(row.bytes(6))
                            .add(row.bytes(7))
                            .add(row.text(8))
                            .add(row.integer(9))
                            .add(row.integer(10))
                            .hash());
      Bytes state = TRY(Fields().add(row.bytes(0)).add(row.text(11)).add(time_of(row, 12)).hash());
      rows.push_back({.sha256 = to_bytes(row.bytes(0)),
                      .der = to_bytes(row.bytes(1)),
                      .filed = std::move(filed),
                      .state = std::move(state)});
      return {};
    };
    TRY_VOID(database_.run(
        "SELECT sha256, der, subject, subject_key, issuer_key, serial, key_identifier, spki,"
        " key_kind, not_before, not_after, standing, added FROM certificates"
        " WHERE sha256 > $1 ORDER BY sha256 LIMIT 1000",
        {ByteView(last)}, take));
    for (const CheckedRow& row : rows) TRY_VOID(check_row(row, faults));
    if (rows.empty()) return {};
    last = rows.back().sha256;
  }
}

}  // namespace bulla::store
