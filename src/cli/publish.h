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

// Of an address: the certificates whose dates are good and that are not held. Of a file or a
// fingerprint: what is named, CAs left out. `store` is null where only files are named. REQUIRES:
// something is named. Errors: store.unknown, key.unknown-address, cert.expired,
// cert.not-yet-valid, limit.size, io.usage (no address in a certificate, none for the DNS, several
// people for one entry), those of the file.
Result<Publication> make_publication(const StoreOptions& options, const store::Store* store);

}  // namespace bulla::cli
