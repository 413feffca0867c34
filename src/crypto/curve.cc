#include "crypto/curve.h"

#include <openssl/obj_mac.h>

namespace bulla::crypto {
namespace {

constexpr CurveRow kCurves[] = {
    {Oid::of("1.2.840.10045.3.1.7"), "P-256", NID_X9_62_prime256v1, 256, 32},
    {Oid::of("1.3.132.0.34"), "P-384", NID_secp384r1, 384, 48},
    {Oid::of("1.3.132.0.35"), "P-521", NID_secp521r1, 521, 66},
    {Oid::of("1.3.36.3.3.2.8.1.1.7"), "brainpoolP256r1", NID_brainpoolP256r1, 256, 32},
    {Oid::of("1.3.36.3.3.2.8.1.1.11"), "brainpoolP384r1", NID_brainpoolP384r1, 384, 48},
    {Oid::of("1.3.36.3.3.2.8.1.1.13"), "brainpoolP512r1", NID_brainpoolP512r1, 512, 64},
};

}  // namespace

std::span<const CurveRow> curve_rows() { return kCurves; }

const CurveRow* find_curve(const Oid& oid) {
  for (const CurveRow& curve : kCurves) {
    if (curve.oid == oid) return &curve;
  }
  return nullptr;
}

bool is_point_form(const CurveRow& curve, ByteView point) {
  if (point.empty()) return false;
  if (point[0] == 4) return point.size() == 1 + 2 * curve.field_size;
  return (point[0] == 2 || point[0] == 3) && point.size() == 1 + curve.field_size;
}

}  // namespace bulla::crypto
