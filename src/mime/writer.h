// Headers of S/MIME entities, boundaries, and the split of a mail's header.
//
//   out += write_pkcs7_mime_header({.smime_type = "enveloped-data", .suffix = "p7m"});
//   out += base64 of the CMS message
//
// Everything ends its lines with CR LF and passes every value through the encoder of
// mime/words.h, so that nothing in it can begin a line (T-95). This layer draws no
// randomness: what is random comes as an argument.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bulla/bytes.h"
#include "mime/content_type.h"
#include "mime/header.h"

namespace bulla::mime {

// What stands in the header of an application/pkcs7-mime entity (RFC 8551 3.2). The suffix is
// that of name and of filename (MIME-28).
struct Pkcs7MimeHeader {
  std::string_view smime_type;      // "signed-data", …; left out if empty (MIME-24)
  std::string_view suffix = "p7m";  // "p7m", "p7c" or "p7z" (MIME-29); the base is smime
  TransferEncoding encoding = TransferEncoding::Base64;
};

// Content-Type, Content-Disposition and Content-Transfer-Encoding, without an empty line.
std::string write_pkcs7_mime_header(const Pkcs7MimeHeader& header);

// The same for the second part of multipart/signed: application/pkcs7-signature, smime.p7s.
std::string write_pkcs7_signature_header();

// The same for application/pkcs10 (MIME-49).
std::string write_pkcs10_header();

// An entity that stands alone: MIME-Version, that header, and the octets in base64.
std::string write_base64_entity(std::string_view header, ByteView octets);

// Content-Type of multipart/signed with protocol, micalg and boundary (RFC 8551 3.5.3.2,
// MIME-16, MIME-18). An empty micalg is written as "unknown".
std::string write_multipart_signed_header(const std::vector<std::string>& micalg,
                                          std::string_view boundary);

// What goes between and around the two parts: each begins with the CR LF that belongs to the
// delimiter and not to the part, but the first one.
std::string first_delimiter(std::string_view boundary);
std::string next_delimiter(std::string_view boundary);
std::string close_delimiter(std::string_view boundary);

// A boundary from random octets; "=_" in it occurs in no base64 and no quoted-printable text
// (RFC 2045 6.7). REQUIRES: 16 to 32 octets, unpredictable to who wrote the content.
std::string make_boundary(ByteView random);

// The fields of a mail in two blocks, each as received and in order, without the empty line:
// the ones that describe the body, and the others (HP-05).
struct SplitHeader {
  std::string structural;      // MIME-Version, Content-*
  std::string non_structural;  // From, Subject, …, and lines that are no field
};
SplitHeader split_header(const Header& header);

}  // namespace bulla::mime
