#include "x509/certification_request.h"

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/public_key.h"
#include "x509/extensions.h"
#include "x509/name.h"

namespace bulla::x509 {
namespace {

// Attributes ::= SET OF Attribute, Attribute ::= SEQUENCE { type, values SET OF }: the values of
// extensionRequest (RFC 2985 5.4.2) are Extensions.
std::vector<CertificateExtension> read_requested_extensions(asn1::Reader& attributes) {
  std::vector<CertificateExtension> found;
  while (attributes.more()) {
    asn1::Reader attribute = attributes.sequence();
    Oid type = attribute.oid();
    asn1::Reader values = attribute.set();
    while (values.more()) {
      ByteView value = values.element();
      if (type != kExtensionRequest) continue;
      auto extensions = asn1::decode(value, &read_extensions);
      if (!extensions) {
        values.fail(Rule::CertMalformed, "the extensions that are asked for");
        return found;
      }
      found.insert(found.end(), extensions->begin(), extensions->end());
    }
  }
  return found;
}

}  // namespace

// CertificationRequest ::= SEQUENCE {
//     certificationRequestInfo  CertificationRequestInfo,
//     signatureAlgorithm        AlgorithmIdentifier,
//     signature                 BIT STRING }
void CertificationRequest::read(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  info_ = seq.element(asn1::Tag::Sequence);
  signature_algorithm_ = asn1::AlgorithmIdentifier::read(seq);
  signature_ = seq.bit_string().bytes;
}

// CertificationRequestInfo ::= SEQUENCE {
//     version        INTEGER { v1(0) },
//     subject        Name,
//     subjectPKInfo  SubjectPublicKeyInfo,
//     attributes [0] IMPLICIT Attributes }
void CertificationRequest::read_info(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  if (seq.small_integer() != 0) seq.fail(Rule::CertMalformed, "an unknown version");
  RelativeNames names = read_name(seq);
  subject_ = name_to_text(names);
  spki_ = seq.element(asn1::Tag::Sequence);
  // Some leave the tag out when there are no attributes.
  if (auto attributes = seq.optional_enter(asn1::constructed(0))) {
    extensions_ = read_requested_extensions(*attributes);
    for (const CertificateExtension& extension : extensions_) {
      if (extension.oid != kSubjectAltName) continue;
      if (auto addresses = read_mail_addresses(extension.value)) addresses_ = *addresses;
    }
  }
  for (std::string& address : find_attributes(names, kEmailAddress)) {
    addresses_.push_back({std::move(address), AddressSource::SubjectEmailAddress});
  }
}

Result<CertificationRequest> CertificationRequest::parse(Bytes der, const Limits& limits) {
  if (der.size() > limits.certificate_bytes) return failure(Rule::LimitSize);
  CertificationRequest request;
  request.der_ = std::move(der);
  auto with = [&](auto read) {
    return [&request, read](asn1::Reader& in) {
      (request.*read)(in);
      return true;
    };
  };
  TRY(asn1::decode(request.der_, with(&CertificationRequest::read), limits));
  auto offset = static_cast<std::uint64_t>(request.info_.data() - request.der_.data());
  TRY(asn1::decode(request.info_, with(&CertificationRequest::read_info), limits, offset));
  request.key_ = read_key_info(request.spki_);
  return request;
}

std::string CertificationRequest::signature_description() const {
  auto scheme = crypto::read_signature_scheme(signature_algorithm_, std::nullopt);
  return scheme ? describe(*scheme) : signature_algorithm_.algorithm.to_string();
}

Result<bool> CertificationRequest::proves_possession(const Limits& limits) const {
  auto scheme = TRY(crypto::read_signature_scheme(signature_algorithm_, std::nullopt));
  auto key = TRY(crypto::PublicKey::parse(spki_, limits));
  return key.allows(scheme) ? key.verify(scheme, info_, signature_) : Result<bool>(false);
}

}  // namespace bulla::x509
