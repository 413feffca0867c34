// PathFinder: from a certificate to a trusted root, with every reason why not.
//
// Path validation is libcrypto's (X509_verify_cert). Around it: gates on count and
// size before libcrypto sees a certificate, every error of the path as a finding and
// not only the first, the purposes of RFC 8550, and revocation by the CRLs and OCSP answers at
// hand. What is missing is fetched where there is somebody to fetch it (Online).
//
// A VerifiedPath can be had from here alone: whoever holds one holds a proof.
#pragma once

#include <optional>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "bulla/limits.h"
#include "bulla/trust.h"

namespace bulla::x509 {

class Online;
class PathCache;
struct TimeWindow;

enum class Purpose { MailSigning, MailEncryption, TimeStamping, Any };

// off: CRLs and answers are not looked at; soft: used where they are at hand; hard: a
// certificate about which none can be used is `revocation.unknown`.
enum class RevocationPolicy { Off, Soft, Hard };

struct PathOptions {
  Time at = {};
  Purpose purpose = Purpose::MailSigning;
  RevocationPolicy revocation = RevocationPolicy::Soft;
  // Accepts SHA-1 and MD5 signatures and keys from 512 bits in the path, each
  // named as a warning (ALG-73). Else they are refused.
  enum class Weak { Refuse, Warn } weak = Weak::Refuse;
  // RFC 5280 6.1.1 (c) to (g); empty means any policy.
  std::vector<Oid> initial_policies = {};
  enum class Switch { Off, On };
  Switch require_explicit_policy = Switch::Off;
  Switch inhibit_policy_mapping = Switch::Off;
  Switch inhibit_any_policy = Switch::Off;
};

class VerifiedPath {
 public:
  // The certificate itself first, the root last.
  const std::vector<Certificate>& certificates() const { return certificates_; }

 private:
  friend class PathFinder;
  explicit VerifiedPath(std::vector<Certificate> certificates)
      : certificates_(std::move(certificates)) {}
  std::vector<Certificate> certificates_;
};

struct PathResult {
  std::optional<VerifiedPath> verified;
  // The best path that was found, verified or not; at least the certificate itself.
  std::vector<Certificate> certificates;
  // Why not, or what to know. `place` is "path N", N from 0 for the certificate.
  Findings findings;
};

// What came with the message: candidates, never trusted (T-69).
struct Carried {
  const std::vector<Certificate>& certificates;
  const std::vector<Bytes>& crls;
  const std::vector<Bytes>& answers;  // OCSPResponses (RFC 5940)
};

class PathFinder {
 public:
  // What paths are built from. All must outlive the PathFinder; each may be null.
  struct Ports {
    const TrustStore* trust = nullptr;
    const CertSource* certificates = nullptr;
    const RevocationSource* revocation = nullptr;
    Online* online = nullptr;  // of this message alone
  };
  // `cache` may be null, and must outlive the PathFinder.
  explicit PathFinder(const Ports& ports, const Limits& limits = {}, PathCache* cache = nullptr);

  PathResult find(const Certificate& certificate, const Carried& carried,
                  const PathOptions& options) const;

 private:
  PathResult search(const Certificate& certificate, const Carried& carried,
                    const PathOptions& options, TimeWindow& window) const;

  Ports ports_;
  Limits limits_;
  PathCache* cache_;
};

}  // namespace bulla::x509
