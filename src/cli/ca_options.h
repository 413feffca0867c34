// What the command line means to `ca`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/import.h"
#include "store/authority_table.h"

namespace bulla::cli {

struct CaOptions {
  CommonOptions common;
  SecretOptions secrets;
  Verb verb = kCaList;
  std::vector<std::string> what;  // the file of a request; certificates
  std::string ca;                 // which, where the store has several
  std::optional<Time> at;
  std::chrono::seconds lifetime{0};    // of what is signed
  std::vector<std::string> addresses;  // that `issue` certifies
  Bytes subject;                       // DER Name
  // Of `init`.
  std::string type;
  NewPassphrase new_passphrase;
  store::PublishedAt places;
  store::RevocationReason reason = store::RevocationReason::Unspecified;
  enum class Form { Pem, Der, Mail } form = Form::Pem;
};

tl::expected<CaOptions, Usage> read_ca_options(const Arguments& arguments);

}  // namespace bulla::cli
