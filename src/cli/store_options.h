// What the command line means to cert, key and store.
#pragma once

#include "bulla/certificate_check.h"
#include "cli/options.h"
#include "store/store.h"

namespace bulla::cli {

// Whom `cert find` asks.
struct DiscoveryOptions {
  std::vector<std::string> ldap;  // URIs
  enum class Tls { AsUri, Start } tls = Tls::AsUri;
  std::vector<std::string> http;  // templates
  // Smimea and DnsCert: the DNS.
  enum class Dns { No, Ask };
  Dns smimea = Dns::No;
  Dns dns_cert = Dns::No;
  std::string dns_server;
  std::string trust_anchor;
  unsigned seconds = 5;
  enum class Found { Show, Keep } found = Found::Show;
  enum class Misses { Remember, AskAgain } misses = Misses::Remember;

  bool asks_dns() const { return smimea == Dns::Ask || dns_cert == Dns::Ask; }
  bool asks() const { return asks_dns() || !ldap.empty() || !http.empty(); }
};

struct StoreOptions {
  CommonOptions common;
  SecretOptions secrets;
  Verb verb = kStoreStatus;
  std::vector<std::string> what;  // files, folders, fingerprints, addresses
  std::vector<std::string> trust;
  std::optional<Time> at;
  std::optional<Time> since;
  std::optional<Time> until;
  std::chrono::seconds within{0};  // of `doctor --expiry`
  std::optional<std::string> new_passphrase_file;
  enum class Plain { Refuse, Keep } plain = Plain::Refuse;
  enum class Form { Pem, Der, Mail } form = Form::Pem;
  // Of `cert publish`.
  enum class Publication { Smimea, Ldif, CertsOnly } publication = Publication::CertsOnly;
  std::string distinguished_name;  // of the entry in the directory
  DiscoveryOptions discovery;      // of `cert find`
  store::Store::SyncOptions sync;
  CertificateCheckOptions check;
  enum class Asks { Certificates, Checks } asks = Asks::Certificates;  // of `cert check`
};

tl::expected<StoreOptions, Usage> read_store_options(const Arguments& arguments);

}  // namespace bulla::cli
