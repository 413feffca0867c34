#include "cms/timestamp_protocol.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"

namespace bulla::cms {
namespace {

constexpr std::size_t kNonceOctets = 8;
constexpr std::size_t kSerialOctets = 16;

// Under which our own authority stamps: none of its own is registered, so the one that means
// any policy (RFC 5280 4.2.1.4).
constexpr Oid kAnyPolicy = Oid::of("2.5.29.32.0");

// PKIStatus (RFC 3161 2.4.2)
constexpr std::int64_t kGranted = 0;
constexpr std::int64_t kGrantedWithMods = 1;
constexpr std::uint64_t kRejection = 2;

// A positive INTEGER of full length.
Result<Bytes> random_number(std::size_t size) {
  Bytes octets = TRY(crypto::random_bytes(size));
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0x3F) | 0x40);
  return octets;
}

struct Response {
  std::int64_t status = 0;
  std::string text;
  Bytes token;
};

// TimeStampResp ::= SEQUENCE {
//     status          PKIStatusInfo,
//     timeStampToken  TimeStampToken OPTIONAL }
//
// PKIStatusInfo ::= SEQUENCE {
//     status        PKIStatus,
//     statusString  PKIFreeText OPTIONAL,   -- SEQUENCE OF UTF8String
//     failInfo      PKIFailureInfo OPTIONAL }
Response read_response(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  Response response;
  {
    asn1::Reader info = seq.sequence();
    response.status = info.small_integer();
    if (auto texts = info.optional_enter(asn1::Tag::Sequence)) {
      while (texts->more()) {
        response.text += (response.text.empty() ? "" : "; ") + asn1::read_string(*texts);
      }
    }
    info.optional_element(asn1::Tag::BitString);
  }
  if (seq.more()) response.token = to_bytes(seq.element(asn1::Tag::Sequence));
  return response;
}

Bytes write_response(std::uint64_t status, std::string_view text, ByteView token) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    {
      asn1::Writer info = seq.sequence();
      info.integer(status);
      if (!text.empty()) info.sequence().utf8_string(text);
    }
    if (!token.empty()) seq.element(token);
  });
}

Result<Bytes> sign_token(const TstInfo& info, const Signer& signer, bool with_certificate) {
  SignOptions options;
  options.content_type = kTstInfo;
  options.signers.push_back(signer);
  options.chain = with_certificate ? SignOptions::Chain::WithoutRoot : SignOptions::Chain::None;
  Bytes token;
  auto writer = TRY(make_signed_data_writer(std::move(options), [&token](ByteView octets) {
    append(token, octets);
    return Result<void>{};
  }));
  TRY_VOID(writer->write(asn1::encode([&](asn1::Writer& out) { info.write(out); })));
  TRY_VOID(writer->finish());
  return token;
}

}  // namespace

// TimeStampReq ::= SEQUENCE {
//     version         INTEGER { v1(1) },
//     messageImprint  MessageImprint,
//     reqPolicy       TSAPolicyId OPTIONAL,
//     nonce           INTEGER OPTIONAL,
//     certReq         BOOLEAN DEFAULT FALSE,
//     extensions      [0] IMPLICIT Extensions OPTIONAL }
TimestampRequest TimestampRequest::read(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 1) seq.fail(Rule::CmsVersion);
  TimestampRequest request;
  request.imprint = MessageImprint::read(seq);
  if (seq.next_is(asn1::Tag::ObjectIdentifier)) request.policy = seq.oid();
  if (seq.next_is(asn1::Tag::Integer)) request.nonce = to_bytes(seq.integer());
  request.wants_certificate = seq.optional_boolean();
  return request;
}

void TimestampRequest::write(asn1::Writer& out) const {
  asn1::Writer seq = out.sequence();
  seq.integer(1);
  imprint.write(seq);
  if (policy) seq.oid(*policy);
  if (nonce) seq.primitive(asn1::Tag::Integer, *nonce);
  if (wants_certificate) seq.boolean(true);
}

Result<FetchedTimestamp> read_timestamp_response(ByteView response, const TimestampRequest& request,
                                                 const Limits& limits) {
  Response answer = TRY(asn1::decode(response, &read_response, limits));
  bool is_granted = answer.status == kGranted || answer.status == kGrantedWithMods;
  if (!is_granted || answer.token.empty()) {  // TSP-02
    return failure(Rule::IoNetwork, 0,
                   "the timestamping authority refuses" +
                       (answer.text.empty() ? std::string() : ": " + answer.text));
  }
  TimestampToken token = TRY(parse_timestamp_token(answer.token, limits));
  bool fits = token.info.imprint.hash == request.imprint.hash &&
              token.info.imprint.algorithm.algorithm == request.imprint.algorithm.algorithm &&
              token.info.nonce == request.nonce &&
              (!request.policy || token.info.policy == *request.policy);  // TSP-04
  if (!fits) return failure(Rule::SigTimestamp, 0, "the token answers another request");
  SignerCheck check = check_token_signer(token, token.tail.certificates, limits);
  if (!check.signature_fits) return failure(Rule::SigTimestamp, 0, "its signature does not fit");
  return FetchedTimestamp{.token = std::move(answer.token),
                          .scheme = std::move(*check.scheme),
                          .digest = *check.digest,
                          .certificate = std::move(*check.certificate),
                          .time = token.info.time,
                          .findings = std::move(check.findings)};
}

Result<FetchedTimestamp> fetch_timestamp(const AskAuthority& ask, Digest digest, ByteView octets,
                                         const Limits& limits) {
  TimestampRequest request;
  request.imprint = TRY(MessageImprint::of(digest, octets));
  request.nonce = TRY(random_number(kNonceOctets));
  request.wants_certificate = true;
  Bytes der = asn1::encode([&](asn1::Writer& out) { request.write(out); });
  return read_timestamp_response(TRY(ask(der)), request, limits);
}

Result<Bytes> answer_timestamp_request(ByteView request, const Signer& signer, Time time) {
  auto read = asn1::decode(request, &TimestampRequest::read);
  if (!read) return write_response(kRejection, "the request is malformed", {});
  auto digest = crypto::read_digest(read->imprint.algorithm);
  bool is_good = digest && crypto::row(*digest).standing == crypto::Standing::Current &&
                 read->imprint.hash.size() == crypto::row(*digest).size;
  if (!is_good) return write_response(kRejection, "the digest is unknown or weak", {});
  if (read->policy && *read->policy != kAnyPolicy) {
    return write_response(kRejection, "the policy is unknown", {});
  }
  TstInfo info;
  info.policy = kAnyPolicy;
  info.imprint = read->imprint;
  info.serial_number = TRY(random_number(kSerialOctets));
  info.time = time;
  info.nonce = read->nonce;
  return write_response(kGranted, "", TRY(sign_token(info, signer, read->wants_certificate)));
}

}  // namespace bulla::cms
