#include "x509/ocsp.h"

#include <algorithm>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "crypto/key_wrap.h"
#include "x509/certificate_key.h"
#include "x509/extensions.h"
#include "x509/key_identifier.h"
#include "x509/name.h"
#include "x509/path_checks.h"

namespace bulla::x509 {
namespace {

constexpr Oid kNoCheck = Oid::of("1.3.6.1.5.5.7.48.1.5");
constexpr Oid kOcspSigning = Oid::of("1.3.6.1.5.5.7.3.9");
constexpr std::size_t kNonceBytes = 32;
constexpr std::size_t kMaxSingles = 1'000;
constexpr std::size_t kMaxCertificates = 10;
// Between the clock of the responder and this one.
constexpr std::chrono::minutes kSkew{5};

tl::unexpected<Error> unusable(std::string why) {
  return failure(Rule::RevocationBadAnswer, 0, std::move(why));
}

// OCSPResponseStatus ::= ENUMERATED (RFC 6960 4.2.1)
std::string describe_status(std::int64_t status) {
  switch (status) {
    case 1:
      return "the responder finds the request malformed";
    case 2:
      return "the responder has an internal error";
    case 3:
      return "the responder asks to try later";
    case 5:
      return "the responder wants signed requests";
    case 6:
      return "the responder does not answer this request";
    default:
      return "the responder gives status " + std::to_string(status);
  }
}

struct Envelope {
  std::int64_t status = 0;
  std::optional<Oid> type;
  ByteView basic;
};

// OCSPResponse ::= SEQUENCE {
//     responseStatus  OCSPResponseStatus,
//     responseBytes   [0] EXPLICIT ResponseBytes OPTIONAL }
// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
Envelope read_envelope(asn1::Reader& in) {
  Envelope result;
  asn1::Reader seq = in.sequence();
  result.status = seq.small_integer(asn1::Tag::Enumerated);
  if (auto field = seq.optional_enter(asn1::constructed(0))) {
    asn1::Reader bytes = field->sequence();
    result.type = bytes.oid();
    result.basic = bytes.octet_string();
  }
  return result;
}

// A nonce is an OCTET STRING; some responders send its octets bare.
Bytes nonce_of(ByteView value) {
  auto octets = asn1::decode(value, [](asn1::Reader& in) { return to_bytes(in.octet_string()); });
  return octets ? std::move(*octets) : to_bytes(value);
}

// CertStatus ::= CHOICE {
//     good     [0] IMPLICIT NULL,
//     revoked  [1] IMPLICIT SEQUENCE {
//         revocationTime    GeneralizedTime,
//         revocationReason  [0] EXPLICIT CRLReason OPTIONAL },
//     unknown  [2] IMPLICIT NULL }
void read_status(asn1::Reader& in, OcspStatus& status) {
  constexpr std::int64_t kCertificateHold = 6;
  if (in.optional_contents(asn1::primitive(0))) {
    status.kind = OcspStatus::Kind::Good;
  } else if (auto revoked = in.optional_enter(asn1::constructed(1))) {
    status.kind = OcspStatus::Kind::Revoked;
    status.revoked_at = revoked->time();
    if (auto reason = revoked->optional_enter(asn1::constructed(0))) {
      status.is_on_hold = reason->small_integer(asn1::Tag::Enumerated) == kCertificateHold;
    }
  } else {
    in.contents(asn1::primitive(2));
  }
}

bool has_unknown_critical(const std::vector<CertificateExtension>& extensions) {
  return std::any_of(extensions.begin(), extensions.end(), [](const auto& extension) {
    return extension.critical && extension.oid != kOcspNonce;
  });
}

struct SignedOctets {
  ByteView octets;
  asn1::AlgorithmIdentifier algorithm;
  ByteView signature;
};

SignedOctets read_signed(asn1::Reader& in) {
  SignedOctets result;
  asn1::Reader seq = in.sequence();
  result.octets = seq.element(asn1::Tag::Sequence);
  result.algorithm = asn1::AlgorithmIdentifier::read(seq);
  result.signature = seq.bit_string().bytes;
  return result;
}

Result<bool> fits(const Certificate& signer, const asn1::AlgorithmIdentifier& algorithm,
                  ByteView octets, ByteView signature) {
  SignatureScheme scheme = TRY(crypto::read_signature_scheme(algorithm, std::nullopt));
  crypto::PublicKey key = TRY(public_key(signer));
  return key.verify(scheme, octets, signature);
}

bool has_purpose(const Certificate& certificate, const Oid& wanted) {
  const auto& purposes = certificate.extended_key_usage();
  return purposes && std::find(purposes->begin(), purposes->end(), wanted) != purposes->end();
}

}  // namespace

bool has_nocheck(const Certificate& responder) { return responder.extension(kNoCheck) != nullptr; }

Result<Bytes> make_ocsp_nonce() { return crypto::random_bytes(kNonceBytes); }

// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] … OPTIONAL }
// TBSRequest ::= SEQUENCE {
//     version            [0] EXPLICIT Version DEFAULT v1,
//     requestorName      [1] EXPLICIT GeneralName OPTIONAL,
//     requestList        SEQUENCE OF SEQUENCE { reqCert CertID, … },
//     requestExtensions  [2] EXPLICIT Extensions OPTIONAL }
// CertID ::= SEQUENCE {
//     hashAlgorithm   AlgorithmIdentifier,
//     issuerNameHash  OCTET STRING,
//     issuerKeyHash   OCTET STRING,
//     serialNumber    CertificateSerialNumber }
Result<Bytes> write_ocsp_request(const Certificate& certificate, const Certificate& issuer,
                                 ByteView nonce) {
  Bytes name_hash = TRY(crypto::hash(Digest::Sha1, certificate.issuer_der()));
  Bytes key_hash = TRY(key_identifier(issuer.subject_public_key_info()));
  asn1::AlgorithmIdentifier digest = crypto::digest_identifier(Digest::Sha1);
  digest.parameters = crypto::kNullParameters;  // as responders of old expect it
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer request = out.sequence();
    asn1::Writer tbs = request.sequence();
    {
      asn1::Writer list = tbs.sequence();
      asn1::Writer one = list.sequence();
      asn1::Writer id = one.sequence();
      digest.write(id);
      id.octet_string(name_hash);
      id.octet_string(key_hash);
      id.primitive(asn1::Tag::Integer, certificate.serial_number());
    }
    if (nonce.empty()) return;
    asn1::Writer field = tbs.enter(asn1::constructed(2));
    asn1::Writer extensions = field.sequence();
    asn1::Writer extension = extensions.sequence();
    extension.oid(kOcspNonce);
    extension.octet_string(asn1::encode([&](asn1::Writer& value) { value.octet_string(nonce); }));
  });
}

bool OcspStatus::is_current(Time at, Age age) const {
  if (this_update > at + kSkew) return false;
  return next_update ? *next_update + kSkew >= at : age == Age::Fresh;
}

struct OcspAnswer::Reading {
  static OcspAnswer basic(asn1::Reader& in, const Limits& limits);
  static void data(asn1::Reader& in, OcspAnswer& answer);
  static void responder(asn1::Reader& in, OcspAnswer& answer);
  static Single single(asn1::Reader& in);
  static void certificates(asn1::Reader& in, OcspAnswer& answer, const Limits& limits);
};

// ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }
void OcspAnswer::Reading::responder(asn1::Reader& in, OcspAnswer& answer) {
  if (auto name = in.optional_enter(asn1::constructed(1))) {
    answer.responder_name_ = to_bytes(name->element(asn1::Tag::Sequence));
    return;
  }
  asn1::Reader key = in.enter(asn1::constructed(2));
  answer.responder_key_ = to_bytes(key.octet_string());
}

// SingleResponse ::= SEQUENCE {
//     certID            CertID,
//     certStatus        CertStatus,
//     thisUpdate        GeneralizedTime,
//     nextUpdate        [0] EXPLICIT GeneralizedTime OPTIONAL,
//     singleExtensions  [1] EXPLICIT Extensions OPTIONAL }
OcspAnswer::Single OcspAnswer::Reading::single(asn1::Reader& in) {
  Single result;
  asn1::Reader seq = in.sequence();
  {
    asn1::Reader id = seq.sequence();
    result.digest = asn1::AlgorithmIdentifier::read(id);
    result.name_hash = to_bytes(id.octet_string());
    result.key_hash = to_bytes(id.octet_string());
    result.serial_number = to_bytes(id.integer());
  }
  read_status(seq, result.status);
  result.status.this_update = seq.time();
  if (auto next = seq.optional_enter(asn1::constructed(0)))
    result.status.next_update = next->time();
  if (auto field = seq.optional_enter(asn1::constructed(1))) {
    result.is_understood = !has_unknown_critical(read_extensions(*field));
  }
  return result;
}

// ResponseData ::= SEQUENCE {
//     version             [0] EXPLICIT Version DEFAULT v1,
//     responderID         ResponderID,
//     producedAt          GeneralizedTime,
//     responses           SEQUENCE OF SingleResponse,
//     responseExtensions  [1] EXPLICIT Extensions OPTIONAL }
void OcspAnswer::Reading::data(asn1::Reader& in, OcspAnswer& answer) {
  asn1::Reader seq = in.sequence();
  if (auto version = seq.optional_enter(asn1::constructed(0))) {
    if (version->small_integer() != 0) version->fail(Rule::RevocationBadAnswer, "its version");
  }
  responder(seq, answer);
  seq.time();
  asn1::Reader list = seq.sequence();
  while (list.more()) {
    if (answer.singles_.size() == kMaxSingles) list.fail(Rule::LimitElements);
    answer.singles_.push_back(single(list));
  }
  auto field = seq.optional_enter(asn1::constructed(1));
  if (!field) return;
  auto extensions = read_extensions(*field);
  answer.is_understood_ = !has_unknown_critical(extensions);
  for (const CertificateExtension& extension : extensions) {
    if (extension.oid == kOcspNonce) answer.nonce_ = nonce_of(extension.value);
  }
}

void OcspAnswer::Reading::certificates(asn1::Reader& in, OcspAnswer& answer, const Limits& limits) {
  asn1::Reader list = in.sequence();
  while (list.more()) {
    ByteView der = list.element();
    if (answer.certificates_.size() == kMaxCertificates) continue;
    // One that cannot be read is not the signer's; if it is, the signer is not found.
    auto certificate = Certificate::parse(to_bytes(der), limits);
    if (certificate) answer.certificates_.push_back(std::move(*certificate));
  }
}

// BasicOCSPResponse ::= SEQUENCE {
//     tbsResponseData     ResponseData,
//     signatureAlgorithm  AlgorithmIdentifier,
//     signature           BIT STRING,
//     certs               [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
OcspAnswer OcspAnswer::Reading::basic(asn1::Reader& in, const Limits& limits) {
  OcspAnswer answer;
  asn1::Reader seq = in.sequence();
  answer.signed_octets_ = to_bytes(seq.element(asn1::Tag::Sequence));
  answer.signature_algorithm_ = asn1::AlgorithmIdentifier::read(seq);
  answer.signature_ = to_bytes(seq.bit_string().bytes);
  if (auto field = seq.optional_enter(asn1::constructed(0))) certificates(*field, answer, limits);
  return answer;
}

Result<OcspAnswer> OcspAnswer::parse(Bytes der, const Limits& limits) {
  if (der.size() > limits.crl_bytes) return failure(Rule::LimitSize);
  Envelope envelope = TRY(asn1::decode(der, &read_envelope, limits));
  if (envelope.status != 0) return unusable(describe_status(envelope.status));
  if (envelope.type != kOcspBasic) return unusable("it is of a kind that is not known");
  OcspAnswer answer = TRY(asn1::decode(
      envelope.basic, [&](asn1::Reader& in) { return Reading::basic(in, limits); }, limits));
  auto read = asn1::decode(
      answer.signed_octets_,
      [&](asn1::Reader& in) {
        Reading::data(in, answer);
        return true;
      },
      limits);
  if (!read) return tl::unexpected(read.error());
  answer.der_ = std::move(der);
  return answer;
}

Result<std::optional<OcspStatus>> OcspAnswer::find(const Certificate& certificate,
                                                   const Certificate& issuer) const {
  for (const Single& single : singles_) {
    if (!equal(single.serial_number, certificate.serial_number())) continue;
    auto digest = crypto::read_digest(single.digest);
    if (!digest) continue;
    ByteView key = TRY(subject_public_key(issuer.subject_public_key_info()));
    bool is_about = equal(single.name_hash, TRY(crypto::hash(*digest, certificate.issuer_der()))) &&
                    equal(single.key_hash, TRY(crypto::hash(*digest, key)));
    if (!is_about) continue;
    bool is_understood = is_understood_ && single.is_understood;
    if (!is_understood) return unusable("it has a critical extension that is not known");
    return std::optional<OcspStatus>(single.status);
  }
  return std::optional<OcspStatus>();
}

bool OcspAnswer::is_named(const Certificate& certificate) const {
  if (responder_name_) return equal_names(*responder_name_, certificate.subject_der());
  auto key = key_identifier(certificate.subject_public_key_info());
  return key && responder_key_ && equal(*key, *responder_key_);
}

Result<void> OcspAnswer::check_signature(const Certificate& signer, PathOptions::Weak weak) const {
  auto scheme = crypto::read_signature_scheme(signature_algorithm_, std::nullopt);
  if (!scheme) return unusable("its signature algorithm is not known");
  bool is_weak = scheme->digest == Digest::Md5 || scheme->digest == Digest::Sha1;
  if (is_weak && weak == PathOptions::Weak::Refuse) {
    return unusable("it is signed with " + std::string(name(scheme->digest)));
  }
  auto result = fits(signer, signature_algorithm_, signed_octets_, signature_);
  if (!result) return unusable("its signature cannot be checked: " + describe(result.error()));
  if (!*result) return unusable("its signature does not fit");
  return {};
}

// RFC 6960 4.2.2.2: made by the same CA, with the same key, for this purpose.
Result<void> OcspAnswer::check_delegate(const Certificate& signer,
                                        const Certificate& issuer) const {
  if (!has_purpose(signer, kOcspSigning)) return unusable("its signer is no OCSP responder");
  if (!signer.allows(KeyUsage::DigitalSignature)) return unusable("its signer may not sign");
  if (!equal_names(signer.issuer_der(), issuer.subject_der())) {
    return unusable("its signer is the responder of another CA");
  }
  SignedOctets certificate = TRY(asn1::decode(signer.der(), &read_signed));
  auto result = fits(issuer, certificate.algorithm, certificate.octets, certificate.signature);
  if (result && *result) return {};
  return unusable("its signer was not made responder with the key of the issuer");
}

Result<Certificate> OcspAnswer::find_signer(const Certificate& issuer,
                                            PathOptions::Weak weak) const {
  // Names can be equal: the reason is that of the last one that was tried.
  Result<void> checked = unusable("the certificate of its signer is not there");
  if (is_named(issuer)) {
    checked = check_signature(issuer, weak);
    if (checked) return issuer;
  }
  for (const Certificate& candidate : certificates_) {
    if (!is_named(candidate)) continue;
    checked = check_delegate(candidate, issuer);
    if (checked) checked = check_signature(candidate, weak);
    if (checked) return candidate;
  }
  return tl::unexpected(checked.error());
}

}  // namespace bulla::x509
