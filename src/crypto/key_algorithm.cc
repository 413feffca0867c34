#include "crypto/key_algorithm.h"

#include "base/check.h"
#include "base/try.h"
#include "crypto/dh.h"

namespace bulla::crypto {
namespace {

struct KeyRow {
  Oid oid;
  KeyKind kind;
};

// Of several rows for one kind the first is written.
constexpr KeyRow kKeys[] = {
    {Oid::of("1.2.840.113549.1.1.1"), KeyKind::Rsa},
    {Oid::of("2.5.8.1.1"), KeyKind::Rsa},  // version 2 wrote the OID of X.509 (ALG-13)
    {Oid::of("1.2.840.113549.1.1.10"), KeyKind::RsaPss},
    {Oid::of("1.2.840.113549.1.1.7"), KeyKind::RsaOaep},
    {Oid::of("1.2.840.113549.1.9.16.3.14"), KeyKind::RsaKem},
    {Oid::of("1.2.840.10045.2.1"), KeyKind::Ec},
    {Oid::of("1.2.840.10040.4.1"), KeyKind::Dsa},
    {kDhPublicNumber, KeyKind::Dh},
    {Oid::of("1.3.101.110"), KeyKind::X25519},
    {Oid::of("1.3.101.111"), KeyKind::X448},
    {Oid::of("1.3.101.112"), KeyKind::Ed25519},
    {Oid::of("1.3.101.113"), KeyKind::Ed448},
};

constexpr RawKeyRow kRawKeys[] = {
    {KeyKind::X25519, Oid::of("1.3.101.110"), "X25519", 255, 32},
    {KeyKind::X448, Oid::of("1.3.101.111"), "X448", 448, 56},
    {KeyKind::Ed25519, Oid::of("1.3.101.112"), "ED25519", 255, 32},
    {KeyKind::Ed448, Oid::of("1.3.101.113"), "ED448", 448, 57},
};

// In time that depends on the length alone.
bool is_all_zero(ByteView octets) {
  unsigned any = 0;
  for (std::uint8_t octet : octets) any |= octet;
  return any == 0;
}

}  // namespace

const RawKeyRow* find_raw_key(KeyKind kind) {
  for (const RawKeyRow& row : kRawKeys) {
    if (row.kind == kind) return &row;
  }
  return nullptr;
}

KeyKind key_kind(const Oid& oid) {
  for (const KeyRow& row : kKeys) {
    if (row.oid == oid) return row.kind;
  }
  const PostQuantumRow* row = find_post_quantum(oid);
  return row == nullptr ? KeyKind::Unknown : row->kind;
}

const Oid& key_oid(KeyKind kind) {
  for (const KeyRow& row : kKeys) {
    if (row.kind == kind) return row.oid;
  }
  if (const PostQuantumRow* row = find_post_quantum(kind)) return row->oid;
  CHECK(false && "a kind without a row");
  return kKeys[0].oid;
}

// ECParameters ::= CHOICE {
//     namedCurve   OBJECT IDENTIFIER
//     -- implicitCurve, specifiedCurve: not in PKIX (RFC 5480 2.1.1)
// }
Result<const CurveRow*> read_curve(const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.parameters) return failure(Rule::CryptoBadKey, 0, "no curve");
  auto oid = asn1::decode(*algorithm.parameters, [](asn1::Reader& in) { return in.oid(); });
  if (!oid) return failure(Rule::CryptoBadKey, 0, "curve parameters");
  const CurveRow* curve = find_curve(*oid);
  if (curve == nullptr) return failure(Rule::CryptoUnknownAlgorithm, 0, oid->to_string());
  return curve;
}

Owned<EVP_PKEY> make_key(const char* type, int selection, Parameters& parameters) {
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(library(), type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return {};
  int done = EVP_PKEY_fromdata(context.get(), &key, selection, parameters.list());
  Owned<EVP_PKEY> owned(key);
  if (done != 1) return {};
  return owned;
}

Owned<EVP_PKEY> make_rsa_key(ByteView modulus, ByteView exponent) {
  Parameters parameters;
  parameters.big_number(OSSL_PKEY_PARAM_RSA_N, modulus).big_number(OSSL_PKEY_PARAM_RSA_E, exponent);
  return make_key("RSA", EVP_PKEY_PUBLIC_KEY, parameters);
}

Owned<EVP_PKEY> make_ec_key(const CurveRow& curve, ByteView point) {
  if (!is_point_form(curve, point)) return {};
  Parameters parameters;
  parameters.text(OSSL_PKEY_PARAM_GROUP_NAME, curve.group).octets(OSSL_PKEY_PARAM_PUB_KEY, point);
  return make_key("EC", EVP_PKEY_PUBLIC_KEY, parameters);
}

Owned<EVP_PKEY> make_raw_key(const RawKeyRow& row, ByteView octets) {
  if (octets.size() != row.size) return {};
  return Owned<EVP_PKEY>(
      EVP_PKEY_new_raw_public_key_ex(library(), row.type, nullptr, octets.data(), octets.size()));
}

Owned<EVP_PKEY> make_post_quantum_key(const PostQuantumRow& row, ByteView octets) {
  if (octets.size() != row.public_size) return {};
  return Owned<EVP_PKEY>(
      EVP_PKEY_new_raw_public_key_ex(library(), row.type, nullptr, octets.data(), octets.size()));
}

Owned<EVP_PKEY_CTX> operation(EVP_PKEY* key) {
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(library(), key, nullptr));
  require_memory(context.get());
  return context;
}

Result<Secret> shared_secret(EVP_PKEY* own, EVP_PKEY* peer) {
  ErrorScope scope;
  Owned<EVP_PKEY_CTX> context = operation(own);
  constexpr int kDoNotValidate = 0;  // make_ec_key, make_dh_key have
  // The number of RFC 2631 is as long as p: its zeros in front count (KM-09).
  Parameters parameters;
  if (EVP_PKEY_is_a(own, "DHX") == 1) parameters.number(OSSL_EXCHANGE_PARAM_PAD, 1);
  std::size_t size = 0;
  if (EVP_PKEY_derive_init_ex(context.get(), parameters.list()) != 1 ||
      EVP_PKEY_derive_set_peer_ex(context.get(), peer, kDoNotValidate) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1) {
    return failure(Rule::EncFailed);
  }
  Secret secret(size);
  if (EVP_PKEY_derive(context.get(), secret.mutable_view().data(), &size) != 1) {
    return failure(Rule::EncFailed);
  }
  secret.truncate(size);
  // RFC 8418 2 (KM-26). On the other curves zero is a coordinate like any.
  if (EVP_PKEY_is_a(own, "EC") != 1 && is_all_zero(secret.view())) return failure(Rule::EncFailed);
  return secret;
}

}  // namespace bulla::crypto
