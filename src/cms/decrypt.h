// From an EnvelopedHeader and the keys at hand to the content key, and on to the
// content.
//
// Recipients are chosen by what RecipientInfos name, never by trial (T-27, T-28);
// at most Limits::private_key_operations. After a recipient matched, every failure
// is Rule::EncFailed, and PKCS #1 v1.5 padding is no failure at all (T-26).
#pragma once

#include <memory>

#include "bulla/trust.h"
#include "cms/recipient_info.h"
#include "crypto/algorithm_table.h"
#include "crypto/cipher.h"

namespace bulla::cms {

// Whether what old senders wrote is read: shared info before RFC 5753 (KM-22), and AEAD
// in EnvelopedData, from before RFC 5083.
enum class OldForms { Refuse, Read };

// What the header says of the content's cipher, checked against its place: AEAD in
// AuthEnvelopedData, CBC in EnvelopedData (enc.cipher-place; T-20, T-24), sizes of
// IV and tag (T-21, T-22). No key is used. An OID in no row is
// crypto.unknown-algorithm.
Result<crypto::ContentEncryption> check_content_encryption(const EnvelopedHeader& header,
                                                           OldForms old_forms = OldForms::Refuse);

struct ContentKey {
  Secret key;
  std::size_t recipient = 0;               // index into EnvelopedHeader::recipients
  std::optional<Certificate> certificate;  // of the identity that served, if it has one
  Findings findings;                       // enc.old-kdf
};

// Errors: key.none-fits, key.ambiguous, enc.duplicate-recipient, cms.no-recipients,
// enc.failed.
Result<ContentKey> recover_content_key(const EnvelopedHeader& header,
                                       const crypto::ContentEncryption& encryption,
                                       const KeySource& keys, const Limits& limits,
                                       OldForms old_forms);

// The same for any key of that many octets.
Result<ContentKey> recover_key(const EnvelopedHeader& header, std::size_t key_size,
                               const KeySource& keys, const Limits& limits, OldForms old_forms);

// The key of an EncryptedData, which names none: the one among ours that has the cipher's
// size. Errors: key.none-fits, key.ambiguous.
Result<ContentKey> find_shared_key(const crypto::ContentEncryption& encryption,
                                   const KeySource& keys);

// Where the tag of an AEAD cipher stands: in `mac`, or, in EnvelopedData, at the end of the
// encryptedContent, where crypto libraries put it.
enum class TagPlace { Mac, EndOfContent };

// The content of an EnvelopedData or AuthEnvelopedData.
class ContentDecryptor {
 public:
  static Result<ContentDecryptor> create(const crypto::ContentEncryption& encryption,
                                         const ContentKey& key, TagPlace tag_place = TagPlace::Mac,
                                         const Limits& limits = {});
  [[nodiscard]] Result<void> update(ByteView ciphertext, const crypto::Output& output);
  // For AuthEnvelopedData compares the tag over content and attributes, and checks
  // that authAttrs say the content type (CMS-63). All failures are enc.failed.
  [[nodiscard]] Result<void> finish(const EnvelopedHeader& header, const EnvelopedTail& tail,
                                    const crypto::Output& output);

 private:
  ContentDecryptor(crypto::Decryptor decryptor, crypto::ContentEncryption encryption,
                   TagPlace tag_place);
  crypto::Decryptor decryptor_;
  crypto::ContentEncryption encryption_;
  TagPlace tag_place_;
  Bytes end_;  // the last octets so far, which may be the tag
};

// A signature of SignedAndEnvelopedData, which is encrypted as the content is (RFC 2315 11).
// Nothing if it does not decrypt.
std::optional<Bytes> decrypt_signature(const crypto::ContentEncryption& encryption,
                                       const ContentKey& key, ByteView signature);

// zlib, bounded by Limits::compression_ratio (T-103). Errors: cms.bad-compression,
// limit.compression.
class Inflater {
 public:
  static Result<Inflater> create(const Limits& limits);
  Inflater(Inflater&&) noexcept;
  ~Inflater();
  [[nodiscard]] Result<void> update(ByteView compressed, const crypto::Output& output);
  [[nodiscard]] Result<void> finish();

 private:
  struct Inner;
  explicit Inflater(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace bulla::cms
