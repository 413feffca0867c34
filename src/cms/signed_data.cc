#include "cms/signed_data.h"

namespace bulla::cms {

std::vector<asn1::AlgorithmIdentifier> read_digest_algorithms(asn1::Reader& in,
                                                              const Limits& limits) {
  asn1::Reader set = in.set();
  std::vector<asn1::AlgorithmIdentifier> algorithms;
  while (set.more()) {
    if (algorithms.size() == limits.digest_algorithms) set.fail(Rule::LimitDigests);
    algorithms.push_back(asn1::AlgorithmIdentifier::read(set));
  }
  return algorithms;
}

// CertificateSet ::= SET OF CertificateChoices, under [0] IMPLICIT
//
// CertificateChoices ::= CHOICE {
//     certificate                Certificate,
//     extendedCertificate    [0] ExtendedCertificate,
//     v1AttrCert             [1] AttributeCertificateV1,
//     v2AttrCert             [2] AttributeCertificateV2,
//     other                  [3] OtherCertificateFormat }
//
// The first alone is read, the others are named and skipped (CMS-35).
CertificateSet read_certificates(asn1::Reader& in, const Limits& limits,
                                 x509::CertificateCache* cache) {
  asn1::Reader set = in.enter(asn1::constructed(0));
  CertificateSet result;
  for (std::size_t number = 1; set.more(); ++number) {
    if (number > limits.certificates) {
      set.fail(Rule::LimitCertificates);
      break;
    }
    std::string detail = "certificate " + std::to_string(number);
    bool is_certificate = set.next_is(asn1::Tag::Sequence);
    ByteView element = set.element();
    if (set.failed()) break;
    if (!is_certificate) {
      result.findings.push_back(Finding::of(Rule::CmsUnknownCertificateKind, {}, detail));
      continue;
    }
    auto certificate = x509::parse_certificate(element, limits, cache);
    if (certificate) {
      result.certificates.push_back(std::move(*certificate));
    } else {
      detail += ": " + std::string(info(certificate.error().rule).text);
      result.findings.push_back(Finding::of(Rule::CmsBadCertificate, {}, detail));
    }
  }
  return result;
}

namespace {

// OtherRevocationInfoFormat ::= SEQUENCE {
//     otherRevInfoFormat  OBJECT IDENTIFIER,
//     otherRevInfo        ANY DEFINED BY otherRevInfoFormat }  -- under [1] IMPLICIT
//
// The OCSPResponse, if it is one.
std::optional<ByteView> read_ocsp_answer(asn1::Reader& in) {
  constexpr Oid kOcspResponse = Oid::of("1.3.6.1.5.5.7.16.2");
  asn1::Reader seq = in.enter(asn1::constructed(1));
  bool is_answer = seq.oid() == kOcspResponse;
  ByteView value = seq.element();
  return is_answer ? std::optional<ByteView>(value) : std::nullopt;
}

}  // namespace

// RevocationInfoChoices ::= SET OF RevocationInfoChoice, under [1] IMPLICIT
//
// RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] OtherRevocationInfoFormat }
//
// Of others, OCSP responses are understood (CMS-37).
RevocationSet read_revocation(asn1::Reader& in, const Limits& limits) {
  asn1::Reader set = in.enter(asn1::constructed(1));
  RevocationSet result;
  for (std::size_t number = 1; set.more(); ++number) {
    if (number > limits.crls) {
      set.fail(Rule::LimitCrls);
      break;
    }
    bool is_crl = set.next_is(asn1::Tag::Sequence);
    ByteView element = set.element();
    if (element.size() > limits.crl_bytes) {
      result.findings.push_back(Finding::of(Rule::CmsBadCrl, {}, "CRL " + std::to_string(number)));
      continue;
    }
    (is_crl ? result.crls : result.others).push_back(to_bytes(element));
    if (is_crl) continue;
    auto answer = asn1::decode(element, &read_ocsp_answer, limits);
    if (answer && *answer) result.ocsp_answers.push_back(to_bytes(**answer));
  }
  return result;
}

// SignerInfos ::= SET OF SignerInfo
std::vector<SignerInfo> read_signer_infos(asn1::Reader& in, const Limits& limits) {
  asn1::Reader set = in.set();
  std::vector<SignerInfo> signers;
  while (set.more()) {
    if (signers.size() == limits.signers) set.fail(Rule::LimitSigners);
    signers.push_back(SignerInfo::read(set, limits));
  }
  return signers;
}

}  // namespace bulla::cms
