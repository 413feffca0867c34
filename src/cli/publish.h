// What `cert publish` writes.
#pragma once

#include "cli/answer.h"
#include "cli/store_options.h"
#include "store/store.h"

namespace bulla::cli {

struct Publication {
  Bytes octets;
  Answer answer;  // what is said about them
};

// Of an address: the certificates that are valid and that mail is encrypted to or signed with. Of
// a file or a fingerprint: what is named. `store` is null where only files are named. Errors:
// store.unknown, key.unknown-address, cert.expired, cert.not-yet-valid, io.usage (no address in a
// certificate, none for the DNS), those of the file.
Result<Publication> make_publication(const StoreOptions& options, const store::Store* store);

}  // namespace bulla::cli
