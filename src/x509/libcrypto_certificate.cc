#include "x509/libcrypto_certificate.h"

#include "crypto/openssl.h"
#include "x509/certificate_data.h"

namespace bulla {

void Certificate::Data::Release::operator()(x509_st* object) const { X509_free(object); }

namespace x509 {
namespace {

std::unique_ptr<X509, Certificate::Data::Release> read(ByteView der) {
  X509* x509 = X509_new_ex(crypto::certificate_library(), nullptr);
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
    data.libcrypto = read(data.der);
  });
  return data.libcrypto.get();
}

}  // namespace x509
}  // namespace bulla
