#include "mime/smime_type.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulla::mime {
namespace {

constexpr std::size_t kMaxMicalg = 16;

struct SuffixRow {
  std::string_view suffix;
  SmimeKind kind;
};

// RFC 8551 3.10 has the first four, RFC 2311 3.8 the last two; "aps" is there for signed
// data with the application/x-pkcs7-signature of that time.
constexpr std::array<SuffixRow, 6> kSuffixes = {
    SuffixRow{".p7m", SmimeKind::OctetStreamP7m}, SuffixRow{".p7s", SmimeKind::OctetStreamP7s},
    SuffixRow{".p7c", SmimeKind::OctetStreamP7c}, SuffixRow{".p7z", SmimeKind::OctetStreamP7z},
    SuffixRow{".p10", SmimeKind::OctetStreamP10}, SuffixRow{".aps", SmimeKind::OctetStreamP7s}};

SmimeKind kind_by_suffix(std::string_view name) {
  name = trim(name);
  for (const SuffixRow& row : kSuffixes) {
    if (ends_with_ignoring_case(name, row.suffix)) return row.kind;
  }
  return SmimeKind::None;
}

// Either parameter suffices (MIME-35). Where both have a suffix of ours, the file name's is
// taken, as RFC 2183 2.3 gives it precedence.
SmimeKind kind_by_names(const ContentType& type, const ContentDisposition& disposition) {
  SmimeKind kind = kind_by_suffix(disposition.get("filename").value_or(""));
  return kind != SmimeKind::None ? kind : kind_by_suffix(type.get("name").value_or(""));
}

// Takes the "x-" off application/x-pkcs7-mime and its like.
std::string_view without_x(std::string_view subtype, bool& legacy) {
  legacy = subtype.starts_with("x-pkcs");
  return legacy ? subtype.substr(2) : subtype;
}

void recognize_multipart_signed(const ContentType& type, SmimeType& found) {
  if (auto micalg = type.get("micalg")) found.micalg = parse_micalg(*micalg);
  constexpr std::string_view kApplication = "application/";
  std::string_view subtype = found.protocol;
  bool ours = subtype.empty();
  if (subtype.starts_with(kApplication)) {
    subtype.remove_prefix(kApplication.size());
    ours = without_x(subtype, found.legacy) == "pkcs7-signature";
    found.legacy = found.legacy && ours;
  }
  found.kind = ours ? SmimeKind::MultipartSigned : SmimeKind::MultipartSignedForeign;
}

}  // namespace

SmimeType recognize_smime(const ContentType& type, const ContentDisposition& disposition) {
  SmimeType found;
  found.smime_type = lower(trim(type.get("smime-type").value_or("")));
  if (type.type == "multipart") {
    found.protocol = lower(trim(type.get("protocol").value_or("")));
    if (type.subtype == "signed") recognize_multipart_signed(type, found);
    if (type.subtype == "encrypted") found.kind = SmimeKind::MultipartEncrypted;
    return found;
  }
  if (type.type != "application") return found;
  std::string_view subtype = without_x(type.subtype, found.legacy);
  if (subtype == "pkcs7-mime") {
    found.kind = SmimeKind::Pkcs7Mime;
  } else if (subtype == "pkcs7-signature") {
    found.kind = SmimeKind::Pkcs7Signature;
  } else if (subtype == "pkcs10") {
    found.kind = SmimeKind::Pkcs10;
  } else {
    found.legacy = false;
    if (subtype == "octet-stream") found.kind = kind_by_names(type, disposition);
  }
  return found;
}

SmimeType recognize_smime(const Header& header) {
  return recognize_smime(header.content_type(), header.content_disposition());
}

std::vector<std::string> parse_micalg(std::string_view value) {
  std::vector<std::string> names;
  for (std::string_view piece : split(value, ',')) {
    std::string name = lower(trim(piece));
    if (!name.empty() && names.size() < kMaxMicalg) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace bulla::mime
