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

tl::expected<KeyOptions, Usage> read_key_options(const Arguments& arguments);

}  // namespace bulla::cli
