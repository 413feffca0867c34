#include "cli/import.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/stores.h"
#include "cli/world.h"
#include "crypto/private_key_info.h"
#include "host/environment.h"
#include "host/source.h"
#include "host/terminal.h"
#include "store/file.h"
#include "store/ldif.h"
#include "token/identities.h"
#include "token/uri.h"
#include "x509/pem.h"
#include "x509/pkcs12.h"

namespace bulla::cli {
namespace {

constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMinFingerprint = 8;

void add(std::vector<Certificate>& to, const std::vector<Certificate>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

bool holds_private_key(ByteView file) {
  return x509::is_pem(file) && as_text(file).find("PRIVATE KEY-----") != std::string_view::npos;
}

// A mail may quote PEM, or look like LDIF; what it says counts only when its signature does.
bool is_mail(ByteView file) {
  std::string_view text = as_text(file);
  for (std::string_view line : split(text.substr(0, text.find("-----BEGIN ")), '\n')) {
    for (std::string_view field : {"from:", "mime-version:", "content-type:"}) {
      if (equal_ignoring_case(line.substr(0, field.size()), field)) return true;
    }
  }
  return false;
}

class CertificateReader {
 public:
  CertificateReader(const StoreOptions& options, const store::Store& store)
      : options_(options), store_(store), passphrases_(options.secrets) {
    opening_.common.store = options.common.store;
    opening_.secrets = options.secrets;
    opening_.verb = kOpen;
    opening_.trust = options.trust;
    opening_.at = options.at;
    opening_.policy.require = Policy::Require::Nothing;
  }

  Result<void> read(const std::string& what) {
    if (store::is_folder(what)) return read_folder(what);
    if (!store::exists(what) && read_fingerprint(what)) return accept(what);
    return read_file(what);
  }

  Reading finish() { return std::move(reading_); }

 private:
  // What is in a folder by chance is passed over, and told.
  Result<void> read_folder(const std::string& folder) {
    for (const std::string& path : store::list_files(folder, kMaxFiles)) {
      auto read = read_file(path);
      if (!read) reading_.passed_over.push_back(read.error());
    }
    return {};
  }

  Result<void> accept(const std::string& fingerprint) {
    for (const store::CertificateRow& row : TRY(find_what(store_, fingerprint))) {
      reading_.asked.certificates.push_back(row.certificate);
    }
    return {};
  }

  Result<void> read_file(const std::string& path) {
    Secret file = TRY(store::read_file(path, store::kMaxCertificateFile));
    bool is_binary = !file.empty() && file.view()[0] == 0x30;
    bool is_text = !is_binary && !is_mail(file.view());
    if (is_text && store::is_ldif(file.view())) return read_ldif(file.view(), path);
    bool is_pem = is_text && x509::is_pem(file.view());
    if (!is_binary && !is_pem) return read_mail(path);
    auto certificates =
        x509::is_pkcs12(file.view()) ? read_pkcs12(file.view(), path) : load(file.view());
    if (!certificates) return tl::unexpected(store::about_file(certificates.error(), path));
    add(reading_.asked.certificates, *certificates);
    return {};
  }

  Result<std::vector<Certificate>> load(ByteView file) {
    if (holds_private_key(file)) ++reading_.left_keys;
    return load_certificates(file);
  }

  Result<std::vector<Certificate>> read_pkcs12(ByteView file, const std::string& path) {
    store::KeyFile contents = TRY(store::read_key_file(file, path, passphrases_.asker()));
    reading_.left_keys += contents.keys.size();
    return std::move(contents.certificates);
  }

  // One value of many that is no certificate is told, and keeps the others from nothing.
  Result<void> read_ldif(ByteView file, const std::string& path) {
    auto contents = store::read_ldif(file);
    if (!contents) return tl::unexpected(store::about_file(contents.error(), path));
    for (Error& error : contents->passed_over) {
      error = store::about_file(std::move(error), path);
    }
    if (contents->certificates.empty() && !contents->passed_over.empty()) {
      return tl::unexpected(contents->passed_over.front());
    }
    if (contents->certificates.empty()) return failure(Rule::KeyNoCertificate, 0, path);
    add(reading_.asked.certificates, contents->certificates);
    reading_.passed_over.insert(reading_.passed_over.end(), contents->passed_over.begin(),
                                contents->passed_over.end());
    return {};
  }

  Result<void> read_mail(const std::string& path) {
    auto in = TRY(host::open_source(path));
    if (!world_) world_ = TRY(load_world(opening_));
    NullSink nowhere;
    Time at = options_.at.value_or(host::current_time());
    Verdict verdict = TRY(open_in(*world_, *in, nowhere, open_options(opening_, *world_, at)));
    for (const Layer& layer : verdict.layers) {
      if (layer.kind != Layer::Kind::CertsOnly) continue;
      add(reading_.asked.certificates, layer.certificates);
      return {};
    }
    auto batch = store::harvest(verdict);
    if (!batch) return failure(batch.error().rule, 0, path);
    add(reading_.harvested.certificates, batch->certificates);
    reading_.harvested.statements.insert(reading_.harvested.statements.end(),
                                         batch->statements.begin(), batch->statements.end());
    return {};
  }

  const StoreOptions& options_;
  const store::Store& store_;
  Passphrases passphrases_;
  OpeningOptions opening_;
  std::optional<World> world_;  // for the first mail and all after it
  Reading reading_;
};

// Asked twice, so that a slip of the finger locks nobody out.
Result<Secret> ask_new_passphrase(const std::string& called) {
  auto first = host::ask_passphrase("New passphrase for " + printable(called) + ": ");
  if (!first || first->empty()) return failure(Rule::StorePlainKey, 0, called);
  Secret second = TRY(host::ask_passphrase("The same again: "));
  if (!equal_constant_time(first->view(), second.view())) {
    return failure(Rule::KeyBadPassphrase, 0, "the two differ");
  }
  return std::move(*first);
}

Result<store::KeyRow> encrypt(Bytes public_key, ByteView pkcs8, ByteView passphrase) {
  Bytes encrypted = TRY(crypto::encrypt_private_key(pkcs8, passphrase));
  return store::KeyRow{.public_key = std::move(public_key),
                       .form = store::KeyRow::Form::Encrypted,
                       .pkcs8 = Secret(ByteView(encrypted)),
                       .added = host::current_time()};
}

Result<store::KeyRow> keep(const store::KeyFile::Key& key, const std::string& path,
                           const StoreOptions& options) {
  Bytes public_key = key.key->subject_public_key_info();
  if (key.is_encrypted) {
    return store::KeyRow{.public_key = std::move(public_key),
                         .form = store::KeyRow::Form::Encrypted,
                         .pkcs8 = key.pkcs8.clone(),
                         .added = host::current_time()};
  }
  if (!key.passphrase.empty()) {
    return encrypt(std::move(public_key), key.pkcs8.view(), key.passphrase.view());
  }
  return lock_key(*key.key, key.pkcs8.view(), "the key in " + path,
                  {.file = options.new_passphrase_file, .plain = options.plain});
}

// Adds what is not there yet.
void add_key(std::vector<store::KeyRow>& to, const store::KeyRow& key) {
  bool is_new = std::none_of(to.begin(), to.end(), [&](const store::KeyRow& one) {
    return one.public_key == key.public_key;
  });
  if (is_new) to.push_back(key.clone());
}

}  // namespace

Result<store::KeyRow> lock_key(const PrivateKey& key, ByteView pkcs8, const std::string& called,
                               const NewPassphrase& passphrase) {
  Bytes public_key = key.subject_public_key_info();
  if (passphrase.plain == StoreOptions::Plain::Keep) {
    return store::KeyRow{.public_key = std::move(public_key),
                         .form = store::KeyRow::Form::Plain,
                         .pkcs8 = Secret(pkcs8),
                         .added = host::current_time()};
  }
  Secret secret =
      passphrase.file ? TRY(read_first_line(*passphrase.file)) : TRY(ask_new_passphrase(called));
  if (secret.empty()) return failure(Rule::StorePlainKey, 0, called);
  return encrypt(std::move(public_key), pkcs8, secret.view());
}

Result<std::vector<store::KeyRow>> find_keys(const store::Store& store, const std::string& what) {
  std::vector<store::KeyRow> found;
  auto rows = find_what(store, what);
  if (rows) {
    for (const store::CertificateRow& row : *rows) {
      Bytes fingerprint = TRY(store::key_fingerprint(row.certificate.subject_public_key_info()));
      auto key = TRY(store.keys().find(fingerprint));
      if (key) add_key(found, *key);
    }
  }
  if (is_address(what)) {
    for (const store::KeyRow& row : TRY(store.find_generated(what))) add_key(found, row);
  }
  auto digits = read_fingerprint(what);
  auto take = [&](const store::KeyRow& row) -> Result<void> {
    Bytes fingerprint = TRY(store::key_fingerprint(row.public_key));
    if (to_hex(fingerprint).starts_with(*digits)) found.push_back(row.clone());
    return {};
  };
  if (digits && found.empty()) TRY_VOID(store.keys().each(take));
  if (found.empty()) return failure(Rule::StoreUnknown, 0, what);
  return found;
}

Result<store::KeyRow> find_key(const store::Store& store, const std::string& what) {
  std::vector<store::KeyRow> found = TRY(find_keys(store, what));
  if (found.size() == 1) return std::move(found.front());
  std::vector<std::string> which;
  for (const store::KeyRow& row : found) {
    Bytes fingerprint = TRY(store::key_fingerprint(row.public_key));
    which.push_back(to_hex(fingerprint).substr(0, 16));
  }
  return failure(Rule::StoreAmbiguous, 0, what + ": " + join(which, ", "));
}

std::optional<std::string> read_fingerprint(std::string_view word) {
  std::string digits;
  for (char c : word) {
    if (c == ':') continue;
    bool is_digit = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
    if (!is_digit) return std::nullopt;
    digits += lower(c);
  }
  if (digits.size() < kMinFingerprint || digits.size() > 64) return std::nullopt;
  return digits;
}

Result<std::vector<store::CertificateRow>> find_what(const store::Store& store,
                                                     const std::string& what) {
  std::vector<store::CertificateRow> rows;
  if (store::exists(what)) {
    for (Certificate& certificate : TRY(store::load_certificate_file(what))) {
      auto known = TRY(store.certificates().find(certificate.sha256()));
      rows.push_back(known ? std::move(*known)
                           : store::CertificateRow{.certificate = std::move(certificate),
                                                   .standing = store::Standing::Used,
                                                   .added = Time()});
    }
    return rows;
  }
  if (is_address(what)) {
    rows = TRY(store.certificates().find_by_address(what));
  } else if (auto fingerprint = read_fingerprint(what)) {
    rows = TRY(store.certificates().find_by_fingerprint(*fingerprint));
  }
  if (rows.empty()) return failure(Rule::StoreUnknown, 0, what);
  return rows;
}

Result<Reading> read_certificates(const StoreOptions& options, const store::Store& store) {
  CertificateReader reader(options, store);
  for (const std::string& what : options.what) TRY_VOID(reader.read(what));
  Reading reading = reader.finish();
  reading.harvested.on = store::Import::On::Harvested;
  return reading;
}

Result<void> read_token(const std::string& uri, Passphrases& passphrases, store::Import& batch) {
  auto identities =
      TRY(token::load_identities(uri, passphrases.token_access(), passphrases.asker()));
  for (const Identity& one : identities) {
    batch.keys.push_back({.public_key = one.key->subject_public_key_info(),
                          .form = store::KeyRow::Form::Token,
                          .pkcs8 = Secret(as_bytes(uri)),
                          .added = host::current_time()});
    if (one.certificate) add(batch.certificates, {*one.certificate});
  }
  return {};
}

Result<Reading> read_keys(const StoreOptions& options) {
  Passphrases passphrases(options.secrets);
  Reading reading;
  for (const std::string& path : options.what) {
    if (token::is_uri(path)) {
      TRY_VOID(read_token(path, passphrases, reading.asked));
      continue;
    }
    Secret file = TRY(store::read_file(path, store::kMaxKeyFile));
    auto contents = store::read_key_file(file.view(), path, passphrases.asker());
    if (!contents) return tl::unexpected(store::about_file(contents.error(), path));
    if (contents->keys.empty()) return failure(Rule::KeyNoPrivateKey, 0, path);
    for (const store::KeyFile::Key& key : contents->keys) {
      reading.asked.keys.push_back(TRY(keep(key, path, options)));
    }
    add(reading.asked.certificates, contents->certificates);
  }
  return reading;
}

}  // namespace bulla::cli
