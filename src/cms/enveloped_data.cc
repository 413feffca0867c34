#include "cms/enveloped_data.h"

#include "cms/signed_data.h"

namespace bulla::cms {
namespace {

// How many recipients a RecipientInfo names.
std::size_t count(const RecipientInfo& info) {
  const auto* kari = std::get_if<KeyAgreeRecipientInfo>(&info);
  return kari == nullptr ? 1 : std::max<std::size_t>(1, kari->recipients.size());
}

}  // namespace

// OriginatorInfo ::= SEQUENCE {
//     certs [0] IMPLICIT CertificateSet OPTIONAL,
//     crls  [1] IMPLICIT RevocationInfoChoices OPTIONAL }, under [0] IMPLICIT
//
// Only certificates of senders with static keys are of use here (CMS-61).
std::vector<Certificate> read_originator_info(asn1::Reader& in, const Limits& limits) {
  asn1::Reader seq = in.enter(asn1::constructed(0));
  std::vector<Certificate> certificates;
  if (seq.next_is(asn1::constructed(0))) {
    certificates = read_certificates(seq, limits).certificates;
  }
  seq.optional_element(asn1::constructed(1));
  return certificates;
}

std::vector<RecipientInfo> read_recipient_infos(asn1::Reader& in, const Limits& limits) {
  asn1::Reader set = in.set();
  std::vector<RecipientInfo> recipients;
  std::size_t total = 0;
  while (set.more()) {
    RecipientInfo recipient = read_recipient_info(set);
    total += count(recipient);
    if (total > limits.recipients) set.fail(Rule::LimitRecipients);
    recipients.push_back(std::move(recipient));
  }
  return recipients;
}

}  // namespace bulla::cms
