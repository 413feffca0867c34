// OCSP (RFC 6960): what to ask a responder about one certificate, and what its answer says.
//
// Reading an answer decides nothing. Whether it may be used (who signed it, for when it is) is
// asked one by one: see OcspAnswer::find_signer() and is_current().
#pragma once

#include <optional>
#include <vector>

#include "asn1/algorithm_identifier.h"
#include "bulla/certificate.h"
#include "bulla/limits.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

inline constexpr Oid kOcspBasic = Oid::of("1.3.6.1.5.5.7.48.1.1");  // id-pkix-ocsp-basic
inline constexpr Oid kOcspNonce = Oid::of("1.3.6.1.5.5.7.48.1.2");  // id-pkix-ocsp-nonce

// An OCSPRequest about one certificate, unsigned. The certificate is named by SHA-1, which every
// responder knows and which protects nothing here (RFC 5019 2.1.1).
Result<Bytes> write_ocsp_request(const Certificate& certificate, const Certificate& issuer,
                                 ByteView nonce);
// A nonce of 32 octets (RFC 8954, RFC 9654).
Result<Bytes> make_ocsp_nonce();

// What a SingleResponse says of its certificate.
struct OcspStatus {
  enum class Kind { Good, Revoked, Unknown };
  Kind kind = Kind::Unknown;
  Time this_update;
  std::optional<Time> next_update;
  std::optional<Time> revoked_at;
  bool is_on_hold = false;  // certificateHold: may be good again

  // Between its times; clocks differ by some minutes. Without nextUpdate newer information is
  // always there (RFC 6960 4.2.2.1): then only while it is `fresh`, just asked for.
  enum class Age { Fresh, Kept };
  bool is_current(Time at, Age age) const;
};

class OcspAnswer {
 public:
  // An OCSPResponse that holds an answer. Errors: asn1.…, limit.size, revocation.bad-answer for
  // one that says why there is none.
  static Result<OcspAnswer> parse(Bytes der, const Limits& limits = {});

  const Bytes& der() const { return der_; }
  // Without a nonce: nothing (CERT-62).
  const std::optional<Bytes>& nonce() const { return nonce_; }

  // What is said of this certificate, which this issuer made (CERT-59, T-72). What has a critical
  // extension that is not known says nothing.
  Result<std::optional<OcspStatus>> find(const Certificate& certificate,
                                         const Certificate& issuer) const;

  // Who signed the answer, if they may: the issuer itself, or whom it made its responder with a
  // certificate for that purpose, signed by the same key (CERT-60). Whether that certificate is
  // valid is for the caller to see. Errors: revocation.bad-answer with the reason.
  Result<Certificate> find_signer(const Certificate& issuer, PathOptions::Weak weak) const;

 private:
  struct Single {
    asn1::AlgorithmIdentifier digest;
    Bytes name_hash;
    Bytes key_hash;
    Bytes serial_number;
    OcspStatus status;
    bool is_understood = true;
  };
  struct Reading;

  bool is_named(const Certificate& certificate) const;
  Result<void> check_signature(const Certificate& signer, PathOptions::Weak weak) const;
  Result<void> check_delegate(const Certificate& signer, const Certificate& issuer) const;

  Bytes der_;
  Bytes signed_octets_;  // ResponseData
  asn1::AlgorithmIdentifier signature_algorithm_;
  Bytes signature_;
  std::optional<Bytes> responder_name_;  // Name, or
  std::optional<Bytes> responder_key_;   // the SHA-1 of its key
  std::vector<Single> singles_;
  std::optional<Bytes> nonce_;
  bool is_understood_ = true;
  std::vector<Certificate> certificates_;
};

// Of a responder whose own revocation need not be asked for (RFC 6960 4.2.2.2.1).
bool has_nocheck(const Certificate& responder);

}  // namespace bulla::x509
