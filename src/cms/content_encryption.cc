#include <algorithm>
#include <array>

#include "base/try.h"
#include "cms/decrypt.h"

namespace bulla::cms {
namespace {

// Block-cipher modes that have no place in CMS content: ECB, OFB, CFB, CTR (T-04, T-20).
constexpr std::array kForeignModes = {
    Oid::of("2.16.840.1.101.3.4.1.1"),
    Oid::of("2.16.840.1.101.3.4.1.21"),  // AES-ECB
    Oid::of("2.16.840.1.101.3.4.1.41"),
    Oid::of("2.16.840.1.101.3.4.1.3"),  // AES-OFB
    Oid::of("2.16.840.1.101.3.4.1.23"),
    Oid::of("2.16.840.1.101.3.4.1.43"),
    Oid::of("2.16.840.1.101.3.4.1.4"),
    Oid::of("2.16.840.1.101.3.4.1.24"),  // AES-CFB
    Oid::of("2.16.840.1.101.3.4.1.44"),
    Oid::of("1.3.14.3.2.6"),  // DES-ECB
    Oid::of("1.3.14.3.2.8"),
    Oid::of("1.3.14.3.2.9"),        // DES-OFB, DES-CFB
    Oid::of("1.2.840.113549.3.4"),  // RC4
    Oid::of("1.3.14.3.2.17"),       // Triple-DES-ECB
};

template <std::size_t n>
bool contains(const std::array<Oid, n>& oids, const Oid& oid) {
  return std::find(oids.begin(), oids.end(), oid) != oids.end();
}

}  // namespace

// What is authenticated in one structure must not be opened as the other (KM-59): whoever changes
// the cipher of a message would have its receiver decrypt for him.
Result<crypto::ContentEncryption> check_content_encryption(const EnvelopedHeader& header,
                                                           OldForms old_forms) {
  const Oid& oid = header.content_encryption_algorithm.algorithm;
  if (contains(kForeignModes, oid)) return failure(Rule::EncCipherPlace, 0, oid.to_string());
  auto encryption = TRY(crypto::read_content_encryption(header.content_encryption_algorithm));
  bool is_misplaced = is_aead(encryption.cipher) != header.authenticated;
  bool is_taken = !header.authenticated && old_forms == OldForms::Read;
  if (is_misplaced && !is_taken) {
    return failure(Rule::EncCipherPlace, 0, std::string(name(encryption.cipher)));
  }
  return encryption;
}

Result<ContentKey> find_shared_key(const crypto::ContentEncryption& encryption,
                                   const KeySource& keys) {
  std::size_t size = crypto::row(encryption.cipher).key_size;
  ContentKey found;
  for (Secret& key : keys.content_keys()) {
    if (key.size() != size) continue;
    // With two it would be trial and error (T-27).
    if (!found.key.empty()) return failure(Rule::KeyAmbiguous);
    found.key = std::move(key);
  }
  if (found.key.empty()) return failure(Rule::KeyNoneFits);
  return found;
}

}  // namespace bulla::cms
