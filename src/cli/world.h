// What the flags name, loaded: identities, recipients, roots, secrets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bulla/profile.h"
#include "bulla/seal.h"
#include "bulla/trust.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/stores.h"
#include "host/descriptor.h"
#include "host/progress.h"
#include "store/fetch_ports.h"
#include "store/ports.h"
#include "token/access.h"

namespace bulla::cli {

// Passphrases from a file, a descriptor or the terminal, each read when it is needed.
// Never from arguments or the environment (T-124).
class Passphrases {
 public:
  explicit Passphrases(const SecretOptions& options) : options_(options) {}
  Result<Secret> ask(const std::string& path);
  store::AskPassphrase asker() {
    return [this](const std::string& path) { return ask(path); };
  }
  // Of keys in the store, wherever they are. It must not outlive this.
  store::KeyAccess key_access();
  token::Access token_access() const { return {.module = options_.token_module.value_or("")}; }

 private:
  Result<Secret> read() const;

  const SecretOptions& options_;
  std::optional<Secret> known_;
};

// The ports of open(), with the objects behind them.
struct World {
  std::unique_ptr<store::Store> store;  // null if there is none
  std::unique_ptr<Passphrases> passphrases;
  std::unique_ptr<TrustStore> trust;
  std::unique_ptr<CertSource> certificates;
  std::unique_ptr<store::StoreRevocationSource> revocation;
  std::shared_ptr<const Fetcher> fetcher;  // null: nothing is fetched
  std::unique_ptr<store::StoreKeySource> keys;
  Policy policy;  // of the profile and the flags
};
// `options` must outlive it.
Result<World> load_world(const OpeningOptions& options);

// As bulla::open(); where no key fits because one could not be unlocked, that is the error.
Result<Verdict> open_in(const World& world, Source& in, Sink& out, const OpenOptions& what);

// What the certificates of recipients are checked with: nothing without --trust, which can-send
// has a default for.
struct RecipientWorld {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<TrustStore> trust;
  std::unique_ptr<CertSource> certificates;
  std::unique_ptr<store::StoreRevocationSource> revocation;
  std::shared_ptr<const Fetcher> fetcher;
};
Result<RecipientWorld> load_recipient_world(const SealingOptions& options);
// `world` must outlive it.
RecipientTrust recipient_trust(const SealingOptions& options, const RecipientWorld& world);

// What the path of a recipient must be, to choose among several; empty without --trust.
// `world` must outlive it.
store::PathCheck path_check(const SealingOptions& options, const RecipientWorld& world, Time at);

// What people are looked up with, one for a command: a passphrase is asked for and a store opened
// once. `options` must outlive it.
struct Lookup {
  explicit Lookup(const SealingOptions& options, store::PathCheck leads = {})
      : passphrases(options.secrets), stores(options.common), path(std::move(leads)) {}
  Passphrases passphrases;
  LazyStores stores;
  store::PathCheck path;
};

// Whether a word means something in the store, and no file.
bool is_in_store(const std::string& name);

// Who may sign by this name: the identities of a file, or of an address in the store, keys
// without certificate with those of --certs.
Result<std::vector<Identity>> load_own_identities(const std::string& name,
                                                  const SealingOptions& options, Lookup& lookup);

// The signers and the recipients of a recipe, at this time.
Result<std::vector<SignerChoice>> load_signers(const SealingOptions& options, Time at,
                                               Lookup& lookup);
Result<Encrypt> load_recipients(const SealingOptions& options, Time at, Lookup& lookup);

// What the options say of one message, for open() and seal(). A `world` must outlive it.
OpenOptions open_options(const OpeningOptions& options, const World& world, Time at);
Result<Recipe> make_recipe(const SealingOptions& options, const RecipientWorld& world, Time at);
SealOptions seal_options(const SealingOptions& options, const RecipientWorld& world, Time at);

// The profile that is named, if one is.
Result<std::optional<Profile>> find_profile(const CommonOptions& common);

// The exit code that a verdict has for this verb.
Exit exit_code_of(const OpeningOptions& options, const Verdict& verdict);

// The files that an output must not replace.
std::vector<host::FileId> ids_of(const std::vector<std::string>& paths);

// Whether progress is shown.
host::ProgressSource::Show progress_of(const CommonOptions& options);

// Writes what a command answers, to -o or standard output.
Result<void> write_text(const CommonOptions& options, const std::string& text);

// The first line of a file, as a secret.
Result<Secret> read_first_line(const std::string& path);

}  // namespace bulla::cli
