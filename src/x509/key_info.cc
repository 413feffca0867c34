#include "x509/key_info.h"

#include <algorithm>
#include <array>
#include <bit>

#include "asn1/algorithm_identifier.h"
#include "crypto/dh.h"
#include "crypto/key_kind.h"
#include "crypto/oid_name.h"
#include "crypto/post_quantum.h"

namespace bulla::x509 {
namespace {

struct KindRow {
  Oid oid;
  KeyKind kind;
  std::string_view name;
  std::size_t bits;  // 0: depends on the key
};

constexpr std::array kKinds = {
    KindRow{Oid::of("1.2.840.113549.1.1.1"), KeyKind::Rsa, "RSA", 0},
    // id-ea-rsa of X.509, in certificates of S/MIME version 2 (CERT-67).
    KindRow{Oid::of("2.5.8.1.1"), KeyKind::Rsa, "RSA", 0},
    KindRow{Oid::of("1.2.840.113549.1.1.10"), KeyKind::RsaPss, "RSA-PSS", 0},
    KindRow{Oid::of("1.2.840.113549.1.1.7"), KeyKind::RsaOaep, "RSA-OAEP", 0},
    KindRow{Oid::of("1.2.840.113549.1.9.16.3.14"), KeyKind::RsaKem, "RSA-KEM", 0},
    KindRow{Oid::of("1.2.840.10045.2.1"), KeyKind::Ec, "EC", 0},
    KindRow{Oid::of("1.3.101.112"), KeyKind::Ed25519, "Ed25519", 256},
    KindRow{Oid::of("1.3.101.113"), KeyKind::Ed448, "Ed448", 456},
    KindRow{Oid::of("1.3.101.110"), KeyKind::X25519, "X25519", 256},
    KindRow{Oid::of("1.3.101.111"), KeyKind::X448, "X448", 448},
    KindRow{Oid::of("1.2.840.10040.4.1"), KeyKind::Dsa, "DSA", 0},
    KindRow{Oid::of("1.2.840.10046.2.1"), KeyKind::Dh, "DH", 0},
};

struct CurveRow {
  Oid oid;
  std::string_view name;
  std::size_t bits;
};

constexpr std::array kCurves = {
    CurveRow{Oid::of("1.2.840.10045.3.1.1"), "P-192", 192},
    CurveRow{Oid::of("1.3.132.0.33"), "P-224", 224},
    CurveRow{Oid::of("1.2.840.10045.3.1.7"), "P-256", 256},
    CurveRow{Oid::of("1.3.132.0.34"), "P-384", 384},
    CurveRow{Oid::of("1.3.132.0.35"), "P-521", 521},
    CurveRow{Oid::of("1.3.132.0.10"), "secp256k1", 256},
    CurveRow{Oid::of("1.3.36.3.3.2.8.1.1.7"), "brainpoolP256r1", 256},
    CurveRow{Oid::of("1.3.36.3.3.2.8.1.1.11"), "brainpoolP384r1", 384},
    CurveRow{Oid::of("1.3.36.3.3.2.8.1.1.13"), "brainpoolP512r1", 512},
};

// The bits of a positive INTEGER's value; 0 for zero and negative numbers. Octets of
// zero in front, which DER forbids, do not count.
std::size_t bit_length(ByteView integer) {
  if (integer.empty() || integer[0] >= 0x80) return 0;
  while (!integer.empty() && integer[0] == 0) integer = integer.subspan(1);
  if (integer.empty()) return 0;
  return (integer.size() - 1) * 8 + std::bit_width(static_cast<unsigned>(integer[0]));
}

// Any size: how large is too large is not for the reader to say.
ByteView any_integer(asn1::Reader& in) { return in.contents(asn1::Tag::Integer); }

// RSAPublicKey ::= SEQUENCE {
//     modulus         INTEGER,
//     publicExponent  INTEGER }
void read_rsa(ByteView public_key, KeyInfo& info) {
  struct Numbers {
    ByteView modulus;
    ByteView exponent;
  };
  auto numbers = asn1::decode(public_key, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    return Numbers{any_integer(seq), any_integer(seq)};
  });
  if (!numbers) return;
  info.bits = bit_length(numbers->modulus);
  info.exponent_bits = bit_length(numbers->exponent);
}

// ECParameters ::= CHOICE { namedCurve  OBJECT IDENTIFIER } (RFC 5480 2.1.1)
void read_curve(ByteView parameters, KeyInfo& info) {
  auto curve = asn1::decode(parameters, [](asn1::Reader& in) { return in.oid(); });
  if (!curve) {
    info.description = "EC without a named curve";
    return;
  }
  info.description = "EC " + curve->to_string();
  for (const CurveRow& row : kCurves) {
    if (row.oid != *curve) continue;
    info.bits = row.bits;
    info.description = "EC " + std::string(row.name);
  }
}

// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER } (RFC 3279 2.3.2)
// DomainParameters ::= SEQUENCE { p INTEGER, g INTEGER, q INTEGER, ... } (RFC 3279 2.3.3)
void read_prime(ByteView parameters, KeyInfo& info) {
  auto p = asn1::decode(parameters, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    ByteView prime = any_integer(seq);
    seq.skip_rest();
    return prime;
  });
  if (p) info.bits = bit_length(*p);
}

void read_post_quantum(const Oid& oid, KeyInfo& info) {
  const crypto::PostQuantumRow* row = crypto::find_post_quantum(oid);
  if (row == nullptr) return;
  info.kind = row->kind;
  info.bits = 8 * row->public_size;
  info.description = row->type;
}

struct SubjectPublicKeyInfo {
  asn1::AlgorithmIdentifier algorithm;
  ByteView subject_public_key;
};

// SubjectPublicKeyInfo ::= SEQUENCE {
//     algorithm         AlgorithmIdentifier,
//     subjectPublicKey  BIT STRING }
SubjectPublicKeyInfo read_spki(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {asn1::AlgorithmIdentifier::read(seq), seq.bit_string().bytes};
}

}  // namespace

KeyInfo read_key_info(ByteView spki) {
  KeyInfo info;
  auto key = asn1::decode(spki, &read_spki);
  if (!key) return info;
  info.description = crypto::oid_name(key->algorithm.algorithm);
  const KindRow* row = nullptr;
  for (const KindRow& candidate : kKinds) {
    if (candidate.oid == key->algorithm.algorithm) row = &candidate;
  }
  if (row == nullptr) {
    read_post_quantum(key->algorithm.algorithm, info);
    return info;
  }
  info.kind = row->kind;
  info.bits = row->bits;
  info.description = row->name;
  ByteView parameters =
      key->algorithm.parameters ? ByteView(*key->algorithm.parameters) : ByteView();
  if (info.kind == KeyKind::Ec) {
    read_curve(parameters, info);
  } else if (info.kind == KeyKind::Dsa || info.kind == KeyKind::Dh) {
    read_prime(parameters, info);
  } else if (row->bits == 0) {
    read_rsa(key->subject_public_key, info);
  }
  if (row->bits == 0 && info.kind != KeyKind::Ec)
    info.description += ' ' + std::to_string(info.bits);
  return info;
}

// Sizes that cost whoever verifies too much (ALG-74), and numbers that are no key.
std::optional<std::string> find_key_flaw(const KeyInfo& key, const Limits& limits) {
  bool is_rsa = crypto::is_rsa(key.kind);
  bool is_dh = key.kind == KeyKind::Dh;
  std::size_t most = is_dh ? std::min(limits.rsa_bits, crypto::kMaxDhBits) : limits.rsa_bits;
  if ((is_rsa || is_dh || key.kind == KeyKind::Dsa) && key.bits > most)
    return key.description + " is too large";
  if (key.exponent_bits > limits.rsa_exponent_bits) return "the RSA exponent is too large";
  if (key.kind == KeyKind::Ec && key.bits == 0) return key.description;
  // DSA keys may inherit their parameters: no size then.
  if (is_rsa && key.bits == 0) return "the RSA key is malformed";
  if (is_dh && key.bits == 0) return "the DH key has no group";
  if (is_rsa && key.exponent_bits < 2) return "the RSA exponent is 1 or 0";
  return std::nullopt;
}

}  // namespace bulla::x509
