// Which entities are S/MIME (RFC 8551 3.10, RFC 2311 3.8 and C.1), by their header alone.
//
//   SmimeType found = recognize_smime(header);
//   if (found.kind == SmimeKind::Pkcs7Mime) open_cms(...);
//
// smime-type, name, filename and micalg are hints of the sender: the content decides what it
// is (MIME-27), and micalg only says which digests to begin with (MIME-19, T-106).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/header.h"

namespace bulla::mime {

enum class SmimeKind : std::uint8_t {
  None,
  Pkcs7Mime,               // application/pkcs7-mime, whatever else it says (MIME-31)
  Pkcs7Signature,          // application/pkcs7-signature
  MultipartSigned,         // protocol application/pkcs7-signature, or without any (MIME-32)
  MultipartSignedForeign,  // with another protocol: PGP and the like
  MultipartEncrypted,      // RFC 1847 2.2: never S/MIME, which encrypts with CMS alone
  Pkcs10,                  // application/pkcs10 (MIME-34)
  OctetStreamP7m,          // application/octet-stream, by the suffix of name or filename (MIME-33)
  OctetStreamP7s,          // alone: a signature whose content is not here (MIME-37)
  OctetStreamP7c,
  OctetStreamP7z,
  OctetStreamP10,
};

struct SmimeType {
  SmimeKind kind = SmimeKind::None;
  // "application/x-pkcs7-…" in the type or in protocol (mime.legacy-type, MIME-36).
  bool legacy = false;
  std::string smime_type;           // lower case; empty if absent
  std::string protocol;             // of the two multiparts, lower case; empty if absent
  std::vector<std::string> micalg;  // of multipart/signed, lower case, in their order
};

SmimeType recognize_smime(const ContentType& type, const ContentDisposition& disposition);
SmimeType recognize_smime(const Header& header);

// The names in a micalg parameter: lower case, without blanks, empty ones left out, at most
// 16, for no SignedData is digested with more (MIME-18).
std::vector<std::string> parse_micalg(std::string_view value);

}  // namespace bulla::mime
