#include "cms/recipient_editor.h"

#include <algorithm>
#include <array>
#include <span>

#include "asn1/ber.h"
#include "asn1/writer.h"
#include "base/try.h"
#include "cms/recipient_info/kinds.h"

namespace bulla::cms {
namespace {

using asn1::BerHeader;
using asn1::Tag;

// Walks over encoded elements that the parser has read before.
class Walk {
 public:
  Walk(ByteView octets, const Limits& limits) : rest_(octets), limits_(limits) {}

  bool more() const { return !rest_.empty() && !next_is(Tag::EndOfContents); }
  bool next_is(Tag tag) const {
    return !rest_.empty() && rest_[0] == static_cast<std::uint8_t>(tag);
  }
  ByteView rest() const { return rest_; }

  Result<ByteView> element() {
    std::size_t size = TRY(asn1::element_size(rest_, limits_));
    ByteView element = rest_.first(size);
    rest_ = rest_.subspan(size);
    return element;
  }

  // Goes inside the next element.
  Result<BerHeader> enter() {
    BerHeader header = TRY(asn1::read_header(rest_));
    rest_ = rest_.subspan(header.size);
    return header;
  }

 private:
  ByteView rest_;
  const Limits& limits_;
};

// The elements inside one that is complete.
Result<std::vector<Bytes>> elements_inside(ByteView element, const Limits& limits) {
  Walk walk(element, limits);
  TRY(walk.enter());
  std::vector<Bytes> elements;
  while (walk.more()) elements.push_back(to_bytes(TRY(walk.element())));
  return elements;
}

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

// An element around the list: its header, and what stands between it and the next one.
struct Enclosing {
  BerHeader header;
  ByteView raw;
  ByteView behind;
};

// The headers again, outermost first, for an innermost element that has `more` octets.
Bytes resized(std::span<const Enclosing> elements, std::int64_t more) {
  Bytes written;
  for (std::size_t i = elements.size(); i-- > 0;) {
    const Enclosing& element = elements[i];
    Bytes header = to_bytes(element.raw);
    if (element.header.length) {
      // Modulo 2^64, for a length may lie: then the parser fails before anything is finished.
      std::uint64_t length = *element.header.length + static_cast<std::uint64_t>(more);
      header = asn1::encode_header(element.header.tag, length);
    }
    more +=
        static_cast<std::int64_t>(header.size()) - static_cast<std::int64_t>(element.raw.size());
    append(header, element.behind);
    written.insert(written.begin(), header.begin(), header.end());
  }
  return written;
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
  if (encrypts(content_type)) return {};
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
  for (Enclosing& element : around) {
    ByteView start = walk.rest();
    element.header = TRY(walk.enter());
    element.raw = start.first(element.header.size);
    if (&element == around.data()) element.behind = TRY(walk.element());
  }
  ByteView from = walk.rest();
  TRY(walk.element());  // version
  ByteView originator_info;
  if (walk.next_is(asn1::constructed(0))) originator_info = TRY(walk.element());
  ByteView before = TRY(walk.element());
  std::vector<Bytes> infos = TRY(elements_inside(before, limits_));
  std::size_t size_before = from.size() - walk.rest().size();
  if (infos.size() != header_->recipients.size()) return failure(Rule::Asn1UnexpectedTag);

  infos = TRY(edit_(*header_, std::move(infos)));
  if (infos.empty()) return failure(Rule::CmsNoRecipients, 0, "nobody could open the message");
  std::uint64_t version = 0;
  if (!header_->authenticated) {
    version = TRY(enveloped_version(header_->version, originator_info, infos, limits_));
  }
  Bytes list = asn1::encode([&](asn1::Writer& out) { out.set_of(std::move(infos)); });
  if (list.size() > limits_.recipient_infos_bytes) return failure(Rule::LimitSize);
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
  if (fields.empty()) return failure(Rule::Asn1Truncated);
  std::vector<Bytes> keys = TRY(elements_inside(fields.back(), limits));
  if (key >= keys.size()) return failure(Rule::Asn1UnexpectedTag);
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
