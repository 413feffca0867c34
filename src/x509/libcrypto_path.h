// The adapter to libcrypto's path validation (RFC 5280 6.1 and 6.3).
//
// libcrypto sees one path at a time, its anchor, and the lists that were signed by
// somebody with the right name. Its verify callback always says "go on", so that all
// errors are seen; a path is good only if nothing was recorded that counts.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

class LibcryptoPath {
 public:
  explicit LibcryptoPath(const PathOptions& options, const Limits& limits);
  LibcryptoPath(const LibcryptoPath&) = delete;
  LibcryptoPath& operator=(const LibcryptoPath&) = delete;
  ~LibcryptoPath();

  // Adds a list if one of `issuers`, which all have its issuer's name, signed it.
  // Without any issuer it is left out in silence: it belongs to no path.
  enum class CrlFate { Added, NoIssuer, BadSignature, Malformed };
  CrlFate add_crl(ByteView der, const std::vector<Certificate>& issuers);
  bool has_crls() const;

  // Whether the issuer's key made the certificate's signature.
  bool signature_fits(const Certificate& certificate, const Certificate& issuer);

  struct Outcome {
    // Whether libcrypto went to its end. Alone it says nothing: the findings do.
    bool valid = false;
    Findings findings;
    // Certificates below the anchor about which no list that can be used says anything, by
    // their place in the path. What that means is for the caller to say.
    std::set<std::size_t> unchecked = {};
  };
  enum class End { Anchor, Elsewhere };
  Outcome validate(const std::vector<Certificate>& path, End end);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace bulla::x509
