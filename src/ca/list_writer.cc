#include "ca/list_writer.h"

#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "x509/extension_writer.h"
#include "x509/key_identifier.h"
#include "x509/signed_structure.h"

namespace bulla::ca {
namespace {

using x509::Criticality;
using x509::write_extension;

constexpr Oid kReasonCode = Oid::of("2.5.29.21");

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time,
//            crlEntryExtensions Extensions OPTIONAL }
void write_entry(asn1::Writer& out, const store::Issued& revoked) {
  asn1::Writer entry = out.sequence();
  entry.primitive(asn1::Tag::Integer, revoked.serial);
  entry.time(revoked.revocation->at);
  // RFC 5280 5.3.1: unspecified is written by leaving it out.
  if (revoked.revocation->reason == store::RevocationReason::Unspecified) return;
  asn1::Writer extensions = entry.sequence();
  write_extension(extensions, kReasonCode, Criticality::NonCritical,
                  asn1::encode([&](asn1::Writer& value) {
                    value.integer(static_cast<std::uint64_t>(revoked.revocation->reason),
                                  asn1::Tag::Enumerated);
                  }));
}

}  // namespace

// TBSCertList ::= SEQUENCE {
//     version INTEGER { v2(1) }, signature AlgorithmIdentifier, issuer Name, thisUpdate Time,
//     nextUpdate Time, revokedCertificates SEQUENCE OF … OPTIONAL, crlExtensions [0] EXPLICIT }
Result<Bytes> write_list(const Issuer& issuer, const Certificate& root,
                         const std::vector<store::Issued>& revoked, const ListOptions& options) {
  Bytes authority = TRY(x509::key_identifier(root.subject_public_key_info()));
  Bytes tbs = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.integer(1);
    crypto::certificate_signature_identifier(issuer.scheme).write(seq);
    seq.element(root.subject_der());
    seq.time(options.this_update);
    seq.time(options.next_update);
    if (!revoked.empty()) {
      asn1::Writer entries = seq.sequence();
      for (const store::Issued& one : revoked) write_entry(entries, one);
    }
    asn1::Writer field = seq.enter(asn1::constructed(0));
    asn1::Writer extensions = field.sequence();
    write_extension(extensions, x509::kAuthorityKeyIdentifier, Criticality::NonCritical,
                    x509::write_authority_key_identifier(authority));
    write_extension(extensions, x509::kCrlNumber, Criticality::NonCritical,
                    asn1::encode([&](asn1::Writer& value) {
                      value.integer(static_cast<std::uint64_t>(options.number));
                    }));
  });
  return x509::write_signed(issuer.key, issuer.scheme, tbs);
}

}  // namespace bulla::ca
