#include "store/directory_store.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "store/file.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

// A reader of every file on each look-up stays under a second up to here.
constexpr std::size_t kMaxFiles = 10'000;

std::vector<Certificate> read_certificates(const std::string& folder) {
  std::vector<Certificate> all;
  for (const std::string& path : list_files(folder, kMaxFiles)) {
    if (auto loaded = load_certificate_file(path)) {
      all.insert(all.end(), loaded->begin(), loaded->end());
    }
  }
  return all;
}

bool is_for(const Certificate& certificate, const std::string& address) {
  return x509::match_address(certificate, address, x509::LocalPart::Exact).has_value();
}

bool is_pkcs12_of(const std::string& path, const std::string& address) {
  std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  return name == address + ".p12" || name == address + ".pfx";
}

bool holds_address(const std::string& path, const std::string& address) {
  if (is_pkcs12_of(path, address)) return true;
  auto certificates = load_certificate_file(path);
  return certificates && std::any_of(certificates->begin(), certificates->end(),
                                     [&](const Certificate& one) { return is_for(one, address); });
}

}  // namespace

std::vector<Certificate> DirectoryStore::roots() const {
  return folder_.empty() ? std::vector<Certificate>{} : read_certificates(folder_ + "/trust");
}

std::vector<Certificate> DirectoryStore::certificates() const {
  return folder_.empty() ? std::vector<Certificate>{} : read_certificates(folder_ + "/certs");
}

Result<std::vector<Certificate>> DirectoryStore::find_certificates(
    const std::string& address) const {
  std::vector<Certificate> known = certificates();
  if (!folder_.empty()) {
    std::vector<Certificate> own = read_certificates(folder_ + "/identities");
    known.insert(known.end(), own.begin(), own.end());
  }
  std::erase_if(known, [&](const Certificate& one) { return !is_for(one, address); });
  return known;
}

Result<std::vector<Identity>> DirectoryStore::find_identities(const std::string& address,
                                                              const KeyAccess& access) const {
  std::vector<Identity> found;
  std::vector<std::string> paths;
  if (!folder_.empty()) paths = list_files(folder_ + "/identities", kMaxFiles);
  for (const std::string& path : paths) {
    if (!holds_address(path, address)) continue;
    for (Identity& identity : TRY(load_identity_file(path, access.ask))) {
      if (identity.certificate && is_for(*identity.certificate, address)) {
        found.push_back(std::move(identity));
      }
    }
  }
  return found;
}

}  // namespace bulla::store
