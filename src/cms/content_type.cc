#include "cms/content_type.h"

#include <algorithm>
#include <array>

namespace bulla::cms {
namespace {

struct ContentTypeRow {
  ContentType type;
  Oid oid;
  std::string_view name;
};

constexpr std::array kContentTypes = {
    ContentTypeRow{ContentType::Data, kData, "data"},
    ContentTypeRow{ContentType::SignedData, kSignedData, "signed-data"},
    ContentTypeRow{ContentType::EnvelopedData, kEnvelopedData, "enveloped-data"},
    ContentTypeRow{ContentType::SignedAndEnvelopedData, kSignedAndEnvelopedData,
                   "signed-and-enveloped-data"},
    ContentTypeRow{ContentType::DigestedData, kDigestedData, "digested-data"},
    ContentTypeRow{ContentType::EncryptedData, kEncryptedData, "encrypted-data"},
    ContentTypeRow{ContentType::AuthenticatedData, kAuthenticatedData, "authenticated-data"},
    ContentTypeRow{ContentType::CompressedData, kCompressedData, "compressed-data"},
    ContentTypeRow{ContentType::AuthEnvelopedData, kAuthEnvelopedData, "auth-enveloped-data"},
    ContentTypeRow{ContentType::Receipt, kReceipt, "receipt"},
    ContentTypeRow{ContentType::TstInfo, kTstInfo, "tst-info"},
    ContentTypeRow{ContentType::ContentInfo, kContentInfoType, "content-info"},
};

}  // namespace

ContentType content_type(const Oid& oid) {
  const auto* row =
      std::find_if(kContentTypes.begin(), kContentTypes.end(),
                   [&](const ContentTypeRow& candidate) { return candidate.oid == oid; });
  return row == kContentTypes.end() ? ContentType::Other : row->type;
}

bool encrypts(const Oid& oid) {
  ContentType type = content_type(oid);
  return type == ContentType::EnvelopedData || type == ContentType::AuthEnvelopedData ||
         type == ContentType::EncryptedData || type == ContentType::SignedAndEnvelopedData;
}

bool needs_key(const Oid& oid) {
  return encrypts(oid) || content_type(oid) == ContentType::AuthenticatedData;
}

std::string_view name(ContentType type) {
  const auto* row =
      std::find_if(kContentTypes.begin(), kContentTypes.end(),
                   [&](const ContentTypeRow& candidate) { return candidate.type == type; });
  return row == kContentTypes.end() ? "other" : row->name;
}

std::string describe_content_type(const Oid& oid) {
  ContentType type = content_type(oid);
  return type == ContentType::Other ? oid.to_string() : std::string(name(type));
}

}  // namespace bulla::cms
