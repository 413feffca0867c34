#include "bulla/request.h"

#include <algorithm>

#include "base/try.h"
#include "cms/writer.h"
#include "crypto/post_quantum.h"
#include "crypto/public_key.h"
#include "mime/writer.h"
#include "x509/extensions.h"
#include "x509/name.h"
#include "x509/name_writer.h"
#include "x509/request_writer.h"

namespace bulla {
namespace {

bool can_sign(KeyKind kind) {
  switch (kind) {
    case KeyKind::RsaOaep:
    case KeyKind::RsaKem:
    case KeyKind::X25519:
    case KeyKind::X448:
    case KeyKind::Dh:
      return false;
    default:
      break;
  }
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(kind);
  return row == nullptr || row->signature.has_value();
}

Result<Bytes> subject_of(const CertificationRequestOptions& wish) {
  if (wish.subject) return x509::write_name(*wish.subject);
  if (wish.name && !wish.name->empty()) return x509::write_common_name(*wish.name);
  // An old certificate may have the address there; a new one has it in subjectAltName alone
  // (RFC 8550 3, CERT-08).
  if (wish.like) return x509::without_attribute(wish.like->subject_der(), x509::kEmailAddress);
  return x509::write_name("");
}

std::optional<Bytes> key_usage_of(const CertificationRequestOptions& wish, KeyKind kind) {
  if (!wish.like || wish.like->key_kind() != kind) return std::nullopt;
  const CertificateExtension* usage = wish.like->extension(x509::kKeyUsage);
  if (usage == nullptr) return std::nullopt;
  return to_bytes(usage->value);
}

// One key under two names lets each stand in for the other: a new name takes a new key (RFC 2312
// 5.1, CERT-69).
Result<void> check_name(const PrivateKey& key, const CertificationRequestOptions& wish,
                        ByteView subject) {
  bool is_asked = wish.subject || (wish.name && !wish.name->empty());
  bool is_new =
      !wish.like || !equal(wish.like->subject_public_key_info(), key.subject_public_key_info());
  if (!is_asked || is_new || x509::equal_names(subject, wish.like->subject_der())) return {};
  return failure(
      Rule::IoUsage, 0,
      "the key has a certificate for " + wish.like->subject() + "; a new name takes a new key");
}

}  // namespace

std::vector<std::string> requested_addresses(const CertificationRequestOptions& wish) {
  std::vector<std::string> addresses = wish.addresses;
  if (!addresses.empty() || !wish.like) return addresses;
  for (const CertificateAddress& one : wish.like->addresses()) {
    bool is_known = std::find(addresses.begin(), addresses.end(), one.address) != addresses.end();
    if (!is_known) addresses.push_back(one.address);
  }
  return addresses;
}

Result<Bytes> write_certification_request(const PrivateKey& key,
                                          const CertificationRequestOptions& wish) {
  if (!can_sign(key.kind())) {
    return failure(Rule::KeyCannotSign, 0, std::string(name(key.kind())));
  }
  bool is_pss = wish.padding == CertificationRequestOptions::Padding::Pss;
  auto public_key = TRY(crypto::PublicKey::parse(key.subject_public_key_info()));
  auto scheme = TRY(cms::choose_scheme(public_key, std::nullopt,
                                       is_pss ? cms::RsaPadding::Pss : cms::RsaPadding::Pkcs1));
  x509::RequestedNames names;
  names.subject = TRY(subject_of(wish));
  TRY_VOID(check_name(key, wish, names.subject));
  names.addresses = requested_addresses(wish);
  names.key_usage = key_usage_of(wish, key.kind());
  return x509::write_certification_request(key, scheme, names);
}

std::string write_request_entity(ByteView request) {
  return mime::write_base64_entity(mime::write_pkcs10_header(), request);
}

}  // namespace bulla
