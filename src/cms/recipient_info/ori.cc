#include "cms/recipient_info/kinds.h"

namespace bulla::cms {

// OtherRecipientInfo ::= SEQUENCE {
//     oriType   OBJECT IDENTIFIER,
//     oriValue  ANY DEFINED BY oriType }
//
// id-ori-kem is the one type that is known (KM-39).
RecipientInfo read_ori(asn1::Reader& in) {
  asn1::Reader seq = in.enter(kOriTag);
  // An oriType that is no usable OID is as unknown as any (T-38).
  auto type = Oid::from_der(seq.contents(asn1::Tag::ObjectIdentifier));
  if (type && *type == kOriKem) return read_kemri(seq);
  seq.element();
  return OtherRecipientInfo{.type = type.value_or(Oid())};
}

}  // namespace bulla::cms
