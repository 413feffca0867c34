#include "store/key_file.h"

#include "base/try.h"
#include "crypto/private_key_info.h"
#include "x509/pem.h"
#include "x509/pkcs12.h"

namespace bulla::store {
namespace {

bool is_private_key_label(std::string_view label) { return label.ends_with("PRIVATE KEY"); }

bool is_certificate_label(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE";
}

Result<KeyFile::Key> load_key(ByteView der, const std::string& path, const AskPassphrase& ask) {
  auto plain = load_private_key(der);
  if (plain) {
    Secret pkcs8 = TRY(crypto::to_private_key_info(der));
    return KeyFile::Key{.key = *plain, .pkcs8 = std::move(pkcs8), .passphrase = Secret()};
  }
  if (plain.error().rule != Rule::KeyPassphraseNeeded) return tl::unexpected(plain.error());
  Secret passphrase = TRY(ask(path));
  PrivateKeyPtr key = TRY(load_private_key(der, passphrase.view()));
  return KeyFile::Key{.key = std::move(key),
                      .pkcs8 = Secret(der),
                      .is_encrypted = true,
                      .passphrase = std::move(passphrase)};
}

Result<KeyFile> read_pem(ByteView file, const std::string& path, const AskPassphrase& ask) {
  KeyFile contents;
  for (const x509::PemBlock& block : TRY(x509::read_pem(file))) {
    if (is_private_key_label(block.label)) {
      contents.keys.push_back(TRY(load_key(block.contents.view(), path, ask)));
    } else if (is_certificate_label(block.label)) {
      contents.certificates.push_back(TRY(Certificate::parse(to_bytes(block.contents.view()))));
    }
  }
  return contents;
}

// A bare key, or what is no key at all but a certificate.
Result<KeyFile> read_der(ByteView file, const std::string& path, const AskPassphrase& ask) {
  KeyFile contents;
  auto key = load_key(file, path, ask);
  if (key) {
    contents.keys.push_back(std::move(*key));
    return contents;
  }
  if (key.error().rule == Rule::KeyUnreadable) {
    if (auto certificates = load_certificates(file)) {
      contents.certificates = std::move(*certificates);
      return contents;
    }
  }
  return tl::unexpected(key.error());
}

// Many files have the empty passphrase: nobody is asked for that.
Result<KeyFile> read_pkcs12(ByteView file, const std::string& path, const AskPassphrase& ask) {
  Secret passphrase;
  auto loaded = x509::load_pkcs12(file, {});
  if (!loaded && (loaded.error().rule == Rule::KeyBadPassphrase ||
                  loaded.error().rule == Rule::KeyPassphraseNeeded)) {
    passphrase = TRY(ask(path));
    loaded = x509::load_pkcs12(file, passphrase.view());
  }
  if (!loaded) return tl::unexpected(loaded.error());
  KeyFile contents{.keys = {}, .certificates = std::move(loaded->certificates)};
  for (std::size_t i = 0; i < loaded->identities.size(); ++i) {
    Identity& identity = loaded->identities[i];
    Secret pkcs8 = TRY(crypto::to_private_key_info(loaded->private_key_infos[i].view()));
    contents.keys.push_back({.key = std::move(identity.key),
                             .pkcs8 = std::move(pkcs8),
                             .is_encrypted = false,
                             .passphrase = passphrase.clone()});
    if (identity.certificate) contents.certificates.push_back(*identity.certificate);
  }
  return contents;
}

}  // namespace

Result<KeyFile> read_key_file(ByteView file, const std::string& path, const AskPassphrase& ask) {
  if (x509::is_pem(file)) return read_pem(file, path, ask);
  if (x509::is_pkcs12(file)) return read_pkcs12(file, path, ask);
  return read_der(file, path, ask);
}

}  // namespace bulla::store
