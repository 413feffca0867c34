#include "cms/recipient_editor.h"

#include <algorithm>
#include <array>

#include "asn1/writer.h"
#include "base/try.h"
#include "cms/enclosing.h"
#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

using asn1::BerHeader;
using asn1::Tag;

// What OriginatorInfo asks of the version (RFC 5652 6.1): 4 with certificates or revocation
// information of kind "other", 3 with attribute certificates of version 2, else nothing.
//
// CertificateChoices: [2] v2AttrCert, [3] other; RevocationInfoChoice: [1] other.
Result<std::uint64_t> originator_version(ByteView originator_info, const Limits& limits) {
  std::uint64_t version = 0;
  for (const Bytes& set : TRY(elements_inside(originator_info, limits))) {
    bool is_certificates = set[0] == static_cast<std::uint8_t>(asn1::constructed(0));
    for (const Bytes& choice : TRY(elements_inside(set, limits))) {
      auto tag = static_cast<Tag>(choice[0]);
      bool is_other = tag == asn1::constructed(is_certificates ? 3 : 1);
      if (is_other) version = 4;
      if (is_certificates && tag == asn1::constructed(2))
        version = std::max<std::uint64_t>(version, 3);
    }
  }
  return version;
}

// The version that stands first in a RecipientInfo under its own tag.
Result<bool> has_version_0(ByteView info) {
  BerHeader header = TRY(asn1::read_header(info));
  constexpr std::array<std::uint8_t, 3> kZero = {0x02, 0x01, 0x00};
  ByteView contents = info.subspan(header.size);
  return header.tag == kKtriTag && contents.size() >= kZero.size() &&
         equal(contents.first(kZero.size()), kZero);
}

// EnvelopedData.version (RFC 5652 6.1, CMS-46). unprotectedAttrs stand behind the content: a
// message that had not version 0 may have some, and then wants 2.
Result<std::uint64_t> enveloped_version(std::int64_t before, ByteView originator_info,
                                        const std::vector<Bytes>& infos, const Limits& limits) {
  std::uint64_t version = before == 0 && originator_info.empty() ? 0 : 2;
  if (!originator_info.empty()) {
    version = std::max(version, TRY(originator_version(originator_info, limits)));
  }
  for (const Bytes& info : infos) {
    auto tag = static_cast<Tag>(info[0]);
    if (tag == kPwriTag || tag == kOriTag) version = std::max<std::uint64_t>(version, 3);
    if (!TRY(has_version_0(info))) version = std::max<std::uint64_t>(version, 2);
  }
  return version;
}

}  // namespace

RecipientEditor::RecipientEditor(Edit edit, const Limits& limits, crypto::Output output)
    : edit_(std::move(edit)),
      limits_(limits),
      output_(std::move(output)),
      parser_(*this, limits_) {}

Result<void> RecipientEditor::push(ByteView chunk) {
  TRY_VOID(parser_.push(chunk));
  if (writes_) return output_(chunk);
  append(held_, chunk);
  return header_ ? write_beginning() : Result<void>();
}

Result<void> RecipientEditor::finish() { return parser_.finish(); }

Result<void> RecipientEditor::content_info(const Oid& content_type) {
  if (content_type == kEncryptedData) {
    return failure(Rule::CmsNoRecipients, 0, "EncryptedData has a key that both sides know");
  }
  // The signature of SignedAndEnvelopedData stands under the same key; it is read, not written.
  if (encrypts(content_type) && content_type != kSignedAndEnvelopedData) return {};
  return failure(Rule::PolicyAbsent, 0,
                 "the outermost layer is " + describe_content_type(content_type));
}

Result<void> RecipientEditor::enveloped_data(EnvelopedHeader header) {
  header_ = std::move(header);
  return {};
}

// ContentInfo SEQUENCE { contentType, [0] { …Data SEQUENCE {
//     version, originatorInfo [0] OPTIONAL, recipientInfos SET, …
Result<void> RecipientEditor::write_beginning() {
  Walk walk(held_, limits_);
  std::array<Enclosing, 3> around;
  around[0] = TRY(Enclosing::read(walk, 1));
  around[1] = TRY(Enclosing::read(walk, 0));
  around[2] = TRY(Enclosing::read(walk, 0));
  ByteView from = walk.rest();
  TRY(walk.element());  // version
  ByteView originator_info;
  if (walk.next_is(asn1::constructed(0))) originator_info = TRY(walk.element());
  ByteView before = TRY(walk.element());
  std::vector<Bytes> infos = TRY(elements_inside(before, limits_));
  std::size_t size_before = from.size() - walk.rest().size();
  if (infos.size() != header_->recipients.size()) {
    return failure(Rule::Asn1UnexpectedTag, 0, "recipientInfos");
  }

  infos = TRY(edit_(*header_, std::move(infos)));
  if (infos.empty()) return failure(Rule::CmsNoRecipients, 0, "nobody could open the message");
  std::uint64_t version = 0;
  if (!header_->authenticated) {
    version = TRY(enveloped_version(header_->version, originator_info, infos, limits_));
  }
  Bytes list = asn1::encode([&](asn1::Writer& out) { out.set_of(std::move(infos)); });
  if (list.size() > limits_.recipient_infos_bytes) {
    return failure(Rule::LimitSize, 0,
                   "recipientInfos of " + std::to_string(list.size()) + " octets");
  }
  Bytes inside = asn1::encode([&](asn1::Writer& out) { out.integer(version); });
  append(inside, originator_info);
  append(inside, list);
  auto more = static_cast<std::int64_t>(inside.size()) - static_cast<std::int64_t>(size_before);
  TRY_VOID(output_(resized(around, more)));
  TRY_VOID(output_(inside));
  TRY_VOID(output_(walk.rest()));
  held_ = {};
  writes_ = true;
  return {};
}

// KeyAgreeRecipientInfo ::= [1] SEQUENCE { …, recipientEncryptedKeys SEQUENCE OF
//     RecipientEncryptedKey }, the last of its fields
Result<Bytes> remove_agreed_key(ByteView info, std::size_t key, const Limits& limits) {
  std::vector<Bytes> fields = TRY(elements_inside(info, limits));
  if (fields.empty()) return failure(Rule::Asn1Truncated, 0, "KeyAgreeRecipientInfo");
  std::vector<Bytes> keys = TRY(elements_inside(fields.back(), limits));
  if (key >= keys.size()) return failure(Rule::Asn1UnexpectedTag, 0, "recipientEncryptedKeys");
  keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(key));
  fields.pop_back();
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer agreement = out.enter(kKariTag);
    for (const Bytes& field : fields) agreement.element(field);
    asn1::Writer list = agreement.sequence();
    for (const Bytes& one : keys) list.element(one);
  });
}

}  // namespace bulla::cms
