#include "x509/key_identifier.h"

#include "asn1/reader.h"
#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::x509 {

// SubjectPublicKeyInfo ::= SEQUENCE {
//     algorithm         AlgorithmIdentifier,
//     subjectPublicKey  BIT STRING }
Result<ByteView> subject_public_key(ByteView spki) {
  return asn1::decode(spki, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    seq.element(asn1::Tag::Sequence);
    return seq.bit_string().bytes;
  });
}

Result<Bytes> key_identifier(ByteView spki) {
  return crypto::hash(Digest::Sha1, TRY(subject_public_key(spki)));
}

bool has_key_identifier(const Certificate& certificate, ByteView identifier) {
  if (auto own = certificate.subject_key_identifier()) return equal(*own, identifier);
  auto computed = key_identifier(certificate.subject_public_key_info());
  return computed && equal(*computed, identifier);
}

}  // namespace bulla::x509
