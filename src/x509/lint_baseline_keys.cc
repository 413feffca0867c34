// Keys and signatures by the Baseline Requirements: 6.1.5, 6.1.6 and 7.1.3.
#include <algorithm>
#include <array>

#include "crypto/public_key.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

// The encodings of 7.1.3.1.
constexpr std::array<std::string_view, 12> kKeyEncodings = {
    "300d06092a864886f70d0101010500",
    "301306072a8648ce3d020106082a8648ce3d030107",
    "301006072a8648ce3d020106052b81040022",
    "301006072a8648ce3d020106052b81040023",
    "300506032b6570",
    "300506032b6571",
    "300b0609608648016503040311",
    "300b0609608648016503040312",
    "300b0609608648016503040313",
    "300b0609608648016503040401",
    "300b0609608648016503040402",
    "300b0609608648016503040403",
};

// The encodings of 7.1.3.2.
constexpr std::array<std::string_view, 14> kSignatureEncodings = {
    "300d06092a864886f70d01010b0500",
    "300d06092a864886f70d01010c0500",
    "300d06092a864886f70d01010d0500",
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
    "3"
    "00d06096086480165030402010500a203020120",
    "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108"
    "3"
    "00d06096086480165030402020500a203020130",
    "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108"
    "3"
    "00d06096086480165030402030500a203020140",
    "300a06082a8648ce3d040302",
    "300a06082a8648ce3d040303",
    "300a06082a8648ce3d040304",
    "300506032b6570",
    "300506032b6571",
    "300b0609608648016503040311",
    "300b0609608648016503040312",
    "300b0609608648016503040313",
};

void key_encoding(const View& view, Found& found) {
  std::string encoding = to_hex(view.key_algorithm_der);
  bool is_known =
      std::find(kKeyEncodings.begin(), kKeyEncodings.end(), encoding) != kKeyEncodings.end();
  found.add_if(!is_known, "subjectPublicKeyInfo", view.key.description);
}

void key_kind(const View& view, Found& found) {
  constexpr std::array kKinds = {
      KeyKind::Rsa,     KeyKind::Ec,      KeyKind::Ed25519,  KeyKind::Ed448,    KeyKind::MlDsa44,
      KeyKind::MlDsa65, KeyKind::MlDsa87, KeyKind::MlKem512, KeyKind::MlKem768, KeyKind::MlKem1024};
  bool is_known = std::find(kKinds.begin(), kKinds.end(), view.key.kind) != kKinds.end();
  found.add_if(!is_known, "subjectPublicKeyInfo", view.key.description);
}

void signature_encoding(const View& view, Found& found) {
  std::string encoding = to_hex(view.inner_algorithm);
  bool is_known = std::find(kSignatureEncodings.begin(), kSignatureEncodings.end(), encoding) !=
                  kSignatureEncodings.end();
  found.add_if(!is_known, "signature", encoding);
}

struct RsaNumbers {
  ByteView modulus;
  ByteView exponent;
};

// RSAPublicKey ::= SEQUENCE {
//     modulus         INTEGER,
//     publicExponent  INTEGER }
std::optional<RsaNumbers> rsa_numbers(const View& view) {
  if (view.key.kind != KeyKind::Rsa) return std::nullopt;
  auto numbers = asn1::decode(view.public_key.bytes, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    RsaNumbers result;
    result.modulus = seq.contents(asn1::Tag::Integer);
    result.exponent = seq.contents(asn1::Tag::Integer);
    return result;
  });
  if (!numbers || numbers->modulus.empty() || numbers->exponent.empty()) return std::nullopt;
  return *numbers;
}

void modulus(const View& view, Found& found) {
  bool is_wrong = view.key.bits < 2'048 || view.key.bits % 8 != 0;
  found.add_if(view.key.kind == KeyKind::Rsa && is_wrong, "subjectPublicKeyInfo",
               view.key.description);
}

void exponent(const View& view, Found& found) {
  auto numbers = rsa_numbers(view);
  bool is_small = view.key.exponent_bits < 2;
  found.add_if(numbers && (is_small || numbers->exponent.back() % 2 == 0), "subjectPublicKeyInfo",
               numbers ? to_hex(numbers->exponent) : "");
}

// From 2^16 + 1 to 2^256 - 1.
void exponent_range(const View& view, Found& found) {
  bool is_outside = view.key.exponent_bits < 17 || view.key.exponent_bits > 256;
  found.add_if(rsa_numbers(view) && is_outside, "subjectPublicKeyInfo",
               std::to_string(view.key.exponent_bits) + " bits");
}

unsigned remainder(ByteView number, unsigned divisor) {
  unsigned rest = 0;
  for (std::uint8_t octet : number) rest = (rest << 8 | octet) % divisor;
  return rest;
}

// No factor below 752; the smallest divisor over 1 is a prime.
void small_factor(const View& view, Found& found) {
  auto numbers = rsa_numbers(view);
  if (!numbers || view.key.bits == 0) return;
  for (unsigned factor = 2; factor < 752; ++factor) {
    if (remainder(numbers->modulus, factor) != 0) continue;
    return found.add("subjectPublicKeyInfo", std::to_string(factor));
  }
}

// libcrypto knows whether the point is on the curve.
void curve_point(const View& view, Found& found) {
  if (view.key.kind != KeyKind::Ec || view.key.bits == 0) return;
  auto key = crypto::PublicKey::parse(view.spki);
  found.add_if(!key && key.error().rule == Rule::CryptoBadKey, "subjectPublicKeyInfo",
               view.key.description);
}

constexpr std::array kRows = {
    Row{{"br.key-kind", kError, "BR 6.1.5", "subscribers have no keys of this kind"}, key_kind},
    Row{{"br.key-encoding", kError, "BR 7.1.3.1",
         "the algorithm of the key is not encoded as one of those that are allowed"},
        key_encoding},
    Row{{"br.signature-encoding", kError, "BR 7.1.3.2",
         "the algorithm of the signature is not encoded as one of those that are allowed"},
        signature_encoding},
    Row{{"br.rsa-modulus", kError, "BR 6.1.5",
         "the modulus has less than 2048 bits, or not a multiple of 8"},
        modulus},
    Row{{"br.rsa-exponent", kError, "BR 6.1.6", "the exponent is even, or less than 3"}, exponent},
    Row{{"br.rsa-exponent-range", kWarning, "BR 6.1.6",
         "the exponent is not between 2^16 + 1 and 2^256 - 1"},
        exponent_range},
    Row{{"br.rsa-small-factor", kWarning, "BR 6.1.6", "the modulus has a factor below 752"},
        small_factor},
    Row{{"br.ec-point", kWarning, "BR 6.1.6", "the key is no point on its curve"}, curve_point},
};

}  // namespace

std::span<const Row> baseline_key_rows() { return kRows; }

}  // namespace bulla::x509::lint
