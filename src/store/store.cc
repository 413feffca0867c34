#include "store/store.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "store/copy.h"
#include "store/locked_key.h"
#include "store/schema.h"
#include "x509/address_match.h"
#include "x509/key_identifier.h"

namespace bulla::store {
namespace {

// Paths have three or four certificates.
constexpr std::size_t kMaxChain = 10;

std::string short_fingerprint(const Certificate& certificate) {
  return to_hex(certificate.sha256()).substr(0, 16);
}

std::string key_text(const Certificate& certificate) {
  return certificate.key_description() + " (certificate " + short_fingerprint(certificate) + ")";
}

bool same_key(const Certificate& a, const Certificate& b) {
  return equal(a.subject_public_key_info(), b.subject_public_key_info());
}

bool has_key_for(const Import& batch, const Certificate& certificate) {
  return std::any_of(batch.keys.begin(), batch.keys.end(), [&](const KeyRow& key) {
    return equal(key.public_key, certificate.subject_public_key_info());
  });
}

// How a key is called when its passphrase is asked for.
std::string key_name(const KeyRow& key, const std::optional<Certificate>& certificate) {
  if (certificate && !certificate->addresses().empty()) return certificate->addresses()[0].address;
  if (certificate) return certificate->common_name();
  auto fingerprint = key_fingerprint(key.public_key);
  return "key " + (fingerprint ? to_hex(*fingerprint).substr(0, 16) : std::string());
}

}  // namespace

std::string_view name(Imported::What what) {
  switch (what) {
    case Imported::What::Added:
      return "added";
    case Imported::What::Known:
      return "known";
    case Imported::What::Held:
      return "held";
    case Imported::What::Accepted:
      return "accepted";
  }
  return "";
}

Store::Store(std::unique_ptr<Database> database)
    : database_(std::move(database)),
      history_(*database_),
      certificates_(*database_, history_),
      keys_(*database_, history_),
      trust_(*database_, history_),
      capabilities_(*database_, history_),
      authorities_(*database_, history_),
      fetched_(*database_) {}

Result<std::unique_ptr<Store>> Store::open(const std::string& folder, Missing missing) {
  if (folder.empty()) return failure(Rule::StoreAbsent, 0, "no folder for data is known");
  return open(TRY(open_sqlite(path_in(folder), missing)));
}

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<Database> database) {
  TRY_VOID(prepare_schema(*database));
  return std::make_unique<Store>(std::move(database));
}

// One finding for each address whose key in use is another. A person may have one key to sign
// with and one to be encrypted to: only the second kind is compared.
Result<Findings> Store::find_other_keys(const Certificate& certificate, Rule rule) const {
  Findings findings;
  if (!may_encrypt(certificate) || certificate.is_ca()) return findings;
  for (const std::string& address : x509::filing_names(certificate)) {
    CertificateTable::Rows rows = TRY(certificates_.find_by_address(address));
    std::erase_if(rows, [](const CertificateRow& row) {
      return row.standing == Standing::Held || !may_encrypt(row.certificate);
    });
    bool is_same = std::any_of(rows.begin(), rows.end(), [&](const CertificateRow& row) {
      return same_key(row.certificate, certificate);
    });
    if (rows.empty() || is_same) continue;
    findings.push_back(Finding::of(rule, {},
                                   address + " has " + key_text(rows.front().certificate) +
                                       ", and now " + key_text(certificate)));
  }
  return findings;
}

Result<Imported::What> Store::import_certificate(const Certificate& certificate,
                                                 const Import& batch, const Provenance& from,
                                                 Findings& findings) {
  auto known = TRY(certificates_.find(certificate.sha256()));
  bool is_asked = batch.on == Import::On::Asked;
  if (known && (known->standing == Standing::Used || !is_asked)) {
    return known->standing == Standing::Used ? Imported::What::Known : Imported::What::Held;
  }
  Bytes key = TRY(key_fingerprint(certificate.subject_public_key_info()));
  bool is_own = has_key_for(batch, certificate) || TRY(keys_.has(key));
  Findings others;
  if (!is_own) {
    others = TRY(find_other_keys(certificate, is_asked ? Rule::StoreKeyChanged : Rule::StoreHeld));
  }
  findings.insert(findings.end(), others.begin(), others.end());
  if (known) {
    TRY_VOID(certificates_.set_standing(*known, Standing::Used, from));
    return Imported::What::Accepted;
  }
  bool is_unvouched = batch.on == Import::On::Unvouched && !is_own;
  bool is_held = is_unvouched || (!is_asked && !others.empty());
  if (is_unvouched && others.empty()) {
    findings.push_back(Finding::of(Rule::StoreUnvouched, {},
                                   printable(certificate.subject()) + " (certificate " +
                                       short_fingerprint(certificate) + ")"));
  }
  Provenance with_change = from;
  for (const Finding& other : others) with_change.source += "; " + other.detail;
  TRY_VOID(certificates_.add(certificate, is_held ? Standing::Held : Standing::Used, with_change));
  return is_held ? Imported::What::Held : Imported::What::Added;
}

Result<void> Store::import_batch(const Import& batch, const Provenance& from, Imported& done) {
  for (const KeyRow& key : batch.keys) {
    Bytes fingerprint = TRY(key_fingerprint(key.public_key));
    bool is_known = TRY(keys_.has(fingerprint));
    TRY_VOID(keys_.put(key, from));
    done.keys.push_back({key.public_key, is_known ? Imported::What::Known : Imported::What::Added});
  }
  for (const Certificate& certificate : batch.certificates) {
    Imported::What what = TRY(import_certificate(certificate, batch, from, done.findings));
    Bytes key = TRY(key_fingerprint(certificate.subject_public_key_info()));
    bool has_key = TRY(keys_.has(key));
    done.certificates.push_back({certificate, what, has_key});
  }
  for (const Import::Statement& one : batch.statements) {
    bool is_new = TRY(capabilities_.put(one.address, one.stated, one.signer.sha256(), from));
    if (is_new) done.statements.push_back(one.address);
  }
  return {};
}

Result<Imported> Store::import(const std::vector<Provided>& parts) {
  Imported done;
  Transaction transaction = TRY(Transaction::begin(*database_));
  for (const Provided& part : parts) TRY_VOID(import_batch(part.batch, part.from, done));
  TRY_VOID(transaction.commit());
  return done;
}

Result<void> Store::keep_generated(const KeyRow& key, const KeyOwner& owner, Time at) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  TRY_VOID(keys_.put_generated(key, owner, at));
  return transaction.commit();
}

Result<std::vector<KeyRow>> Store::find_generated(const std::string& address) const {
  std::vector<KeyRow> all;
  TRY_VOID(keys_.each([&](const KeyRow& row) -> Result<void> {
    all.push_back(row.clone());
    return {};
  }));
  std::vector<KeyRow> found;
  for (KeyRow& row : all) {
    Bytes fingerprint = TRY(key_fingerprint(row.public_key));
    auto owner = TRY(keys_.find_owner(fingerprint));
    bool is_for =
        owner &&
        std::any_of(owner->addresses.begin(), owner->addresses.end(), [&](const std::string& one) {
          return x509::equal_addresses(one, address, x509::LocalPart::Exact);
        });
    if (is_for) found.push_back(std::move(row));
  }
  return found;
}

Result<void> Store::set_trust(const std::vector<Certificate>& roots, const Trust& trust,
                              const Provenance& from) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  for (const Certificate& root : roots) {
    auto known = TRY(certificates_.find(root.sha256()));
    if (!known) TRY_VOID(certificates_.add(root, Standing::Used, from));
    TRY_VOID(trust_.put(root, trust, from));
  }
  return transaction.commit();
}

Result<void> Store::remove(const std::vector<Certificate>& certificates, const Provenance& from) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  for (const Certificate& certificate : certificates) {
    auto known = TRY(certificates_.find(certificate.sha256()));
    if (!known) return failure(Rule::StoreUnknown, 0, short_fingerprint(certificate));
    TRY_VOID(trust_.remove(certificate, from));
    TRY_VOID(certificates_.remove(certificate, from));
  }
  return transaction.commit();
}

Result<void> Store::add_authority(const KeyRow& key, const Authority& authority,
                                  const Provenance& from) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  TRY_VOID(keys_.put(key, from));
  TRY_VOID(certificates_.add(authority.certificate, Standing::Used, from));
  TRY_VOID(trust_.put(authority.certificate, {}, from));
  TRY_VOID(authorities_.add(authority, from));
  return transaction.commit();
}

Result<Imported> Store::add_issued(const Authority& by, const Certificate& certificate,
                                   const Provenance& from) {
  Imported done;
  Import batch;
  batch.certificates = {certificate};
  Transaction transaction = TRY(Transaction::begin(*database_));
  TRY_VOID(authorities_.add_issued(by, certificate, from));
  TRY_VOID(import_batch(batch, from, done));
  TRY_VOID(transaction.commit());
  return done;
}

Result<void> Store::revoke(const Authority& by, const std::vector<Issued>& issued,
                           const Revocation& revocation, const Provenance& from) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  for (const Issued& one : issued) {
    auto now = TRY(authorities_.find_issued(by, one.serial));
    if (!now) return failure(Rule::StoreUnknown, 0, one.subject);
    if (!now->revocation) TRY_VOID(authorities_.revoke(by, *now, revocation, from));
  }
  return transaction.commit();
}

Result<std::int64_t> Store::number_list(const Authority& by, const Provenance& from) {
  Transaction transaction = TRY(Transaction::begin(*database_));
  std::int64_t number = TRY(authorities_.number_list(by, from));
  TRY_VOID(transaction.commit());
  return number;
}

Result<void> Store::restore(const Store& from) { return copy_store(*from.database_, *database_); }

Result<std::vector<Certificate>> Store::find_certificates(const std::string& address) const {
  std::vector<Certificate> found;
  for (CertificateRow& row : TRY(certificates_.find_by_address(address))) {
    if (row.standing == Standing::Used) found.push_back(std::move(row.certificate));
  }
  return found;
}

Result<std::vector<Certificate>> Store::chain_of(const Certificate& certificate) const {
  std::vector<Certificate> chain;
  Certificate last = certificate;
  while (chain.size() < kMaxChain && !last.is_self_issued()) {
    CertificateTable::Rows issuers = TRY(certificates_.find_by_subject(last.issuer_der()));
    auto issuer = std::find_if(issuers.begin(), issuers.end(), [&](const CertificateRow& row) {
      auto wanted = last.authority_key_identifier();
      return row.certificate.is_ca() && !row.certificate.is_self_issued() &&
             (!wanted || x509::has_key_identifier(row.certificate, *wanted)) &&
             std::find(chain.begin(), chain.end(), row.certificate) == chain.end();
    });
    if (issuer == issuers.end()) break;
    chain.push_back(issuer->certificate);
    last = issuer->certificate;
  }
  return chain;
}

Result<Identity> Store::identity_of(KeyRow key, std::optional<Certificate> certificate,
                                    const KeyAccess& access) const {
  std::vector<Certificate> chain;
  if (certificate) chain = TRY(chain_of(*certificate));
  std::string called = key_name(key, certificate);
  return Identity{.key = std::make_shared<LockedKey>(std::move(key), std::move(called), access),
                  .certificate = std::move(certificate),
                  .chain = std::move(chain)};
}

Result<std::vector<Identity>> Store::find_identities(const std::string& address,
                                                     const KeyAccess& access) const {
  std::vector<Identity> found;
  for (Certificate& certificate : TRY(find_certificates(address))) {
    Bytes fingerprint = TRY(key_fingerprint(certificate.subject_public_key_info()));
    auto key = TRY(keys_.find(fingerprint));
    if (key) found.push_back(TRY(identity_of(std::move(*key), std::move(certificate), access)));
  }
  return found;
}

Result<std::vector<Identity>> Store::find_named(const RecipientName& name,
                                                const KeyAccess& access) const {
  bool by_key = !name.key_identifier.empty();
  CertificateTable::Rows rows =
      by_key ? TRY(certificates_.find_by_key_identifier(name.key_identifier))
             : TRY(certificates_.find_by_issuer_serial(name.issuer_der, name.serial_number));
  std::vector<Identity> found;
  for (CertificateRow& row : rows) {
    Bytes fingerprint = TRY(key_fingerprint(row.certificate.subject_public_key_info()));
    auto key = TRY(keys_.find(fingerprint));
    if (key) found.push_back(TRY(identity_of(std::move(*key), std::move(row.certificate), access)));
  }
  return found;
}

Result<Store::Roots> Store::roots(Time at) const {
  Roots roots;
  for (TrustRow& row : TRY(trust_.list())) {
    bool is_refused = row.trust.decision == Trust::Decision::Distrusted;
    if (is_refused)
      roots.distrusted.push_back(std::move(row.certificate));
    else if (row.trust.counts_at(at))
      roots.trusted.push_back(std::move(row.certificate));
  }
  return roots;
}

Result<Found> Store::describe(CertificateRow row) const {
  Bytes fingerprint = TRY(key_fingerprint(row.certificate.subject_public_key_info()));
  bool has_key = TRY(keys_.has(fingerprint));
  auto trust = TRY(trust_.find(row.certificate.sha256()));
  return Found{.row = std::move(row), .has_key = has_key, .trust = trust};
}

Result<Counts> Store::count() const {
  Counts counts;
  counts.certificates = TRY(certificates_.count());
  counts.keys = TRY(keys_.count());
  counts.roots =
      TRY(count_rows(*database_, "SELECT count(*) FROM trust WHERE decision = 'trusted'"));
  counts.peers = TRY(capabilities_.count());
  Entry head = TRY(history_.head());
  counts.entries = head.number;
  counts.head = std::move(head.hash);
  return counts;
}

}  // namespace bulla::store
