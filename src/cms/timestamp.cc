#include "cms/timestamp.h"

#include <algorithm>

#include "base/try.h"
#include "cms/parser.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"

namespace bulla::cms {
namespace {

// A TSTInfo has some hundred octets; names of authorities and extensions make a few more.
constexpr std::size_t kMaxTstInfo = 64u << 10;

// GeneralizedTime as RFC 3161 2.4.2 has it: YYYYMMDDhhmmss[.s...]Z, a fraction without
// trailing zeros.
Time read_gen_time(asn1::Reader& in) {
  std::string text(as_text(in.contents(asn1::Tag::GeneralizedTime)));
  std::size_t point = text.find('.');
  if (point != text.npos && text.back() == 'Z') {
    std::string_view fraction = std::string_view(text).substr(point + 1, text.size() - point - 2);
    bool fits = !fraction.empty() && fraction.back() != '0' &&
                fraction.find_first_not_of("0123456789") == fraction.npos;
    if (!fits) in.fail(Rule::Asn1BadTime);
    text.erase(point, text.size() - point - 1);
  }
  Bytes whole = asn1::encode(
      [&](asn1::Writer& out) { out.primitive(asn1::Tag::GeneralizedTime, as_bytes(text)); });
  auto time = asn1::decode(whole, [](asn1::Reader& one) { return one.time(); });
  if (!time) in.fail(Rule::Asn1BadTime);
  return time.value_or(Time());
}

void write_gen_time(asn1::Writer& out, Time time) {
  std::string digits = to_iso8601(time);
  std::erase_if(digits, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  out.primitive(asn1::Tag::GeneralizedTime, as_bytes(digits));
}

std::chrono::microseconds read_fraction(asn1::Reader& in, unsigned tag, std::int64_t unit) {
  if (!in.next_is(asn1::primitive(tag))) return {};
  std::int64_t value = in.small_integer(asn1::primitive(tag));
  if (value < 1 || value > 999) in.fail(Rule::Asn1BadInteger, "accuracy");
  return std::chrono::microseconds(value * unit);
}

// Accuracy ::= SEQUENCE {
//     seconds     INTEGER OPTIONAL,
//     millis  [0] INTEGER (1..999) OPTIONAL,
//     micros  [1] INTEGER (1..999) OPTIONAL }
std::chrono::microseconds read_accuracy(asn1::Reader& in) {
  constexpr std::int64_t kMaxSeconds = 1'000'000'000;  // no clock is worse than thirty years
  asn1::Reader seq = in.sequence();
  std::int64_t seconds = seq.next_is(asn1::Tag::Integer) ? seq.small_integer() : 0;
  if (seconds > kMaxSeconds) seq.fail(Rule::Asn1BadInteger, "accuracy");
  std::chrono::microseconds value = std::chrono::seconds(std::min(seconds, kMaxSeconds));
  value += read_fraction(seq, 0, 1'000);
  value += read_fraction(seq, 1, 1);
  return value;
}

// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension, under [1] IMPLICIT. None is known here.
bool has_critical(asn1::Reader& list) {
  bool any = false;
  while (list.more()) {
    asn1::Reader seq = list.sequence();
    seq.oid();
    any = seq.optional_boolean() || any;
    seq.octet_string();
  }
  return any;
}

// Collects a SignedData whose content is small.
class TokenReader final : public EventHandler {
 public:
  Result<void> content_info(const Oid& type) override {
    return type == kSignedData ? Result<void>() : failure(Rule::CmsContentType);
  }
  Result<void> signed_data(const SignedHeader& header) override {
    if (header.content_type != kTstInfo) return failure(Rule::CmsContentType);
    token.header = header;
    return {};
  }
  Result<void> enveloped_data(EnvelopedHeader) override { return failure(Rule::CmsContentType); }
  Result<void> compressed_data(const Oid&) override { return failure(Rule::CmsContentType); }
  Result<void> content(ByteView chunk) override {
    if (token.content.size() + chunk.size() > kMaxTstInfo) return failure(Rule::LimitSize);
    append(token.content, chunk);
    return {};
  }
  Result<void> content_end(Presence presence) override {
    return presence == Presence::Present ? Result<void>() : failure(Rule::CmsNoContent);
  }
  Result<void> signed_tail(SignedTail tail) override {
    token.tail = std::move(tail);
    return {};
  }
  Result<void> enveloped_tail(EnvelopedTail) override { return failure(Rule::CmsContentType); }

  TimestampToken token;
};

}  // namespace

// MessageImprint ::= SEQUENCE {
//     hashAlgorithm  AlgorithmIdentifier,
//     hashedMessage  OCTET STRING }
MessageImprint MessageImprint::read(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.algorithm = asn1::AlgorithmIdentifier::read(seq), .hash = to_bytes(seq.octet_string())};
}

void MessageImprint::write(asn1::Writer& out) const {
  asn1::Writer seq = out.sequence();
  algorithm.write(seq);
  seq.octet_string(hash);
}

Result<MessageImprint> MessageImprint::of(Digest digest, ByteView octets) {
  Bytes hash = TRY(crypto::hash(digest, octets));
  return MessageImprint{.algorithm = crypto::digest_identifier(digest), .hash = std::move(hash)};
}

bool MessageImprint::matches(ByteView octets) const {
  auto digest = crypto::read_digest(algorithm);
  if (!digest) return false;
  auto expected = crypto::hash(*digest, octets);
  return expected && equal(*expected, hash);
}

// TSTInfo ::= SEQUENCE {
//     version         INTEGER { v1(1) },
//     policy          TSAPolicyId,
//     messageImprint  MessageImprint,
//     serialNumber    INTEGER,
//     genTime         GeneralizedTime,
//     accuracy        Accuracy OPTIONAL,
//     ordering        BOOLEAN DEFAULT FALSE,
//     nonce           INTEGER OPTIONAL,
//     tsa             [0] GeneralName OPTIONAL,
//     extensions      [1] IMPLICIT Extensions OPTIONAL }
TstInfo TstInfo::read(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 1) seq.fail(Rule::CmsVersion);
  TstInfo info;
  info.policy = seq.oid();
  info.imprint = MessageImprint::read(seq);
  info.serial_number = to_bytes(seq.integer());
  info.time = read_gen_time(seq);
  if (seq.next_is(asn1::Tag::Sequence)) info.accuracy = read_accuracy(seq);
  seq.optional_boolean();
  if (seq.next_is(asn1::Tag::Integer)) info.nonce = to_bytes(seq.integer());
  seq.optional_element(asn1::constructed(0));
  if (auto extensions = seq.optional_enter(asn1::constructed(1))) {
    info.has_unknown_critical = has_critical(*extensions);
  }
  return info;
}

void TstInfo::write(asn1::Writer& out) const {
  asn1::Writer seq = out.sequence();
  seq.integer(1);
  seq.oid(policy);
  imprint.write(seq);
  seq.primitive(asn1::Tag::Integer, serial_number);
  write_gen_time(seq, time);
  if (nonce) seq.primitive(asn1::Tag::Integer, *nonce);
}

Result<TimestampToken> parse_timestamp_token(ByteView der, const Limits& limits) {
  TokenReader reader;
  Parser parser(reader, limits);
  TRY_VOID(parser.push(der));
  TRY_VOID(parser.finish());
  reader.token.info = TRY(asn1::decode(reader.token.content, &TstInfo::read, limits));
  return std::move(reader.token);
}

SignerCheck check_token_signer(const TimestampToken& token,
                               const std::vector<Certificate>& candidates, const Limits& limits) {
  if (token.tail.signers.size() != 1) {
    SignerCheck check;
    check.findings.push_back(Finding::of(Rule::SigBadSignature, {}, "a token has one signer"));
    return check;
  }
  const SignerInfo& signer = token.tail.signers[0];
  SignedContent content{.content_type = token.header.content_type,
                        .digest_algorithms = token.header.digest_algorithms,
                        .digests = {},
                        .beginning = token.content,
                        .size = token.content.size()};
  if (auto digest = crypto::read_digest(signer.digest_algorithm)) {
    if (auto value = crypto::hash(*digest, token.content)) content.digests[*digest] = *value;
  }
  SignerCheck check = check_signer(signer, content, candidates, limits);
  if (!check.names_certificate) {
    check.signature_fits = false;
    check.findings.push_back(Finding::of(Rule::SigAttributeMissing, {}, "signingCertificate"));
  }
  return check;
}

std::vector<Bytes> timestamp_tokens(const SignerInfo& signer) {
  std::vector<Bytes> tokens;
  for (const Attribute& attribute : signer.unsigned_attrs) {
    if (attribute.type != kTimeStampToken) continue;
    tokens.insert(tokens.end(), attribute.values.begin(), attribute.values.end());
  }
  return tokens;
}

}  // namespace bulla::cms
