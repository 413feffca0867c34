#include "store/identity.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "bulla/identity.h"
#include "store/choice.h"
#include "store/file.h"
#include "store/key_file.h"
#include "x509/pem.h"

namespace bulla::store {
namespace {

bool belongs(const Certificate& certificate, ByteView public_key) {
  return equal(certificate.subject_public_key_info(), public_key);
}

bool newer(const Identity& a, const Identity& b) {
  if (!a.certificate || !b.certificate)
    return a.certificate.has_value() > b.certificate.has_value();
  return a.certificate->not_before() > b.certificate->not_before();
}

}  // namespace

Result<std::vector<Identity>> read_identities(ByteView file, const std::string& path,
                                              const AskPassphrase& ask) {
  KeyFile contents = TRY(read_key_file(file, path, ask));
  std::vector<PrivateKeyPtr> keys;
  for (KeyFile::Key& key : contents.keys) keys.push_back(std::move(key.key));
  return pair_keys(keys, contents.certificates, {});
}

Result<std::vector<Identity>> load_identity_file(const std::string& path,
                                                 const AskPassphrase& ask) {
  Secret file = TRY(read_file(path, kMaxKeyFile));
  auto identities = read_identities(file.view(), path, ask);
  if (!identities) return tl::unexpected(about_file(identities.error(), path));
  return identities;
}

Result<std::vector<Identity>> pair_keys(const std::vector<PrivateKeyPtr>& keys,
                                        const std::vector<Certificate>& certificates,
                                        const std::string& path) {
  if (keys.empty()) return failure(Rule::KeyNoPrivateKey, 0, path);
  std::vector<Identity> identities;
  std::vector<bool> taken(certificates.size());
  for (const PrivateKeyPtr& key : keys) {
    Bytes public_key = key->subject_public_key_info();
    bool found = false;
    for (std::size_t i = 0; i < certificates.size(); ++i) {
      if (!belongs(certificates[i], public_key)) continue;
      identities.push_back({.key = key, .certificate = certificates[i], .chain = {}});
      taken[i] = found = true;
    }
    if (!found) identities.push_back({.key = key, .certificate = std::nullopt, .chain = {}});
  }
  if (!certificates.empty() && std::find(taken.begin(), taken.end(), true) == taken.end()) {
    return failure(Rule::KeyMismatch, 0, path);
  }
  std::stable_sort(identities.begin(), identities.end(), newer);
  for (Identity& identity : identities) {
    for (std::size_t i = 0; identity.certificate && i < certificates.size(); ++i) {
      if (!taken[i]) identity.chain.push_back(certificates[i]);
    }
  }
  return identities;
}

std::vector<Identity> add_certificates(std::vector<Identity> identities,
                                       const std::vector<Certificate>& certificates) {
  std::vector<Identity> result;
  for (Identity& identity : identities) {
    bool bare = !identity.certificate;
    Bytes public_key = bare ? identity.key->subject_public_key_info() : Bytes{};
    bool found = false;
    for (const Certificate& certificate : certificates) {
      if (!bare) {
        identity.chain.push_back(certificate);
      } else if (belongs(certificate, public_key)) {
        result.push_back({.key = identity.key, .certificate = certificate, .chain = certificates});
        found = true;
      }
    }
    if (!found) result.push_back(std::move(identity));
  }
  std::stable_sort(result.begin(), result.end(), newer);
  return result;
}

Result<Identity> choose_signer(const std::vector<Identity>& identities, Time at) {
  std::vector<Certificate> certificates;
  for (const Identity& identity : identities) {
    if (identity.certificate) certificates.push_back(*identity.certificate);
  }
  auto ranked = rank(certificates, {.use = Wish::Use::Sign, .address = {}, .at = at});
  if (ranked.empty()) return failure(Rule::KeyNoCertificate);
  auto is_first = [&](const Identity& identity) {
    return identity.certificate && *identity.certificate == ranked.front().certificate;
  };
  return *std::find_if(identities.begin(), identities.end(), is_first);
}

Result<std::vector<Certificate>> load_certificate_file(const std::string& path) {
  Secret file = TRY(read_file(path, kMaxCertificateFile));
  auto certificates = load_certificates(file.view());
  if (!certificates) return tl::unexpected(about_file(certificates.error(), path));
  return certificates;
}

Result<RecipientChoice> load_recipient_file(const std::string& path) {
  std::vector<Certificate> certificates = TRY(load_certificate_file(path));
  auto person = std::find_if(certificates.begin(), certificates.end(),
                             [](const Certificate& candidate) { return !candidate.is_ca(); });
  RecipientChoice recipient = person != certificates.end() ? *person : certificates.front();
  recipient.chain = std::move(certificates);
  return recipient;
}

Result<std::vector<Certificate>> load_roots(const std::string& path) {
  if (!is_folder(path)) return load_certificate_file(path);
  constexpr std::size_t kMaxFiles = 4'096;  // /etc/ssl/certs has some 300, counting links
  std::vector<Certificate> roots;
  for (const std::string& name : list_files(path, kMaxFiles)) {
    auto loaded = load_certificate_file(name);
    if (loaded) roots.insert(roots.end(), loaded->begin(), loaded->end());
  }
  if (roots.empty()) return failure(Rule::KeyNoCertificate, 0, path);
  return roots;
}

Result<std::vector<Bytes>> load_crl_file(const std::string& path) {
  Secret file = TRY(read_file(path, kMaxCertificateFile));
  if (!x509::is_pem(file.view())) return std::vector<Bytes>{to_bytes(file.view())};
  auto blocks = x509::read_pem(file.view());
  if (!blocks) return tl::unexpected(about_file(blocks.error(), path));
  std::vector<Bytes> lists;
  for (const x509::PemBlock& block : *blocks) {
    if (block.label == "X509 CRL") lists.push_back(to_bytes(block.contents.view()));
  }
  if (lists.empty()) return failure(Rule::KeyUnreadable, 0, path + ": no revocation list");
  return lists;
}

}  // namespace bulla::store

namespace bulla {

Result<std::vector<Identity>> load_identities(ByteView file, ByteView passphrase) {
  auto ask = [passphrase](const std::string&) -> Result<Secret> {
    if (passphrase.empty()) return failure(Rule::KeyPassphraseNeeded);
    return Secret(passphrase);
  };
  return store::read_identities(file, {}, ask);
}

}  // namespace bulla
