#include "x509/libcrypto_certificate.h"

#include "crypto/algorithm_table.h"
#include "crypto/openssl.h"
#include "x509/certificate_data.h"

namespace bulla {

void Certificate::Data::Release::operator()(x509_st* object) const { X509_free(object); }

namespace x509 {
namespace {

// The certificate's own key, and the issuer's by what it signed with.
crypto::CertificateKeys keys_of(const Certificate::Data& data) {
  using Keys = crypto::CertificateKeys;
  auto scheme = crypto::read_signature_scheme(data.signature_algorithm, std::nullopt);
  if (!scheme) return Keys::Any;
  bool signed_with_rsa = scheme->algorithm == SignatureAlgorithm::RsaPkcs1;
  bool signed_with_ec = scheme->algorithm == SignatureAlgorithm::Ecdsa;
  bool is_rsa = data.key.kind == KeyKind::Rsa;
  bool is_ec = data.key.kind == KeyKind::Ec;
  if (!(signed_with_rsa || signed_with_ec) || !(is_rsa || is_ec)) return Keys::Any;
  if (signed_with_rsa != is_rsa) return Keys::RsaAndEc;
  return is_rsa ? Keys::Rsa : Keys::Ec;
}

std::unique_ptr<X509, Certificate::Data::Release> read(const Certificate::Data& data) {
  ByteView der = data.der;
  X509* x509 = X509_new_ex(crypto::certificate_library(keys_of(data)), nullptr);
  crypto::require_memory(x509);
  const std::uint8_t* at = der.data();
  // A failure frees the object.
  if (d2i_X509(&x509, &at, static_cast<long>(der.size())) == nullptr) return nullptr;
  std::unique_ptr<X509, Certificate::Data::Release> owned(x509);
  return at == der.data() + der.size() ? std::move(owned) : nullptr;
}

}  // namespace

X509* libcrypto_certificate(const Certificate& certificate) {
  const Certificate::Data& data = certificate.data();
  std::call_once(data.libcrypto_once, [&] {
    crypto::ErrorScope scope;
    data.libcrypto = read(data);
  });
  return data.libcrypto.get();
}

}  // namespace x509
}  // namespace bulla
