#include "x509/signed_structure.h"

#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"

namespace bulla::x509 {

Result<Bytes> write_signed(const PrivateKey& key, const SignatureScheme& scheme,
                           ByteView to_be_signed) {
  Bytes signature = TRY(key.sign(scheme, to_be_signed));
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.element(to_be_signed);
    crypto::certificate_signature_identifier(scheme).write(seq);
    seq.bit_string(signature);
  });
}

}  // namespace bulla::x509
