// Store: the certificates, keys, trust and capabilities of a person or a host, in one database
// that remembers where each came from.
//
//   auto store = TRY(Store::open(folder, Missing::Create));
//   auto done = TRY(store->import(std::move(batch), {.at = now, .source = "from alice.p12"}));
//
// Nothing in it changes without an entry in its history. A new key for an address that has
// another is named when a person imports it, and not used when a mail brought it (T-09).
// No clock and no environment: time and folder are arguments.
//
// Thread safety: reading from several threads; what changes the store, from one.
#pragma once

#include <memory>

#include "bulla/finding.h"
#include "bulla/verdict.h"
#include "store/authority_table.h"
#include "store/capability_table.h"
#include "store/certificate_table.h"
#include "store/collection.h"
#include "store/copy.h"
#include "store/fetch_table.h"
#include "store/key_table.h"
#include "store/sqlite.h"
#include "store/trust_table.h"

namespace bulla::store {

// What is to be kept, and on whose word.
struct Import {
  struct Statement {
    std::string address;
    Capabilities stated;
    Certificate signer;
  };
  std::vector<Certificate> certificates;
  std::vector<KeyRow> keys;
  std::vector<Statement> statements;
  // Asked: a person named the file. Harvested: a mail with a valid signature brought it, or a
  // directory that something vouches for (store/discovery.h). Unvouched: a directory had it.
  enum class On { Asked, Harvested, Unvouched } on = On::Asked;
};

// What a mail with a valid signature brings: the signer's certificate, the one that they want
// to be encrypted to, their path without its root, and what they state. Errors:
// store.unproven if no signer is valid.
Result<Import> harvest(const Verdict& verdict);

struct Imported {
  enum class What { Added, Known, Held, Accepted };
  struct OneCertificate {
    Certificate certificate;
    What what = What::Added;
    bool has_key = false;  // its private key is in the store
  };
  struct OneKey {
    Bytes public_key;
    What what = What::Added;  // Added or Known: kept again, in the form that it has now
  };
  std::vector<OneCertificate> certificates;
  std::vector<OneKey> keys;
  std::vector<std::string> statements;  // the addresses that something new is known of
  std::vector<Certificate> trusted;     // roots that another store trusts or
  std::vector<Certificate> distrusted;  // refuses
  Findings findings;                    // store.key-changed, store.held, store.unvouched
};
std::string_view name(Imported::What what);

struct Counts {
  std::int64_t certificates = 0;
  std::int64_t keys = 0;
  std::int64_t roots = 0;
  std::int64_t peers = 0;  // whose capabilities are known
  std::int64_t entries = 0;
  Bytes head;  // hash of the last entry of the history
};

// All that is known of one certificate.
struct Found {
  CertificateRow row;
  bool has_key = false;
  std::optional<Trust> trust;
};

class Store final : public Collection {
 public:
  struct Provided {
    const Import& batch;
    Provenance from;
  };

  // In this database, whose tables are made, or brought to the present form. Errors:
  // store.newer, and those of the engine.
  static Result<std::unique_ptr<Store>> open(std::unique_ptr<Database> database);
  // The database of SQLite in this folder. Errors: store.absent too, and those of
  // open_sqlite().
  static Result<std::unique_ptr<Store>> open(const std::string& folder, Missing missing);
  static std::string path_in(const std::string& folder) { return folder + "/store.db"; }

  // REQUIRES: that its tables are there.
  explicit Store(std::unique_ptr<Database> database);

  std::string name() const { return database_->name(); }

  // All of it or nothing, as in each of what follows.
  [[nodiscard]] Result<Imported> import(const std::vector<Provided>& parts);
  // A key that was made here, for whom a certificate is to be had.
  [[nodiscard]] Result<void> keep_generated(const KeyRow& key, const KeyOwner& owner, Time at);
  // A certificate that is not there is imported first.
  [[nodiscard]] Result<void> set_trust(const std::vector<Certificate>& roots, const Trust& trust,
                                       const Provenance& from);
  // With the decision about each. Keys stay: old mail needs them.
  [[nodiscard]] Result<void> remove(const std::vector<Certificate>& certificates,
                                    const Provenance& from);

  // A CA of one's own: its key, its certificate, and that it is trusted for mail.
  [[nodiscard]] Result<void> add_authority(const KeyRow& key, const Authority& authority,
                                           const Provenance& from);
  // What a CA has made. It becomes a certificate of the store as well, as if it were imported.
  [[nodiscard]] Result<Imported> add_issued(const Authority& by, const Certificate& certificate,
                                            const Provenance& from);
  // Nothing changes for one that is revoked already.
  [[nodiscard]] Result<void> revoke(const Authority& by, const std::vector<Issued>& issued,
                                    const Revocation& revocation, const Provenance& from);
  Result<std::int64_t> number_list(const Authority& by, const Provenance& from);

  // Certificates that are held are left out.
  Result<std::vector<Certificate>> find_certificates(const std::string& address) const override;
  Result<std::vector<Identity>> find_identities(const std::string& address,
                                                const KeyAccess& access) const override;
  // The identities that a message may mean by this name, keys without certificate too.
  Result<std::vector<Identity>> find_named(const RecipientName& name,
                                           const KeyAccess& access) const;

  // Keys that were made for exactly this address, oldest first, with a certificate or without.
  Result<std::vector<KeyRow>> find_generated(const std::string& address) const;

  // Roots that count at this time, and those that a person refused.
  struct Roots {
    std::vector<Certificate> trusted;
    std::vector<Certificate> distrusted;
  };
  Result<Roots> roots(Time at) const;

  // The issuers as far as the store has them, the root left out.
  Result<std::vector<Certificate>> chain_of(const Certificate& certificate) const;

  Result<Found> describe(CertificateRow row) const;
  Result<Counts> count() const;

  // What the engine, the chain of the history, and the comparison of both with the tables find
  // wrong. Nothing: the store is sound.
  Result<std::vector<std::string>> check() const;
  // A copy as of now, while others go on: a file of SQLite, whatever engine this is. Errors:
  // io.cannot-create if there is such a file.
  [[nodiscard]] Result<void> back_up(const std::string& path) const {
    return back_up_to_sqlite(*database_, path);
  }
  // Takes over all of another store, with its history. Errors: io.cannot-create if there is
  // something in this one.
  [[nodiscard]] Result<void> restore(const Store& from);

  // Takes over what another store knows and this one does not: certificates in use, what peers can
  // read, roots that are refused; and what the options add. What was decided here stays. A
  // certificate with another key than its address has here is held, as one of a mail (T-09).
  struct SyncOptions {
    enum class Keys { Leave, Take } keys = Keys::Leave;
    enum class Roots { Leave, Take } roots = Roots::Leave;  // that are trusted there
  };
  [[nodiscard]] Result<Imported> sync(const Store& other, const SyncOptions& options,
                                      const Provenance& from);

  const CertificateTable& certificates() const { return certificates_; }
  const KeyTable& keys() const { return keys_; }
  const CapabilityTable& capabilities() const { return capabilities_; }
  const AuthorityTable& authorities() const { return authorities_; }
  const History& history() const { return history_; }
  // What was fetched: a cache beside all this.
  FetchTable& fetched() { return fetched_; }
  const FetchTable& fetched() const { return fetched_; }

 private:
  Result<void> import_batch(const Import& batch, const Provenance& from, Imported& done);
  Result<Imported::What> import_certificate(const Certificate& certificate, const Import& batch,
                                            const Provenance& from, Findings& findings);
  Result<Findings> find_other_keys(const Certificate& certificate, Rule rule) const;
  Result<Identity> identity_of(KeyRow key, std::optional<Certificate> certificate,
                               const KeyAccess& access) const;

  std::unique_ptr<Database> database_;
  History history_;
  CertificateTable certificates_;
  KeyTable keys_;
  TrustTable trust_;
  CapabilityTable capabilities_;
  AuthorityTable authorities_;
  FetchTable fetched_;
};

}  // namespace bulla::store
