#include "asn1/ber.h"
#include "asn1/reader.h"
#include "base/try.h"
#include "bulla/certificate.h"
#include "bulla/certificate_check.h"
#include "x509/pem.h"

namespace bulla {
namespace {

constexpr Oid kSignedData = Oid::of("1.2.840.113549.1.7.2");

// The elements of a certs-only CMS that are certificates.
//
// ContentInfo ::= SEQUENCE {
//     contentType  ContentType,
//     content      [0] EXPLICIT ANY DEFINED BY contentType }
//
// SignedData ::= SEQUENCE {
//     version           CMSVersion,
//     digestAlgorithms  DigestAlgorithmIdentifiers,
//     encapContentInfo  EncapsulatedContentInfo,
//     certificates      [0] IMPLICIT CertificateSet OPTIONAL,
//     crls              [1] IMPLICIT RevocationInfoChoices OPTIONAL,
//     signerInfos       SignerInfos }
std::vector<ByteView> read_certs_only(asn1::Reader& in) {
  std::vector<ByteView> certificates;
  asn1::Reader content_info = in.sequence();
  if (content_info.oid() != kSignedData) content_info.fail(Rule::CmsContentType);
  asn1::Reader content = content_info.enter(asn1::constructed(0));
  asn1::Reader signed_data = content.sequence();
  signed_data.small_integer();
  signed_data.element(asn1::Tag::Set);
  signed_data.element(asn1::Tag::Sequence);
  if (auto set = signed_data.optional_enter(asn1::constructed(0))) {
    while (set->more()) {
      bool is_certificate = set->next_is(asn1::Tag::Sequence);
      ByteView element = set->element();
      if (is_certificate) certificates.push_back(element);
    }
  }
  signed_data.skip_rest();
  return certificates;
}

// ContentInfo begins with an OID or, as BER, with an indefinite length; a
// Certificate with its TBSCertificate.
bool looks_like_cms(ByteView file) {
  if (file.size() < 2 || file[0] != 0x30) return false;
  std::size_t header = file[1] > 0x80 ? 2u + (file[1] & 0x7fu) : 2u;
  return header < file.size() && file[header] == 0x06;
}

Result<void> extract_der(ByteView file, const Limits& limits, std::vector<Bytes>& to) {
  if (!looks_like_cms(file)) {
    to.push_back(to_bytes(file));
    return {};
  }
  Bytes der = TRY(asn1::to_der(file, limits));
  for (ByteView element : TRY(asn1::decode(der, &read_certs_only, limits))) {
    to.push_back(to_bytes(element));
  }
  return {};
}

Result<void> load_der(ByteView file, const Limits& limits, std::vector<Certificate>& to) {
  std::vector<Bytes> all;
  TRY_VOID(extract_der(file, limits, all));
  for (Bytes& der : all) to.push_back(TRY(Certificate::parse(std::move(der), limits)));
  return {};
}

bool holds_certificates(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "PKCS7" ||
         label == "CMS";
}

// Takes the certificates of each PEM block that has some, or of the DER.
template <typename Take, typename T>
Result<std::vector<T>> take_all(ByteView file, const Limits& limits, Take take,
                                std::vector<T> all) {
  if (!x509::is_pem(file)) {
    TRY_VOID(take(file, limits, all));
    return all;
  }
  for (const x509::PemBlock& block : TRY(x509::read_pem(file))) {
    if (!holds_certificates(block.label)) continue;
    auto taken = take(block.contents.view(), limits, all);
    if (taken) continue;
    Error error = taken.error();
    std::string detail = "in the PEM block at octet " + std::to_string(block.offset);
    if (!error.detail.empty()) detail += ": " + error.detail;
    return failure(error.rule, error.offset, std::move(detail));
  }
  return all;
}

}  // namespace

Result<std::vector<Certificate>> load_certificates(ByteView file, const Limits& limits) {
  auto certificates = TRY(take_all(file, limits, &load_der, std::vector<Certificate>()));
  if (certificates.empty()) return failure(Rule::KeyNoCertificate);
  return certificates;
}

Result<std::vector<Bytes>> extract_certificates(ByteView file, const Limits& limits) {
  auto certificates = TRY(take_all(file, limits, &extract_der, std::vector<Bytes>()));
  if (certificates.empty()) return failure(Rule::KeyNoCertificate);
  return certificates;
}

}  // namespace bulla
