// The content key out of one RecipientInfo, with the key that it names.
//
// Errors that the message alone decides, before any secret is used, keep their rule
// (crypto.unknown-algorithm, crypto.bad-parameters, crypto.unavailable,
// limit.iterations). All others are Rule::EncFailed.
#pragma once

#include "bulla/trust.h"
#include "cms/decrypt.h"
#include "cms/password_wrap.h"

namespace bulla::cms {

// Whether a RecipientInfo of this kind is for keys of that kind.
bool takes(const KeyTransRecipientInfo& info, KeyKind kind);
bool takes(const KeyAgreeRecipientInfo& info, KeyKind kind);
bool takes(const KemRecipientInfo& info, KeyKind kind);

// `size` is the content cipher's key size; a key of any other is a failure (T-39),
// but for PKCS #1 v1.5, where it is no error (T-26).
Result<Secret> open_ktri(const KeyTransRecipientInfo& info, const PrivateKey& key,
                         std::size_t size);

struct AgreedKey {
  Secret key;
  bool used_old_form = false;
};
// `recipient` is an index into info.recipients.
Result<AgreedKey> open_kari(const EnvelopedHeader& header, const KeyAgreeRecipientInfo& info,
                            std::size_t recipient, const PrivateKey& key, std::size_t size,
                            OldForms old_forms);

Result<Secret> open_kemri(const KemRecipientInfo& info, const PrivateKey& key, std::size_t size);

Result<Secret> open_kekri(const KekRecipientInfo& info, ByteView kek, std::size_t size);

// What a PasswordRecipientInfo asks for, known before any password is used.
struct PasswordMethod {
  crypto::PasswordDerivation derivation;
  std::optional<PasswordWrap> password_wrap;           // id-alg-PWRI-KEK, or
  crypto::KeyWrap key_wrap = crypto::KeyWrap::Aes256;  // a key wrap itself (KM-37)

  static Result<PasswordMethod> read(const PasswordRecipientInfo& info, const Limits& limits);
  Result<Secret> open(const PasswordRecipientInfo& info, ByteView password, std::size_t size) const;
};

}  // namespace bulla::cms
