#include "x509/certificate_key.h"

#include "x509/certificate_data.h"

namespace bulla::x509 {
namespace {

bool has_usual_key_limits(const Limits& limits) {
  constexpr Limits usual;
  return limits.rsa_bits == usual.rsa_bits && limits.rsa_exponent_bits == usual.rsa_exponent_bits &&
         limits.der_depth == usual.der_depth && limits.der_elements == usual.der_elements;
}

}  // namespace

Result<crypto::PublicKey> public_key(const Certificate& certificate, const Limits& limits) {
  const Certificate::Data& data = certificate.data();
  if (!has_usual_key_limits(limits)) return crypto::PublicKey::parse(data.spki, limits);
  std::call_once(data.key_once, [&] { data.public_key = crypto::PublicKey::parse(data.spki); });
  return *data.public_key;
}

}  // namespace bulla::x509
