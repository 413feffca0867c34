#include <algorithm>
#include <string>
#include <unordered_map>

#include "bulla/trust.h"
#include "x509/crl.h"
#include "x509/key_identifier.h"
#include "x509/memory_key_source.h"
#include "x509/name.h"

namespace bulla {
namespace {

// Certificates by the comparison key of their subject.
class SubjectIndex {
 public:
  explicit SubjectIndex(std::vector<Certificate> certificates) {
    for (Certificate& certificate : certificates) {
      std::string key = x509::comparison_key(certificate.subject_der());
      by_subject_[std::move(key)].push_back(std::move(certificate));
    }
  }

  std::vector<Certificate> find(ByteView subject_der) const {
    auto found = by_subject_.find(x509::comparison_key(subject_der));
    return found == by_subject_.end() ? std::vector<Certificate>() : found->second;
  }

 private:
  std::unordered_map<std::string, std::vector<Certificate>> by_subject_;
};

class MemoryTrustStore final : public TrustStore {
 public:
  explicit MemoryTrustStore(std::vector<Certificate> roots) : roots_(std::move(roots)) {}

  std::vector<Certificate> find_by_subject(ByteView subject_der) const override {
    return roots_.find(subject_der);
  }

  bool contains(const Certificate& certificate) const override {
    auto same_subject = roots_.find(certificate.subject_der());
    return std::find(same_subject.begin(), same_subject.end(), certificate) != same_subject.end();
  }

 private:
  SubjectIndex roots_;
};

std::string issuer_serial_key(ByteView issuer_der, ByteView serial) {
  return std::string(as_text(serial)) + '/' + x509::comparison_key(issuer_der);
}

std::string identifier_key(const Certificate& certificate) {
  if (auto own = certificate.subject_key_identifier()) return std::string(as_text(*own));
  auto computed = x509::key_identifier(certificate.subject_public_key_info());
  return computed ? std::string(as_text(*computed)) : std::string();
}

class MemoryCertSource final : public CertSource {
 public:
  explicit MemoryCertSource(std::vector<Certificate> certificates) : by_subject_(certificates) {
    for (Certificate& certificate : certificates) {
      auto serial = issuer_serial_key(certificate.issuer_der(), certificate.serial_number());
      by_issuer_serial_[std::move(serial)].push_back(certificate);
      std::string identifier = identifier_key(certificate);
      if (!identifier.empty()) by_identifier_[std::move(identifier)].push_back(certificate);
    }
  }

  std::vector<Certificate> find_by_subject(ByteView subject_der) const override {
    return by_subject_.find(subject_der);
  }

  std::vector<Certificate> find_by_issuer_serial(ByteView issuer_der,
                                                 ByteView serial) const override {
    return find(by_issuer_serial_, issuer_serial_key(issuer_der, serial));
  }

  std::vector<Certificate> find_by_key_identifier(ByteView identifier) const override {
    return find(by_identifier_, std::string(as_text(identifier)));
  }

 private:
  using Map = std::unordered_map<std::string, std::vector<Certificate>>;

  static std::vector<Certificate> find(const Map& map, const std::string& key) {
    auto found = map.find(key);
    return found == map.end() ? std::vector<Certificate>() : found->second;
  }

  SubjectIndex by_subject_;
  Map by_issuer_serial_;
  Map by_identifier_;
};

class MemoryRevocationSource final : public RevocationSource {
 public:
  explicit MemoryRevocationSource(std::vector<Bytes> crls) {
    for (Bytes& der : crls) {
      auto crl = x509::Crl::parse(der);
      if (!crl) continue;
      std::string key = x509::comparison_key(crl->issuer);
      by_issuer_[std::move(key)].push_back(std::move(der));
    }
  }

  std::vector<Bytes> find_by_issuer(ByteView issuer_der) const override {
    auto found = by_issuer_.find(x509::comparison_key(issuer_der));
    return found == by_issuer_.end() ? std::vector<Bytes>() : found->second;
  }

 private:
  std::unordered_map<std::string, std::vector<Bytes>> by_issuer_;
};

// Whether the name is that of the identity. By issuer and serial number only a
// certificate can be named.
bool fits(const Identity& identity, const RecipientName& name) {
  if (!identity.certificate) {
    if (name.key_identifier.empty() || !identity.key) return false;
    auto computed = x509::key_identifier(identity.key->subject_public_key_info());
    return computed && equal(*computed, name.key_identifier);
  }
  const Certificate& certificate = *identity.certificate;
  if (!name.key_identifier.empty()) {
    return x509::has_key_identifier(certificate, name.key_identifier);
  }
  // As names, not as octets (CMS-57).
  return equal(certificate.serial_number(), name.serial_number) &&
         x509::equal_names(certificate.issuer_der(), name.issuer_der);
}

}  // namespace

namespace x509 {

void MemoryKeySource::add_kek(ByteView key_identifier, ByteView key) {
  keks_.emplace_back(to_bytes(key_identifier), Secret(key));
}

void MemoryKeySource::add_password(ByteView password) { passwords_.emplace_back(password); }

void MemoryKeySource::add_content_key(ByteView key) { content_keys_.emplace_back(key); }

std::vector<Identity> MemoryKeySource::find(const RecipientName& name) const {
  std::vector<Identity> found;
  for (const Identity& identity : identities_) {
    if (fits(identity, name)) found.push_back(identity);
  }
  // A certificate says what the key is for; a bare key comes after it.
  std::stable_partition(found.begin(), found.end(),
                        [](const Identity& identity) { return identity.certificate.has_value(); });
  return found;
}

std::vector<Identity> MemoryKeySource::without_certificate() const {
  std::vector<Identity> found;
  std::copy_if(identities_.begin(), identities_.end(), std::back_inserter(found),
               [](const Identity& identity) { return !identity.certificate; });
  return found;
}

Secret MemoryKeySource::find_kek(ByteView key_identifier) const {
  for (const auto& [identifier, key] : keks_) {
    if (equal(identifier, key_identifier)) return key.clone();
  }
  return Secret();
}

std::vector<Secret> MemoryKeySource::passwords() const {
  std::vector<Secret> copies;
  for (const Secret& password : passwords_) copies.push_back(password.clone());
  return copies;
}

std::vector<Secret> MemoryKeySource::content_keys() const {
  std::vector<Secret> copies;
  for (const Secret& key : content_keys_) copies.push_back(key.clone());
  return copies;
}

}  // namespace x509

std::uint64_t Versioned::next_version() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

std::unique_ptr<TrustStore> make_trust_store(std::vector<Certificate> roots) {
  return std::make_unique<MemoryTrustStore>(std::move(roots));
}

std::unique_ptr<CertSource> make_cert_source(std::vector<Certificate> certificates) {
  return std::make_unique<MemoryCertSource>(std::move(certificates));
}

std::unique_ptr<RevocationSource> make_revocation_source(std::vector<Bytes> crls) {
  return std::make_unique<MemoryRevocationSource>(std::move(crls));
}

std::unique_ptr<KeySource> make_key_source(std::vector<Identity> identities) {
  return std::make_unique<x509::MemoryKeySource>(std::move(identities));
}

}  // namespace bulla
