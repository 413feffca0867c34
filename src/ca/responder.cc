#include "ca/responder.h"

#include <algorithm>

#include "asn1/algorithm_identifier.h"
#include "asn1/reader.h"
#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "x509/extension_writer.h"
#include "x509/key_identifier.h"
#include "x509/ocsp.h"
#include "x509/signed_structure.h"

namespace bulla::ca {
namespace {

// More nobody asks at once.
constexpr std::size_t kMaxAsked = 100;
constexpr std::size_t kMaxNonce = 128;  // RFC 9654 2.1

// Of OCSPResponseStatus, where there is no answer.
enum class Refusal : std::uint8_t { MalformedRequest = 1, Unauthorized = 6 };

// CertID, and its parts.
struct Asked {
  ByteView id;
  asn1::AlgorithmIdentifier digest;
  ByteView name_hash;
  ByteView key_hash;
  ByteView serial;
};

struct Request {
  std::vector<Asked> asked;
  std::optional<Bytes> nonce;  // the extension's value, as it came
  bool is_understood = true;   // no critical extension that is not known
};

// CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }
Asked read_id(asn1::Reader& in) {
  Asked asked;
  asn1::Reader seq = in.sequence();
  asked.digest = asn1::AlgorithmIdentifier::read(seq);
  asked.name_hash = seq.octet_string();
  asked.key_hash = seq.octet_string();
  asked.serial = seq.integer();
  return asked;
}

bool has_unknown_critical(const std::vector<CertificateExtension>& extensions) {
  return std::any_of(extensions.begin(), extensions.end(), [](const auto& extension) {
    return extension.critical && extension.oid != x509::kOcspNonce;
  });
}

// Request ::= SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT OPTIONAL }
void read_single(asn1::Reader& in, Request& request) {
  asn1::Reader seq = in.sequence();
  ByteView id = seq.element(asn1::Tag::Sequence);
  auto asked = asn1::decode(id, &read_id);
  if (!asked) return seq.fail(asked.error().rule);
  asked->id = id;
  request.asked.push_back(std::move(*asked));
  auto field = seq.optional_enter(asn1::constructed(0));
  if (field && has_unknown_critical(x509::read_extensions(*field))) request.is_understood = false;
}

// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT OPTIONAL }
// TBSRequest ::= SEQUENCE {
//     version [0] EXPLICIT DEFAULT v1, requestorName [1] EXPLICIT GeneralName OPTIONAL,
//     requestList SEQUENCE OF Request, requestExtensions [2] EXPLICIT Extensions OPTIONAL }
Request read_request(asn1::Reader& in) {
  Request request;
  asn1::Reader seq = in.sequence();
  asn1::Reader tbs = seq.sequence();
  if (auto version = tbs.optional_enter(asn1::constructed(0))) {
    if (version->small_integer() != 0) version->fail(Rule::CertMalformed, "its version");
  }
  if (auto requestor = tbs.optional_enter(asn1::constructed(1))) requestor->skip_rest();
  asn1::Reader list = tbs.sequence();
  while (list.more()) {
    if (request.asked.size() == kMaxAsked) list.fail(Rule::LimitElements);
    read_single(list, request);
  }
  if (auto field = tbs.optional_enter(asn1::constructed(2))) {
    auto extensions = x509::read_extensions(*field);
    if (has_unknown_critical(extensions)) request.is_understood = false;
    for (const CertificateExtension& extension : extensions) {
      bool fits = !extension.value.empty() && extension.value.size() <= kMaxNonce + 2;
      if (extension.oid == x509::kOcspNonce && fits) request.nonce = to_bytes(extension.value);
    }
  }
  seq.optional_element(asn1::constructed(0));  // anybody may ask: who did does not matter
  return request;
}

// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes … OPTIONAL }
Answered refuse(Refusal why, std::string text) {
  Bytes response = asn1::encode([&](asn1::Writer& out) {
    out.sequence().integer(static_cast<std::uint64_t>(why), asn1::Tag::Enumerated);
  });
  return {.response = std::move(response), .refused = std::move(text)};
}

// Whether this root is the issuer that is asked about.
Result<bool> is_about(const Asked& asked, const Certificate& root) {
  auto digest = crypto::read_digest(asked.digest);
  if (!digest) return false;
  ByteView key = TRY(x509::subject_public_key(root.subject_public_key_info()));
  Bytes name_hash = TRY(crypto::hash(*digest, root.subject_der()));
  Bytes key_hash = TRY(crypto::hash(*digest, key));
  return equal(asked.name_hash, name_hash) && equal(asked.key_hash, key_hash);
}

// CertStatus ::= CHOICE {
//     good [0] IMPLICIT NULL,
//     revoked [1] IMPLICIT SEQUENCE { revocationTime GeneralizedTime,
//                                     revocationReason [0] EXPLICIT CRLReason OPTIONAL },
//     unknown [2] IMPLICIT NULL }
void write_status(asn1::Writer& out, const std::optional<store::Issued>& issued) {
  if (!issued) return out.primitive(asn1::primitive(2), {});
  if (!issued->revocation) return out.primitive(asn1::primitive(0), {});
  asn1::Writer revoked = out.enter(asn1::constructed(1));
  revoked.generalized_time(issued->revocation->at);
  if (issued->revocation->reason == store::RevocationReason::Unspecified) return;
  revoked.enter(asn1::constructed(0))
      .integer(static_cast<std::uint64_t>(issued->revocation->reason), asn1::Tag::Enumerated);
}

struct Single {
  ByteView id;
  std::optional<store::Issued> issued;
};

// ResponseData ::= SEQUENCE {
//     responderID [2] EXPLICIT KeyHash, producedAt GeneralizedTime,
//     responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT OPTIONAL }
// SingleResponse ::= SEQUENCE {
//     certID, certStatus, thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime }
Bytes write_data(ByteView key_hash, const std::vector<Single>& singles, const Window& window,
                 const std::optional<Bytes>& nonce) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.enter(asn1::constructed(2)).octet_string(key_hash);
    seq.generalized_time(window.this_update);
    {
      asn1::Writer list = seq.sequence();
      for (const Single& each : singles) {
        asn1::Writer single = list.sequence();
        single.element(each.id);
        write_status(single, each.issued);
        single.generalized_time(window.this_update);
        single.enter(asn1::constructed(0)).generalized_time(window.next_update);
      }
    }
    if (!nonce) return;
    asn1::Writer field = seq.enter(asn1::constructed(1));
    asn1::Writer extensions = field.sequence();
    x509::write_extension(extensions, x509::kOcspNonce, x509::Criticality::NonCritical, *nonce);
  });
}

// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
Bytes write_response(ByteView basic) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(0, asn1::Tag::Enumerated);
    asn1::Writer field = seq.enter(asn1::constructed(0));
    asn1::Writer bytes = field.sequence();
    bytes.oid(x509::kOcspBasic);
    bytes.octet_string(basic);
  });
}

}  // namespace

Result<Answered> answer_request(const Issuer& issuer, const Certificate& root, ByteView request,
                                const Window& window, const FindIssued& find_issued) {
  auto read = asn1::decode(request, &read_request);
  if (!read) return refuse(Refusal::MalformedRequest, describe(read.error()));
  if (read->asked.empty()) return refuse(Refusal::MalformedRequest, "it asks about nothing");
  if (!read->is_understood) {
    return refuse(Refusal::MalformedRequest, "it has a critical extension that is not known");
  }
  Answered answered;
  std::vector<Single> singles;
  for (const Asked& asked : read->asked) {
    if (!TRY(is_about(asked, root))) {
      return refuse(Refusal::Unauthorized, "it asks about another CA's certificate");
    }
    auto issued = TRY(find_issued(asked.serial));
    ++(!issued ? answered.unknown : issued->revocation ? answered.revoked : answered.good);
    singles.push_back({.id = asked.id, .issued = std::move(issued)});
  }
  Bytes key_hash = TRY(x509::key_identifier(root.subject_public_key_info()));
  Bytes data = write_data(key_hash, singles, window, read->nonce);
  Bytes basic = TRY(x509::write_signed(issuer.key, issuer.scheme, data));
  answered.response = write_response(basic);
  return answered;
}

}  // namespace bulla::ca
