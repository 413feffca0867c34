// What the command line means to key generate, request and renew.
#pragma once

#include "bulla/request.h"
#include "cli/import.h"

namespace bulla::cli {

struct KeyOptions {
  CommonOptions common;
  SecretOptions secrets;
  Verb verb = kKeyGenerate;
  std::string what;                 // fingerprint or address; of request and renew
  std::optional<std::string> type;  // one of key_types()
  NewPassphrase new_passphrase;
  CertificationRequestOptions wish;
  enum class Form { Pem, Der, Mail } form = Form::Pem;
  enum class Renewal { NewKey, SameKey } renewal = Renewal::NewKey;
};

// Flags that others have too.
class Meaning;
std::vector<std::string> read_wanted_addresses(const Arguments& arguments, Meaning& meaning);
std::optional<std::string> read_key_type(const Arguments& arguments, Meaning& meaning);
NewPassphrase read_new_passphrase(const Arguments& arguments, Meaning& meaning);

tl::expected<KeyOptions, Usage> read_key_options(const Arguments& arguments);

}  // namespace bulla::cli
