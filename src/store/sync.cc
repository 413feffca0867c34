// What one store takes over from another.
#include "base/try.h"
#include "store/store.h"

namespace bulla::store {
namespace {

Result<std::optional<Certificate>> find_signer(const Store& other, const Bytes& sha256) {
  auto row = TRY(other.certificates().find(sha256));
  if (!row) return std::optional<Certificate>();
  return std::optional<Certificate>(std::move(row->certificate));
}

Result<void> add_certificates(const Store& here, const Store& other, Import& batch) {
  return other.certificates().each([&](const CertificateRow& row) -> Result<void> {
    if (row.standing == Standing::Held) return {};
    bool is_known = TRY(here.certificates().find(row.certificate.sha256())).has_value();
    if (!is_known) batch.certificates.push_back(row.certificate);
    return {};
  });
}

// Whose statement it was must be known, or nobody vouches for it.
Result<void> add_statements(const Store& other, Import& batch) {
  std::vector<CapabilityTable::Statement> all;
  TRY_VOID(other.capabilities().each([&](const CapabilityTable::Statement& one) -> Result<void> {
    all.push_back(one);
    return {};
  }));
  for (CapabilityTable::Statement& one : all) {
    auto signer = TRY(find_signer(other, one.signer));
    if (!signer) continue;
    batch.statements.push_back({.address = std::move(one.address),
                                .stated = std::move(one.stated),
                                .signer = std::move(*signer)});
  }
  return {};
}

Result<void> add_keys(const Store& here, const Store& other, Import& batch) {
  return other.keys().each([&](const KeyRow& row) -> Result<void> {
    Bytes fingerprint = TRY(key_fingerprint(row.public_key));
    bool is_known = TRY(here.keys().has(fingerprint));
    if (!is_known) batch.keys.push_back(row.clone());
    return {};
  });
}

}  // namespace

Result<Imported> Store::sync(const Store& other, const SyncOptions& options,
                             const Provenance& from) {
  Import batch;
  Import doubtful;
  doubtful.on = Import::On::Harvested;
  std::vector<TrustRow> decisions;
  {
    Transaction reading = TRY(Transaction::begin(*other.database_, Access::Read));
    TRY_VOID(add_certificates(*this, other, batch));
    TRY_VOID(add_statements(other, batch));
    if (options.keys == SyncOptions::Keys::Take) TRY_VOID(add_keys(*this, other, batch));
    decisions = TRY(other.trust_.list());
  }
  Imported done;
  Transaction transaction = TRY(Transaction::begin(*database_));
  std::vector<Certificate> fitting;
  for (Certificate& one : batch.certificates) {
    Findings others = TRY(find_other_keys(one, Rule::StoreHeld));
    (others.empty() ? fitting : doubtful.certificates).push_back(std::move(one));
  }
  batch.certificates = std::move(fitting);
  TRY_VOID(import_batch(batch, from, done));
  TRY_VOID(import_batch(doubtful, from, done));
  for (const TrustRow& row : decisions) {
    bool is_refused = row.trust.decision == Trust::Decision::Distrusted;
    bool is_wanted = is_refused || options.roots == SyncOptions::Roots::Take;
    bool is_decided = TRY(trust_.find(row.certificate.sha256())).has_value();
    if (!is_wanted || is_decided) continue;
    bool is_known = TRY(certificates_.find(row.certificate.sha256())).has_value();
    if (!is_known) TRY_VOID(certificates_.add(row.certificate, Standing::Used, from));
    TRY_VOID(trust_.put(row.certificate, row.trust, from));
    (is_refused ? done.distrusted : done.trusted).push_back(row.certificate);
  }
  TRY_VOID(transaction.commit());
  return done;
}

}  // namespace bulla::store
