#include <algorithm>

#include "base/try.h"
#include "cms/decrypt.h"

namespace bulla::cms {
namespace {

// aes-ICVlen says the size of mac; where it is absent its default of 12 holds, and 16
// is taken too, as in the example of RFC 8551 3.4 (ALG-60).
bool mac_fits(const crypto::ContentEncryption& encryption, std::size_t size) {
  return size == encryption.tag_size || (encryption.default_tag_size && size == 16);
}

// authAttrs say the content type: they must where it is not id-data (CMS-63). OpenSSL
// leaves it out for id-data (authenveloped_attrs.pem of its tests); what is there is
// authenticated all the same.
bool attributes_fit(const EnvelopedHeader& header, const EnvelopedTail& tail) {
  if (tail.auth_attrs_der.empty()) return header.content_type == kData;
  std::size_t count = 0;
  for (const Attribute& attribute : tail.auth_attrs) {
    if (attribute.type == kContentTypeAttribute) ++count;
  }
  if (count == 0) return header.content_type == kData;
  const Attribute* attribute = find(tail.auth_attrs, kContentTypeAttribute);
  if (count != 1 || attribute->values.size() != 1) return false;
  auto type = asn1::decode(attribute->values[0], [](asn1::Reader& in) { return in.oid(); });
  return type && *type == header.content_type;
}

}  // namespace

ContentDecryptor::ContentDecryptor(crypto::Decryptor decryptor,
                                   crypto::ContentEncryption encryption, TagPlace tag_place)
    : decryptor_(std::move(decryptor)), encryption_(std::move(encryption)), tag_place_(tag_place) {}

Result<ContentDecryptor> ContentDecryptor::create(const crypto::ContentEncryption& encryption,
                                                  const ContentKey& key, TagPlace tag_place,
                                                  const Limits& limits) {
  Secret content_key = TRY(crypto::content_key(encryption, key.key.view()));
  auto decryptor = TRY(crypto::Decryptor::create(encryption.cipher, content_key.view(),
                                                 encryption.iv, limits.ccm_content_bytes));
  return ContentDecryptor(std::move(decryptor), encryption, tag_place);
}

Result<void> ContentDecryptor::update(ByteView ciphertext, const crypto::Output& output) {
  if (tag_place_ == TagPlace::Mac) return decryptor_.update(ciphertext, output);
  std::size_t total = end_.size() + ciphertext.size();
  std::size_t ready = total - std::min(total, encryption_.tag_size);
  std::size_t from_end = std::min(ready, end_.size());
  std::size_t from_chunk = ready - from_end;
  TRY_VOID(decryptor_.update(ByteView(end_).first(from_end), output));
  TRY_VOID(decryptor_.update(ciphertext.first(from_chunk), output));
  end_.erase(end_.begin(), end_.begin() + static_cast<std::ptrdiff_t>(from_end));
  append(end_, ciphertext.subspan(from_chunk));
  return {};
}

Result<void> ContentDecryptor::finish(const EnvelopedHeader& header, const EnvelopedTail& tail,
                                      const crypto::Output& output) {
  if (!tail.has_content) return failure(Rule::CmsExternalContent);
  if (!is_aead(encryption_.cipher)) return decryptor_.finish({}, {}, output);
  if (tag_place_ == TagPlace::EndOfContent) {
    if (end_.size() != encryption_.tag_size) return failure(Rule::EncFailed);
    return decryptor_.finish(end_, {}, output);
  }
  bool fits = mac_fits(encryption_, tail.mac.size()) && attributes_fit(header, tail);
  if (!fits) return failure(Rule::EncFailed);
  return decryptor_.finish(tail.mac, tail.auth_attrs_der, output);
}

std::optional<Bytes> decrypt_signature(const crypto::ContentEncryption& encryption,
                                       const ContentKey& key, ByteView signature) {
  if (is_aead(encryption.cipher)) return std::nullopt;
  Bytes plain;
  auto output = [&plain](ByteView octets) {
    append(plain, octets);
    return Result<void>();
  };
  EnvelopedTail tail;
  tail.has_content = true;
  auto decryptor = ContentDecryptor::create(encryption, key);
  bool fits =
      decryptor && decryptor->update(signature, output) && decryptor->finish({}, tail, output);
  return fits ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace bulla::cms
