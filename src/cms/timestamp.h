// Timestamps (RFC 3161, RFC 5816): tokens that say when a signature was there.
#pragma once

#include <chrono>
#include <optional>

#include "cms/verify.h"
#include "cms/writer.h"

namespace bulla::cms {

// What is stamped: a digest of it.
struct MessageImprint {
  asn1::AlgorithmIdentifier algorithm;
  Bytes hash;

  static MessageImprint read(asn1::Reader& in);
  void write(asn1::Writer& out) const;
  // Errors: those of crypto::hash().
  static Result<MessageImprint> of(Digest digest, ByteView octets);
  // Whether it is one of these octets; an unknown digest matches nothing.
  bool matches(ByteView octets) const;
};

struct TstInfo {
  Oid policy;
  MessageImprint imprint;
  Bytes serial_number;  // INTEGER contents
  Time time;            // genTime; a fraction of a second is cut off (TSP-05)
  std::optional<std::chrono::microseconds> accuracy;
  std::optional<Bytes> nonce;  // INTEGER contents
  // An extension that nobody here knows and that must be understood (RFC 5280 4.2).
  bool has_unknown_critical = false;

  static TstInfo read(asn1::Reader& in);
  // Extensions and ordering are not written.
  void write(asn1::Writer& out) const;
};

// A TimeStampToken: SignedData around a TSTInfo.
struct TimestampToken {
  TstInfo info;
  SignedHeader header;
  Bytes content;  // the TSTInfo as it was signed
  SignedTail tail;
};
// Errors: asn1.…, cms.…, limit.…; cms.content-type for other content.
Result<TimestampToken> parse_timestamp_token(ByteView der, const Limits& limits);

// Whether one signer alone signed the token, with a certificate that the token names
// (TSP-03). Whether it is trusted, and for this, is for others to say.
SignerCheck check_token_signer(const TimestampToken& token,
                               const std::vector<Certificate>& candidates, const Limits& limits);

// The values of id-aa-timeStampToken of one signer.
std::vector<Bytes> timestamp_tokens(const SignerInfo& signer);

}  // namespace bulla::cms
