// The named curves (RFC 5480 2.1.1.1, RFC 5639).
#pragma once

#include <span>
#include <string_view>

#include "bulla/oid.h"
#include "crypto/openssl.h"

namespace bulla::crypto {

struct CurveRow {
  Oid oid;
  const char* group;       // libcrypto's name
  int nid;                 // libcrypto's number
  std::size_t bits;        // of the field
  std::size_t field_size;  // octets of a coordinate
};

std::span<const CurveRow> curve_rows();
const CurveRow* find_curve(const Oid& oid);

// Uncompressed or compressed, of the curve's size; no hybrid form, no point at
// infinity (KM-14, KM-15). Whether it is on the curve is not looked at.
bool is_point_form(const CurveRow& curve, ByteView point);

}  // namespace bulla::crypto
