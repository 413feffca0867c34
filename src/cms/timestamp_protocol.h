// The Time-Stamp Protocol (RFC 3161 2.4): asking for a token, and answering.
#pragma once

#include <functional>

#include "cms/timestamp.h"

namespace bulla::cms {

struct TimestampRequest {
  MessageImprint imprint;
  std::optional<Oid> policy;
  std::optional<Bytes> nonce;  // INTEGER contents
  bool wants_certificate = false;

  static TimestampRequest read(asn1::Reader& in);
  void write(asn1::Writer& out) const;
};

// A token as DER, and how it is signed.
struct FetchedTimestamp {
  Bytes token;
  SignatureScheme scheme;
  Digest digest;
  Certificate certificate;
  Time time;
  Findings findings;  // about its signature
};

// The token of a TimeStampResp. Errors: io.network if the authority refuses;
// sig.timestamp if its token is for another request or is not signed as it says.
Result<FetchedTimestamp> read_timestamp_response(ByteView response, const TimestampRequest& request,
                                                 const Limits& limits);

// Asks for a token over `octets`: `ask` brings the request to an authority and its response
// back, both in DER.
using AskAuthority = std::function<Result<Bytes>(ByteView request)>;
Result<FetchedTimestamp> fetch_timestamp(const AskAuthority& ask, Digest digest, ByteView octets,
                                         const Limits& limits);

// What an authority answers that stamps with this signer at this time. What it does not
// understand it refuses in the response. Errors: those of signing.
Result<Bytes> answer_timestamp_request(ByteView request, const Signer& signer, Time time);

}  // namespace bulla::cms
