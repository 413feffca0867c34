// AnswerBook: the OCSP answers at hand for one search, and what they say of a path.
#pragma once

#include <vector>

#include "x509/libcrypto_path.h"
#include "x509/ocsp.h"
#include "x509/path_cache.h"

namespace bulla::x509 {

class AnswerBook {
 public:
  // All must outlive it. `window` gets narrower by what is looked at.
  AnswerBook(const PathOptions& options, const Limits& limits, LibcryptoPath& libcrypto,
             TimeWindow& window)
      : options_(options), limits_(limits), libcrypto_(libcrypto), window_(window) {}

  // Errors: those of OcspAnswer::parse(); limit.crls for one too many.
  Result<void> add(Bytes der);
  // One that was just asked for, with this nonce. Errors: as above; revocation.bad-answer if it
  // has another one.
  Result<void> add_fresh(Bytes der, ByteView nonce);

  // What is known of path[index], which path[index + 1] made; the path ends at an anchor. A
  // revocation that is not on hold is for ever; else the newest answer counts. What could not be
  // used, and why, is added to `flaws`.
  std::optional<OcspStatus> find(const std::vector<Certificate>& path, std::size_t index,
                                 Findings& flaws);

 private:
  struct Entry {
    OcspAnswer answer;
    OcspStatus::Age age;
  };

  Result<std::optional<OcspStatus>> read(const Entry& entry, const std::vector<Certificate>& path,
                                         std::size_t index);
  Result<void> check_signer(const Certificate& signer, const std::vector<Certificate>& path,
                            std::size_t index);

  const PathOptions& options_;
  const Limits& limits_;
  LibcryptoPath& libcrypto_;
  TimeWindow& window_;
  std::vector<Entry> entries_;
};

}  // namespace bulla::x509
