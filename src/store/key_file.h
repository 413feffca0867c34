// What a file with private keys holds: the keys as they can be used, and as they can be kept.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/key.h"

namespace bulla::store {

// Gives the passphrase for a file. Called at most once for each encrypted thing in it.
using AskPassphrase = std::function<Result<Secret>(const std::string& path)>;

// How keys of the store are opened.
struct KeyAccess {
  // Finds the key that a pkcs11: URI names and that has this public half.
  using FindInToken =
      std::function<Result<PrivateKeyPtr>(const std::string& uri, ByteView public_key)>;

  KeyAccess(AskPassphrase asker, FindInToken finder = {})  // NOLINT: what asks is an access
      : ask(std::move(asker)), find_in_token(std::move(finder)) {}

  AskPassphrase ask;
  FindInToken find_in_token;  // null: tokens cannot be reached
};

struct KeyFile {
  struct Key {
    PrivateKeyPtr key;
    // DER PrivateKeyInfo, or the EncryptedPrivateKeyInfo that the file has.
    Secret pkcs8;
    bool is_encrypted = false;
    // What opened the file: PKCS #12 encrypts the key, and hands it out plain. Empty if
    // nothing did.
    Secret passphrase;
  };
  std::vector<Key> keys;
  std::vector<Certificate> certificates;
};

// PEM with keys and certificates in any order, PKCS #12, or one private key in DER; what is
// none of these may still be certificates, and gives them without a key. `path` is what `ask`
// is told. Errors: key.passphrase-needed, key.bad-passphrase, key.unreadable, …
Result<KeyFile> read_key_file(ByteView file, const std::string& path, const AskPassphrase& ask);

}  // namespace bulla::store
