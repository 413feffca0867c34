#include "store/authority_table.h"

#include <array>

#include "base/text.h"
#include "base/try.h"

namespace bulla::store {
namespace {

struct ReasonRow {
  RevocationReason reason;
  std::string_view name;
};
constexpr std::array kReasons = {
    ReasonRow{RevocationReason::Unspecified, "unspecified"},
    ReasonRow{RevocationReason::KeyCompromise, "keyCompromise"},
    ReasonRow{RevocationReason::AffiliationChanged, "affiliationChanged"},
    ReasonRow{RevocationReason::Superseded, "superseded"},
    ReasonRow{RevocationReason::CessationOfOperation, "cessationOfOperation"},
    ReasonRow{RevocationReason::PrivilegeWithdrawn, "privilegeWithdrawn"},
};

constexpr std::string_view kAllAuthorities =
    "SELECT der, crl_url, ocsp_url, issuer_url FROM authorities ORDER BY added, sha256";

// The columns that read_issued() reads.
#define BULLA_ISSUED                                                                            \
  "SELECT serial, sha256, subject, addresses, not_after, revoked_at, reason, added FROM issued" \
  " WHERE authority = $1"
constexpr std::string_view kIssuedBy = BULLA_ISSUED " ORDER BY added, serial";
constexpr std::string_view kRevokedBy =
    BULLA_ISSUED " AND revoked_at IS NOT NULL ORDER BY revoked_at, serial";
constexpr std::string_view kIssuedWithSerial = BULLA_ISSUED " AND serial = $2";
#undef BULLA_ISSUED

std::int64_t seconds(Time time) { return time.time_since_epoch().count(); }

Issued read_issued(const Row& row) {
  Issued issued{.serial = to_bytes(row.bytes(0)),
                .sha256 = to_bytes(row.bytes(1)),
                .subject = std::string(row.text(2)),
                .addresses = std::string(row.text(3)),
                .not_after = time_of(row, 4),
                .revocation = {},
                .added = time_of(row, 7)};
  if (auto at = optional_time_of(row, 5)) {
    issued.revocation =
        Revocation{.at = *at, .reason = static_cast<RevocationReason>(row.integer(6))};
  }
  return issued;
}

Result<Bytes> state_of(const Authority& authority) {
  return Fields()
      .add(authority.certificate.der())
      .add(authority.places.crl)
      .add(authority.places.ocsp)
      .add(authority.places.issuer)
      .hash();
}

Result<Bytes> state_of(ByteView authority, const Issued& issued) {
  Fields fields;
  fields.add(authority).add(issued.serial).add(issued.sha256).add(issued.subject);
  fields.add(issued.addresses).add(seconds(issued.not_after));
  if (issued.revocation) {
    fields.add(seconds(issued.revocation->at));
    fields.add(static_cast<std::int64_t>(issued.revocation->reason));
  }
  return fields.hash();
}

std::string addresses_of(const Certificate& certificate) {
  std::vector<std::string> addresses;
  for (const CertificateAddress& one : certificate.addresses()) addresses.push_back(one.address);
  return join(addresses, ", ");
}

}  // namespace

std::string_view name(RevocationReason reason) {
  for (const ReasonRow& row : kReasons) {
    if (row.reason == reason) return row.name;
  }
  return "";
}

std::vector<std::string_view> revocation_reasons() {
  std::vector<std::string_view> names;
  for (const ReasonRow& row : kReasons) names.push_back(row.name);
  return names;
}

std::optional<RevocationReason> find_revocation_reason(std::string_view name) {
  for (const ReasonRow& row : kReasons) {
    if (row.name == name) return row.reason;
  }
  return std::nullopt;
}

Result<void> AuthorityTable::add(const Authority& authority, const Provenance& from) {
  ByteView sha256 = authority.certificate.sha256();
  TRY_VOID(
      database_.run("INSERT INTO authorities (sha256, der, crl_url, ocsp_url, issuer_url, added)"
                    " VALUES ($1, $2, $3, $4, $5, $6)",
                    {sha256, authority.certificate.der(), std::string_view(authority.places.crl),
                     std::string_view(authority.places.ocsp),
                     std::string_view(authority.places.issuer), seconds(from.at)}));
  Bytes state = TRY(state_of(authority));
  return history_.append("made", Kind::Authority, sha256, std::move(state), from);
}

Result<std::vector<Authority>> AuthorityTable::list() const {
  std::vector<Authority> authorities;
  TRY_VOID(database_.run(kAllAuthorities, {}, [&](const Row& row) -> Result<void> {
    auto certificate = Certificate::parse(to_bytes(row.bytes(0)));
    if (!certificate) return failure(Rule::StoreDamaged, 0, "a CA that cannot be read");
    authorities.push_back({.certificate = std::move(*certificate),
                           .places = {.crl = std::string(row.text(1)),
                                      .ocsp = std::string(row.text(2)),
                                      .issuer = std::string(row.text(3))}});
    return {};
  }));
  return authorities;
}

Result<void> AuthorityTable::record_issued(std::string_view action, const Authority& by,
                                           const Issued& issued, const Provenance& from) {
  Bytes state = TRY(state_of(by.certificate.sha256(), issued));
  return history_.append(action, Kind::Issued, issued.sha256, std::move(state), from);
}

Result<void> AuthorityTable::add_issued(const Authority& by, const Certificate& certificate,
                                        const Provenance& from) {
  Issued issued{.serial = to_bytes(certificate.serial_number()),
                .sha256 = to_bytes(certificate.sha256()),
                .subject = certificate.subject(),
                .addresses = addresses_of(certificate),
                .not_after = certificate.not_after(),
                .revocation = {},
                .added = from.at};
  TRY_VOID(database_.run(
      "INSERT INTO issued (authority, serial, sha256, subject, addresses, not_after, revoked_at,"
      " reason, added) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, $7)",
      {by.certificate.sha256(), ByteView(issued.serial), ByteView(issued.sha256),
       std::string_view(issued.subject), std::string_view(issued.addresses),
       seconds(issued.not_after), seconds(issued.added)}));
  return record_issued("issued", by, issued, from);
}

Result<void> AuthorityTable::revoke(const Authority& by, const Issued& issued,
                                    const Revocation& revocation, const Provenance& from) {
  TRY_VOID(database_.run(
      "UPDATE issued SET revoked_at = $1, reason = $2 WHERE authority = $3 AND serial = $4",
      {seconds(revocation.at), static_cast<std::int64_t>(revocation.reason),
       by.certificate.sha256(), ByteView(issued.serial)}));
  Issued revoked = issued;
  revoked.revocation = revocation;
  return record_issued("revoked", by, revoked, from);
}

Result<std::int64_t> AuthorityTable::number_list(const Authority& by, const Provenance& from) {
  Bytes state = TRY(state_of(by));
  TRY_VOID(
      history_.append("listed", Kind::Authority, by.certificate.sha256(), std::move(state), from));
  Entry head = TRY(history_.head());
  return head.number;
}

Result<std::vector<Issued>> AuthorityTable::select(std::string_view sql,
                                                   const std::vector<Value>& values) const {
  std::vector<Issued> found;
  TRY_VOID(database_.run_with(sql, values, [&](const Row& row) -> Result<void> {
    found.push_back(read_issued(row));
    return {};
  }));
  return found;
}

Result<std::vector<Issued>> AuthorityTable::issued(const Authority& by) const {
  return select(kIssuedBy, {by.certificate.sha256()});
}

Result<std::vector<Issued>> AuthorityTable::revoked(const Authority& by) const {
  return select(kRevokedBy, {by.certificate.sha256()});
}

Result<std::optional<Issued>> AuthorityTable::find_issued(const Authority& by,
                                                          ByteView serial) const {
  std::vector<Issued> found = TRY(select(kIssuedWithSerial, {by.certificate.sha256(), serial}));
  if (found.empty()) return std::optional<Issued>();
  return std::optional<Issued>(std::move(found.front()));
}

Result<void> AuthorityTable::find_faults(Faults& authorities, Faults& issued) const {
  for (const Authority& authority : TRY(list())) {
    ByteView sha256 = authority.certificate.sha256();
    Bytes state = TRY(state_of(authority));
    Bytes recorded = TRY(history_.state(Kind::Authority, sha256));
    if (state != recorded) authorities.add(sha256, "is not what the history says");
    for (const Issued& one : TRY(this->issued(authority))) {
      state = TRY(state_of(sha256, one));
      recorded = TRY(history_.state(Kind::Issued, one.sha256));
      if (state != recorded) issued.add(one.sha256, "is not what the history says");
    }
  }
  return {};
}

}  // namespace bulla::store
