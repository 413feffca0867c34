#include "cms/recipient_info.h"

#include "base/check.h"
#include "cms/recipient_info/kinds.h"

namespace bulla::cms {

OtherRecipientInfo skip(asn1::Reader& seq) {
  seq.skip_rest();
  return {};
}

// RecipientInfo ::= CHOICE {
//     ktri      KeyTransRecipientInfo,
//     kari  [1] KeyAgreeRecipientInfo,
//     kekri [2] KEKRecipientInfo,
//     pwri  [3] PasswordRecipientInfo,
//     ori   [4] OtherRecipientInfo }  -- CMS-49
RecipientInfo read_recipient_info(asn1::Reader& in) {
  if (in.next_is(kKtriTag)) return read_ktri(in);
  if (in.next_is(kKariTag)) return read_kari(in);
  if (in.next_is(kKekriTag)) return read_kekri(in);
  if (in.next_is(kPwriTag)) return read_pwri(in);
  if (in.next_is(kOriTag)) return read_ori(in);
  in.element();
  return OtherRecipientInfo{};
}

void write_recipient_info(asn1::Writer& out, const RecipientInfo& info) {
  std::visit(
      [&](const auto& kind) {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, OtherRecipientInfo>) {
          CHECK(false && "a skipped RecipientInfo cannot be written");
        } else {
          write(out, kind);
        }
      },
      info);
}

std::string_view kind(const RecipientInfo& info) {
  constexpr std::string_view kNames[] = {"ktri", "kari", "kekri", "pwri", "kemri", "ori"};
  return kNames[info.index()];
}

std::vector<RecipientPlace> recipient_places(const std::vector<RecipientInfo>& recipients) {
  std::vector<RecipientPlace> places;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (const auto* kari = std::get_if<KeyAgreeRecipientInfo>(&recipients[i])) {
      for (std::size_t k = 0; k < kari->recipients.size(); ++k) {
        places.push_back({i, k, &kari->recipients[k].rid});
      }
      continue;
    }
    RecipientPlace place{.info = i};
    if (const auto* ktri = std::get_if<KeyTransRecipientInfo>(&recipients[i]))
      place.rid = &ktri->rid;
    if (const auto* kemri = std::get_if<KemRecipientInfo>(&recipients[i])) place.rid = &kemri->rid;
    places.push_back(place);
  }
  return places;
}

}  // namespace bulla::cms
