// The commands: each does one verb and answers the exit code.
#pragma once

#include "cli/batch_options.h"
#include "cli/ca_options.h"
#include "cli/console.h"
#include "cli/key_options.h"
#include "cli/store_options.h"

namespace bulla::cli {

Exit run_opening(const OpeningOptions& options);  // open, verify, decrypt
Exit run_sealing(const SealingOptions& options);  // sign, encrypt, seal, compress
Exit run_inspect(const CommonOptions& options);
Exit run_batch(const BatchOptions& options);
Exit run_recipients(const RecipientsOptions& options);
Exit run_can_send(const CanSendOptions& options);
Exit run_converting(const ConvertingOptions& options);
Exit run_cert(const StoreOptions& options);      // cert, and key import, list, export
Exit run_check(const StoreOptions& options);     // cert check
Exit run_key_making(const KeyOptions& options);  // key generate, request, renew
Exit run_ca(const CaOptions& options);
Exit run_store(const StoreOptions& options);
Exit run_doctor(const Arguments& arguments);
Exit run_expiry(const StoreOptions& options);  // doctor --expiry
Exit run_completion(const Arguments& arguments);

// `words`: the command line without the program's name.
Exit run(const std::vector<std::string>& words);

// What `bulla help` and `bulla help VERB` print.
std::string help_text();
std::string help_text(const VerbRow& verb);

// The completions for a shell, or nothing if it is not known.
std::optional<std::string> completion_text(std::string_view shell);

}  // namespace bulla::cli
