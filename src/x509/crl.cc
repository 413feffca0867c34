#include "x509/crl.h"

#include <algorithm>

#include "asn1/reader.h"
#include "x509/extensions.h"

namespace bulla::x509 {
namespace {

// TBSCertList ::= SEQUENCE {
//     version              Version OPTIONAL,
//     signature            AlgorithmIdentifier,
//     issuer               Name,
//     thisUpdate           Time,
//     nextUpdate           Time OPTIONAL,
//     revokedCertificates  SEQUENCE OF SEQUENCE { … } OPTIONAL,
//     crlExtensions        [0] EXPLICIT Extensions OPTIONAL }  -- both versions (CERT-01)
void read_tbs(asn1::Reader& in, Crl& crl) {
  asn1::Reader seq = in.sequence();
  if (seq.next_is(asn1::Tag::Integer)) seq.small_integer();
  seq.element(asn1::Tag::Sequence);
  crl.issuer = seq.element(asn1::Tag::Sequence);
  crl.this_update = seq.time();
  bool has_next = seq.next_is(asn1::Tag::UtcTime) || seq.next_is(asn1::Tag::GeneralizedTime);
  if (has_next) crl.next_update = seq.time();
  seq.optional_element(asn1::Tag::Sequence);
  auto field = seq.optional_enter(asn1::constructed(0));
  if (!field) return;
  auto extensions = read_extensions(*field);
  crl.is_delta = std::any_of(extensions.begin(), extensions.end(), [](const auto& extension) {
    return extension.oid == kDeltaCrlIndicator;
  });
}

}  // namespace

// CertificateList ::= SEQUENCE {
//     tbsCertList         TBSCertList,
//     signatureAlgorithm  AlgorithmIdentifier,
//     signatureValue      BIT STRING }
Result<Crl> Crl::parse(ByteView der, const Limits& limits) {
  if (der.size() > limits.crl_bytes) return failure(Rule::LimitSize);
  return asn1::decode(
      der,
      [der](asn1::Reader& in) {
        Crl crl;
        crl.der = der;
        asn1::Reader seq = in.sequence();
        read_tbs(seq, crl);
        seq.element(asn1::Tag::Sequence);
        seq.bit_string();
        return crl;
      },
      limits);
}

}  // namespace bulla::x509
