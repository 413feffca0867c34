// The kinds of RecipientInfo, each read and written in the file of its name.
//
// A read function takes the element under the tag of its choice. A version that is
// not the kind's own gives OtherRecipientInfo (CMS-50).
#pragma once

#include "cms/recipient_info.h"

namespace bulla::cms {

inline constexpr asn1::Tag kKtriTag = asn1::Tag::Sequence;
inline constexpr asn1::Tag kKariTag = asn1::constructed(1);
inline constexpr asn1::Tag kKekriTag = asn1::constructed(2);
inline constexpr asn1::Tag kPwriTag = asn1::constructed(3);
inline constexpr asn1::Tag kOriTag = asn1::constructed(4);

inline constexpr Oid kOriKem = Oid::of("1.2.840.113549.1.9.16.13.3");

RecipientInfo read_ktri(asn1::Reader& in);
RecipientInfo read_kari(asn1::Reader& in);
RecipientInfo read_kekri(asn1::Reader& in);
RecipientInfo read_pwri(asn1::Reader& in);
RecipientInfo read_ori(asn1::Reader& in);
// The oriValue of id-ori-kem.
RecipientInfo read_kemri(asn1::Reader& in);

void write(asn1::Writer& out, const KeyTransRecipientInfo& info);
void write(asn1::Writer& out, const KeyAgreeRecipientInfo& info);
void write(asn1::Writer& out, const KekRecipientInfo& info);
void write(asn1::Writer& out, const PasswordRecipientInfo& info);
void write(asn1::Writer& out, const KemRecipientInfo& info);

// Passes over what is left of a RecipientInfo that is not understood.
OtherRecipientInfo skip(asn1::Reader& seq);

}  // namespace bulla::cms
