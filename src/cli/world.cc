#include "cli/world.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "bulla/net.h"
#include "cli/learn.h"
#include "host/environment.h"
#include "host/sink.h"
#include "message/recipient_path.h"
#include "store/file.h"
#include "store/locked_key.h"
#include "store/profile_folder.h"
#include "token/identities.h"
#include "token/uri.h"

namespace bulla::cli {
namespace {

constexpr std::string_view kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

void add(std::vector<Certificate>& to, const std::vector<Certificate>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

Secret first_line(ByteView file) {
  auto end = std::find(file.begin(), file.end(), std::uint8_t{'\n'});
  ByteView line = file.first(static_cast<std::size_t>(end - file.begin()));
  if (!line.empty() && line.back() == '\r') line = line.first(line.size() - 1);
  return Secret(line);
}

// A key in hexadecimal, as people exchange it, or its octets.
Secret read_kek(const Secret& file) {
  std::string_view text = trim(as_text(file.view()));
  bool is_hex = (text.size() == 32 || text.size() == 48 || text.size() == 64) &&
                text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (!is_hex) return file.clone();
  Secret key(text.size() / 2);
  auto digit = [&](std::size_t i) {
    char c = lower(text[i]);
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  for (std::size_t i = 0; i < key.size(); ++i) {
    key.mutable_view()[i] = static_cast<std::uint8_t>(digit(2 * i) << 4 | digit(2 * i + 1));
  }
  return key;
}

Result<std::vector<Identity>> load_identities(const std::string& name, Passphrases& passphrases,
                                              LazyStores& stores) {
  if (token::is_uri(name)) {
    return token::load_identities(name, passphrases.token_access(), passphrases.asker());
  }
  if (!is_in_store(name)) return store::load_identity_file(name, passphrases.asker());
  const Stores* opened = TRY(stores.get());
  return opened->find_identities(name, passphrases.key_access());
}

// Nobody is left out because no certificate is known for him (E2E-27).
Result<RecipientChoice> load_recipient(const std::string& name, Time at, Lookup& lookup) {
  if (!is_in_store(name)) return store::load_recipient_file(name);
  const Stores* opened = TRY(lookup.stores.get());
  auto candidates = TRY(opened->find_candidates(
      {.use = store::Wish::Use::Encrypt, .address = name, .at = at, .path = lookup.path}));
  auto stated = TRY(opened->find_capabilities(name));
  return RecipientChoice(candidates.front().certificate, std::move(stated));
}

Result<std::vector<Certificate>> load_certificate_files(const std::vector<std::string>& paths) {
  std::vector<Certificate> all;
  for (const std::string& path : paths) add(all, TRY(store::load_certificate_file(path)));
  return all;
}

// Without --trust: the store and, where the system has them, the system's roots. What the store
// distrusts is no root of either; a file that is named is taken at its word.
Result<std::vector<Certificate>> load_trust(const std::vector<std::string>& names,
                                            const Stores& stores, Time at) {
  store::Store::Roots own;
  if (stores.database() != nullptr) own = TRY(stores.database()->roots(at));
  add(own.trusted, stores.folder().roots());
  std::vector<Certificate> kept;
  std::vector<Certificate> roots;
  std::string system_roots(kSystemRoots);
  if (names.empty()) {
    kept = own.trusted;
    if (store::exists(system_roots)) add(kept, TRY(store::load_roots(system_roots)));
  }
  for (const std::string& name : names) {
    if (name == "store") {
      add(kept, own.trusted);
    } else if (name == "system") {
      add(kept, TRY(store::load_roots(system_roots)));
    } else {
      add(roots, TRY(store::load_roots(name)));
    }
  }
  std::erase_if(kept, [&](const Certificate& root) {
    return std::find(own.distrusted.begin(), own.distrusted.end(), root) != own.distrusted.end();
  });
  add(roots, kept);
  return roots;
}

// The lists of these files, and what the store has of what was fetched.
Result<std::unique_ptr<store::StoreRevocationSource>> load_lists(
    const std::vector<std::string>& paths, const store::Store* database) {
  std::vector<Bytes> crls;
  for (const std::string& path : paths) {
    for (Bytes& list : TRY(store::load_crl_file(path))) crls.push_back(std::move(list));
  }
  return std::make_unique<store::StoreRevocationSource>(
      make_revocation_source(std::move(crls)),
      database == nullptr ? nullptr : &database->fetched());
}

// Null unless things are to be fetched. What comes is remembered where there is a store.
std::shared_ptr<const Fetcher> make_fetcher(const OnlineOptions& options, store::Store* database,
                                            store::StoreRevocationSource& revocation) {
  if (!options.is_on) return nullptr;
  auto fetcher = make_http_fetcher({.own_hosts = options.own_hosts});
  if (database == nullptr) return fetcher;
  return std::make_shared<const store::CachingFetcher>(std::move(fetcher), database->fetched(),
                                                       revocation, host::current_time());
}

// The keys at hand: those of files, and of the folder of the store.
Result<x509::MemoryKeySource> load_keys(const OpeningOptions& options, Passphrases& passphrases,
                                        const std::vector<Certificate>& certificates,
                                        LazyStores& stores) {
  std::vector<Identity> identities;
  for (const std::string& name : options.identities) {
    std::vector<Identity> loaded = TRY(load_identities(name, passphrases, stores));
    for (Identity& one : store::add_certificates(std::move(loaded), certificates)) {
      identities.push_back(std::move(one));
    }
  }
  x509::MemoryKeySource keys(std::move(identities));
  for (const KekFile& kek : options.secrets.keks) {
    Secret file = TRY(store::read_file(kek.file, store::kMaxKeyFile));
    keys.add_kek(kek.key_identifier, read_kek(file).view());
  }
  for (const std::string& path : options.secrets.secret_key_files) {
    Secret file = TRY(store::read_file(path, store::kMaxKeyFile));
    keys.add_content_key(read_kek(file).view());
  }
  for (const std::string& path : options.secrets.password_files) {
    keys.add_password(TRY(read_first_line(path)).view());
  }
  return keys;
}

// What flags say comes after what the profile says.
Result<Policy> load_policy(const OpeningOptions& options) {
  Policy policy = options.policy;
  auto profile = TRY(find_profile(options.common));
  if (profile) {
    policy.accepted = profile->policy.accepted;
    policy.address = profile->policy.address;
    policy.revocation = profile->policy.revocation;
    if (profile->policy.old_forms == Policy::Old::Read) policy.old_forms = Policy::Old::Read;
  }
  policy.revocation = options.revocation.value_or(policy.revocation);
  return policy;
}

Result<std::shared_ptr<const TimestampSource>> load_timestamps(const SealingOptions& options,
                                                               Time at, Lookup& lookup) {
  if (!options.tsa) return std::shared_ptr<const TimestampSource>();
  bool is_url = options.tsa->find("://") != std::string::npos;
  if (is_url) return make_http_timestamp_source(*options.tsa);
  std::vector<Identity> loaded =
      TRY(load_identities(*options.tsa, lookup.passphrases, lookup.stores));
  auto with_certificate = std::find_if(loaded.begin(), loaded.end(), [](const Identity& one) {
    return one.certificate.has_value();
  });
  if (with_certificate == loaded.end()) return failure(Rule::KeyNoCertificate, 0, *options.tsa);
  TRY_VOID(store::unlock(*with_certificate));
  return make_timestamp_source(*with_certificate, at);
}

}  // namespace

bool is_in_store(const std::string& name) {
  return !token::is_uri(name) && is_address(name) && !store::exists(name);
}

Result<std::vector<Identity>> load_own_identities(const std::string& name,
                                                  const SealingOptions& options, Lookup& lookup) {
  std::vector<Identity> loaded = TRY(load_identities(name, lookup.passphrases, lookup.stores));
  return store::add_certificates(std::move(loaded), TRY(load_certificate_files(options.certs)));
}

store::KeyAccess Passphrases::key_access() {
  auto find = [this](const std::string& uri, ByteView public_key) -> Result<PrivateKeyPtr> {
    for (Identity& one : TRY(token::load_identities(uri, token_access(), asker()))) {
      if (equal(one.key->subject_public_key_info(), public_key)) return std::move(one.key);
    }
    return failure(Rule::KeyNotInToken, 0, uri + " has another key now");
  };
  return {asker(), find};
}

Result<Secret> Passphrases::ask(const std::string& path) {
  if (options_.passphrase_file || options_.passphrase_fd) {
    if (!known_) known_ = TRY(read());
    return known_->clone();
  }
  return host::ask_passphrase("Passphrase for " + printable(path) + ": ");
}

Result<Secret> Passphrases::read() const {
  if (options_.passphrase_file) return read_first_line(*options_.passphrase_file);
  constexpr std::size_t kMaxPassphrase = 4'096;
  std::string name = "file descriptor " + std::to_string(*options_.passphrase_fd);
  Secret line(kMaxPassphrase);
  std::size_t size = 0;
  while (size < line.size()) {
    MutableByteView next = line.mutable_view().subspan(size, 1);
    if (TRY(host::read_some(*options_.passphrase_fd, next, name)) == 0 || next[0] == '\n') break;
    ++size;
  }
  return first_line(line.view().first(size));
}

Result<std::optional<Profile>> find_profile(const CommonOptions& common) {
  if (!common.profile) return std::optional<Profile>();
  return std::optional<Profile>(TRY(store::load_profile(*common.profile, host::profile_folders())));
}

Result<World> load_world(const OpeningOptions& options) {
  World world;
  world.policy = TRY(load_policy(options));
  world.passphrases = std::make_unique<Passphrases>(options.secrets);
  std::vector<Certificate> certificates = TRY(load_certificate_files(options.certs));
  LazyStores lazy(options.common);
  Stores& stores = *TRY(lazy.get());
  if (options.verb != kVerify) {
    auto at_hand = TRY(load_keys(options, *world.passphrases, certificates, lazy));
    // Whoever names no file means the store: the message says which of its keys.
    bool uses_store =
        std::all_of(options.identities.begin(), options.identities.end(), is_in_store);
    world.keys = std::make_unique<store::StoreKeySource>(std::move(at_hand),
                                                         uses_store ? stores.database() : nullptr,
                                                         world.passphrases->key_access());
  }
  if (options.verb != kDecrypt) {
    Time at = options.at.value_or(host::current_time());
    world.trust = make_trust_store(TRY(load_trust(options.trust, stores, at)));
    add(certificates, stores.folder().certificates());
    world.certificates = std::make_unique<store::StoreCertSource>(
        make_cert_source(std::move(certificates)), stores.database());
  }
  world.store = stores.take_database();
  if (options.verb == kDecrypt) return world;
  world.revocation = TRY(load_lists(options.crls, world.store.get()));
  world.fetcher = make_fetcher(options.online, world.store.get(), *world.revocation);
  return world;
}

Result<Verdict> open_in(const World& world, Source& in, Sink& out, const OpenOptions& what) {
  auto verdict = bulla::open(in, out, what);
  bool lacks_key = !verdict && verdict.error().rule == Rule::KeyNoneFits && world.keys != nullptr;
  if (lacks_key) {
    if (auto locked = world.keys->lock_error()) return tl::unexpected(*locked);
  }
  return verdict;
}

Result<RecipientWorld> load_recipient_world(const SealingOptions& options) {
  RecipientWorld world;
  if (options.trust.empty() && options.verb != kCanSend) return world;
  Stores stores = TRY(Stores::open(options.common));
  Time at = options.at.value_or(host::current_time());
  world.trust = make_trust_store(TRY(load_trust(options.trust, stores, at)));
  std::vector<Certificate> certificates = TRY(load_certificate_files(options.certs));
  add(certificates, stores.folder().certificates());
  world.certificates = std::make_unique<store::StoreCertSource>(
      make_cert_source(std::move(certificates)), stores.database());
  world.store = stores.take_database();
  world.revocation = TRY(load_lists(options.crls, world.store.get()));
  world.fetcher = make_fetcher(options.online, world.store.get(), *world.revocation);
  return world;
}

store::PathCheck path_check(const SealingOptions& options, const RecipientWorld& world, Time at) {
  if (options.trust.empty()) return {};
  return [what = seal_options(options, world, at)](const Certificate& one) -> Result<void> {
    TRY_VOID(check_recipient_path(one, {}, what));
    return {};
  };
}

RecipientTrust recipient_trust(const SealingOptions& options, const RecipientWorld& world) {
  return {.roots = world.trust.get(),
          .certificates = world.certificates.get(),
          .lists = world.revocation.get(),
          .fetcher = world.fetcher.get(),
          .revocation = options.revocation.value_or(Revocation::Soft)};
}

Result<std::vector<SignerChoice>> load_signers(const SealingOptions& options, Time at,
                                               Lookup& lookup) {
  std::vector<SignerChoice> signers;
  for (const std::string& name : options.identities) {
    std::vector<Identity> loaded = TRY(load_own_identities(name, options, lookup));
    auto chosen = store::choose_signer(loaded, at);
    if (!chosen) return tl::unexpected(store::about_file(chosen.error(), name));
    TRY_VOID(store::unlock(*chosen));
    signers.push_back({.identity = *chosen, .digest = options.digest, .padding = options.padding});
  }
  return signers;
}

Result<Encrypt> load_recipients(const SealingOptions& options, Time at, Lookup& lookup) {
  Encrypt step{.recipients = {},
               .keks = {},
               .passwords = {},
               .password_kdf = options.password_kdf,
               .cipher = options.cipher,
               .content_key = options.content_key,
               .transport = options.transport};
  for (const std::string& name : options.recipients) {
    step.recipients.push_back(TRY(load_recipient(name, at, lookup)));
  }
  for (const KekFile& kek : options.secrets.keks) {
    Secret file = TRY(store::read_file(kek.file, store::kMaxKeyFile));
    step.keks.push_back({kek.key_identifier, std::make_shared<const Secret>(read_kek(file))});
  }
  for (const std::string& path : options.secrets.password_files) {
    step.passwords.push_back(std::make_shared<const Secret>(TRY(read_first_line(path))));
  }
  TRY_VOID(learn_from_mail(options, step, at));
  return step;
}

// The steps of the verb, innermost first: signed inside, encrypted outside (E2E-09).
Result<Recipe> make_recipe(const SealingOptions& options, const RecipientWorld& world, Time at) {
  Recipe recipe{.steps = {},
                .allowed = {},
                .headers = options.headers.value_or(HeaderConfidentiality::Baseline),
                .header_protection = options.header_protection};
  auto profile = TRY(find_profile(options.common));
  if (profile) recipe.allowed = profile->send;
  if (profile && profile->headers == Profile::Headers::Leave && !options.headers) {
    recipe.header_protection = Recipe::HeaderProtection::Off;
    recipe.headers = HeaderConfidentiality::None;
  }
  if (options.verb == kCompress) {
    recipe.steps.emplace_back(Compress{});
    return recipe;
  }
  Lookup lookup(options, path_check(options, world, at));
  auto timestamps = TRY(load_timestamps(options, at, lookup));
  Sign sign{.signers = TRY(load_signers(options, at, lookup)),
            .form = options.sign_form,
            .signing_time = options.signing_time,
            .chain = options.chain,
            .timestamps = std::move(timestamps)};
  bool signs = options.verb == kSign || options.verb == kSeal;
  if (signs) recipe.steps.emplace_back(sign);
  if (options.verb != kSign) recipe.steps.emplace_back(TRY(load_recipients(options, at, lookup)));
  if (options.wrap == SealingOptions::Wrap::Triple) recipe.steps.emplace_back(std::move(sign));
  return recipe;
}

SealOptions seal_options(const SealingOptions& options, const RecipientWorld& world, Time at) {
  return {.at = at,
          .limits = {},
          .form = options.form,
          .line_ends = options.line_ends,
          .workers = nullptr,
          .recipient_trust = recipient_trust(options, world)};
}

OpenOptions open_options(const OpeningOptions& options, const World& world, Time at) {
  return {
      .at = at,
      .policy = world.policy,
      .limits = {},
      .trust = world.trust.get(),
      .certificates = world.certificates.get(),
      .revocation = world.revocation.get(),
      .fetcher = world.fetcher.get(),
      .keys = world.keys.get(),
      .peel = options.verb == kDecrypt ? OpenOptions::Peel::EncryptionOnly : OpenOptions::Peel::All,
      .form = options.form,
      .line_ends = options.line_ends,
      .detached_content = nullptr,
      .part = options.part};
}

Exit exit_code_of(const OpeningOptions& options, const Verdict& verdict) {
  return options.verb == kDecrypt ? exit_code_of_decryption(verdict)
                                  : exit_code(verdict, options.policy.require);
}

std::vector<host::FileId> ids_of(const std::vector<std::string>& paths) {
  std::vector<host::FileId> ids;
  for (const std::string& path : paths) {
    if (auto id = host::find_file_id(path)) ids.push_back(*id);
  }
  return ids;
}

host::ProgressSource::Show progress_of(const CommonOptions& options) {
  bool shows = options.progress && options.verbosity != Verbosity::Quiet;
  return shows ? host::ProgressSource::Show::OnTerminal : host::ProgressSource::Show::Never;
}

Result<void> write_text(const CommonOptions& options, const std::string& text) {
  std::unique_ptr<Sink> out =
      TRY(host::open_sink(options.output.value_or("-"), ids_of({options.input})));
  TRY_VOID(out->write(as_bytes(text)));
  return out->finish();
}

Result<Secret> read_first_line(const std::string& path) {
  return first_line(TRY(store::read_file(path, store::kMaxKeyFile)).view());
}

}  // namespace bulla::cli
