// Header protection (RFC 9788): what is written inside and outside, and what is
// read from both.
#pragma once

#include "bulla/finding.h"
#include "bulla/seal.h"
#include "bulla/verdict.h"
#include "mime/header.h"

namespace bulla {

enum class Confidentiality { Clear, Encrypted };  // no encryption in the recipe, or some

// The fields of a mail, divided for sealing (HP-04 to HP-16). All are raw lines
// with CRLF, without an empty line at the end.
struct ProtectedFields {
  Bytes inner;     // non-structural fields for the payload root, HP-Outer included
  Bytes outer;     // non-structural fields for the outside, after the confidentiality policy
  std::string hp;  // the value of the hp parameter: "clear" or "cipher"
};
// Bcc goes nowhere (HP-06). Fields that relays added on the way (Received, DKIM-Signature)
// are nothing that the composer says: they stay outside.
ProtectedFields protect_fields(const mime::Header& header, HeaderConfidentiality policy,
                               Confidentiality confidentiality);

// The Content-Type line of the payload root with the hp parameter added (HP-02): the fields stand
// in the root's own header, never in that of a message/rfc822 around it (HP-45). Or
// without any if `hp` is empty; "text/plain" if the header has none. Raw line with CRLF.
Bytes content_type_with_hp(const mime::Header& header, std::string_view hp);

// How the payload was protected when it was read.
struct PayloadProtection {
  bool is_encrypted = false;  // an encryption layer is in the envelope
  bool has_valid_signature = false;
};

// Reads the header sets of a payload root and compares them with the outside
// (HP-25 to HP-36). `outer` is the header as received. Headers that are protected in an
// older way have an empty mode: Content-Type parameter protected-headers="v1" (HP-48).
Headers read_headers(const mime::Header& outer, const mime::Header& payload,
                     const PayloadProtection& protection);

// What read_headers() calls unsigned is signed: a valid signature covers the payload.
void mark_signed(Headers& headers);

// Whether the payload may be a whole message that stands for this one, fields
// included: message/rfc822 without hp (RFC8551HP, HP-46). Whether the message inside
// is itself protected, or has hp, is to be seen from its own header.
bool wraps_message(const mime::Header& payload);

// The same as read_headers() for the header of the message inside: all its fields are
// protected, the outside is what the sender put there (HP-47).
Headers read_wrapped_headers(const mime::Header& outer, const mime::Header& wrapped,
                             const PayloadProtection& protection);

// The findings for them: hp.field-differs, hp.outer-differs, hp.from-differs,
// hp.field-unprotected, hp.wrong-mode, hp.legacy-scheme (HP-27 to HP-34).
// `headers.from` is what the payload says, by whatever scheme. `signer_is_from`: a valid
// signer has the address of the From that the message is judged by: the protected one, or by
// an older scheme the outer one.
enum class SignerIsFrom { No, Yes };
Findings check_headers(const Headers& headers, const mime::Header& outer,
                       const PayloadProtection& protection, SignerIsFrom signer_is_from);

// The header block of the mail that `open` writes: outer fields that the payload
// does not protect, the payload's protected fields without trace fields (T-94), its
// structural fields without hp, for what goes out is a cryptographic payload no more (HP-02);
// no empty line at the end. Line ends as they came. Of a protected
// payload's fields, what steers an answer comes from inside alone (HP-32). Ignored: the
// payload is a part of the message, whose fields say nothing of the message.
enum class InnerFields { Taken, Ignored };
Bytes merge_headers(const mime::Header& outer, const mime::Header& payload,
                    InnerFields inner = InnerFields::Taken);

}  // namespace bulla
