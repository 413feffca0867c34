// One signer: whether the signature fits, and what it says.
//
// The mathematics and the structure only. Paths, addresses and policy belong to
// the message layer, which reads `findings` and decides.
#pragma once

#include <map>

#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "cms/signer_info.h"
#include "crypto/digest.h"

namespace bulla::cms {

// Octets at the beginning of content that are kept for the forgery test of T-16: no set of
// attributes that anybody writes is larger.
inline constexpr std::size_t kContentBeginning = 64u << 10;

// Digests over one content, Limits::digests at most.
class DigestSet {
 public:
  // Adds a digest before the first update(); twice is once. Unavailable ones fail.
  Result<void> add(Digest digest, const Limits& limits);
  bool has(Digest digest) const;
  void update(ByteView bytes);
  DigestSet clone() const;
  // The digests of what came so far. The set is then spent.
  std::map<Digest, Bytes> finish();

 private:
  std::vector<crypto::Hasher> hashers_;
};

// What the content was, for the checks of one signer.
struct SignedContent {
  // A countersignature's content is a signature value: it has no type, and no list of digests
  // stands before it (RFC 5652 11.4).
  enum class Kind { Message, Signature } kind = Kind::Message;
  Oid content_type;
  std::vector<asn1::AlgorithmIdentifier> digest_algorithms;  // of the SignedData
  std::map<Digest, Bytes> digests;
  // The first octets of the content (up to 64 KiB): to see whether it is itself a
  // set of signed attributes (T-16, CMS-24).
  ByteView beginning;
  std::uint64_t size = 0;
};

struct SignerCheck {
  // The signature fits the certificate's key and the content.
  bool signature_fits = false;
  // The certificate whose key fits, or the candidate if none does.
  std::optional<Certificate> certificate;
  std::optional<Digest> digest;
  std::optional<SignatureScheme> scheme;
  SignedStatements statements;     // believed only if signature_fits
  bool names_certificate = false;  // by signingCertificate (V1 or V2)
  // Nothing in `digests` answers for the signer: a second pass must compute it.
  std::optional<Digest> missing_digest;
  Findings findings;  // family sig.; place is empty
};

// Tries the candidates that the identifier (and signingCertificate) names (T-14).
// Mis-sorted attributes, absent attributes and weak digests are findings with the
// rule's own severity (sig.attributes-not-der, sig.no-attributes, sig.weak-digest,
// sig.broken-digest); the message layer softens or hardens them by policy.
SignerCheck check_signer(const SignerInfo& signer, const SignedContent& content,
                         const std::vector<Certificate>& candidates, const Limits& limits);

}  // namespace bulla::cms
