#include "cms/countersignature.h"

#include "base/try.h"
#include "cms/signer_builder.h"
#include "crypto/digest.h"

namespace bulla::cms {

// Countersignature ::= SignerInfo. The attribute may have several values and occur more than
// once (CMS-43).
Countersignatures read_countersignatures(const SignerInfo& signer, const Limits& limits) {
  Countersignatures result;
  for (const Attribute& attribute : signer.unsigned_attrs) {
    if (attribute.type != kCountersignature) continue;
    for (const Bytes& value : attribute.values) {
      auto info = asn1::decode(
          value, [&](asn1::Reader& in) { return SignerInfo::read(in, limits); }, limits);
      if (info) {
        result.signers.push_back(std::move(*info));
      } else {
        ++result.malformed;
      }
    }
  }
  return result;
}

SignerCheck check_countersigner(const SignerInfo& countersigner, ByteView signature,
                                const std::vector<Certificate>& candidates, const Limits& limits) {
  SignedContent content;
  content.kind = SignedContent::Kind::Signature;
  if (auto digest = crypto::read_digest(countersigner.digest_algorithm)) {
    if (auto value = crypto::hash(*digest, signature)) content.digests[*digest] = *value;
  }
  return check_signer(countersigner, content, candidates, limits);
}

Result<SignerInfo> make_countersignature(const Signer& signer, ByteView signature) {
  TRY_VOID(check_signer_input(signer));
  Bytes digest = TRY(crypto::hash(signer.scheme.digest, signature));
  return make_signer_info(signer, std::nullopt, digest);
}

void add_unsigned_value(SignerInfo& signer, const Oid& type, Bytes value) {
  for (Attribute& attribute : signer.unsigned_attrs) {
    if (attribute.type != type) continue;
    attribute.values.push_back(std::move(value));
    return;
  }
  signer.unsigned_attrs.push_back({.type = type, .values = {std::move(value)}});
}

}  // namespace bulla::cms
