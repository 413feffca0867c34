#include "crypto/key_generation.h"

#include <algorithm>
#include <bit>

#include "asn1/algorithm_identifier.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_algorithm.h"
#include "crypto/post_quantum_key.h"
#include "crypto/private_key_info.h"
#include "crypto/public_key.h"

namespace bulla::crypto {
namespace {

// NIST SP 800-131A and the CA/Browser Forum let no RSA key be shorter than 2048 bits. RFC 8551 2.2
// and 2.3 know those up to 4096.
struct RsaRow {
  std::string_view name;
  std::size_t bits;
};
constexpr RsaRow kRsaTypes[] = {{"rsa-2048", 2048}, {"rsa-3072", 3072}, {"rsa-4096", 4096}};

struct CurveType {
  std::string_view name;
  std::string_view group;
};
constexpr CurveType kCurveTypes[] = {{"p256", "P-256"},
                                     {"p384", "P-384"},
                                     {"p521", "P-521"},
                                     {"brainpool-p256r1", "brainpoolP256r1"},
                                     {"brainpool-p384r1", "brainpoolP384r1"},
                                     {"brainpool-p512r1", "brainpoolP512r1"}};

constexpr KeyKind kRawTypes[] = {KeyKind::Ed25519, KeyKind::Ed448, KeyKind::X25519, KeyKind::X448};

std::vector<KeyType> list_types() {
  std::vector<KeyType> types;
  for (const RsaRow& row : kRsaTypes) {
    types.push_back({.name = row.name, .kind = KeyKind::Rsa, .rsa_bits = row.bits});
  }
  for (const CurveType& type : kCurveTypes) {
    for (const CurveRow& curve : curve_rows()) {
      if (type.group != curve.group) continue;
      types.push_back({.name = type.name, .kind = KeyKind::Ec, .curve = &curve});
    }
  }
  for (KeyKind kind : kRawTypes) types.push_back({.name = name(kind), .kind = kind});
  for (const PostQuantumRow& row : post_quantum_rows()) {
    types.push_back({.name = row.name, .kind = row.kind, .post_quantum = &row});
  }
  return types;
}

const std::vector<KeyType>& types() {
  static const std::vector<KeyType> all = list_types();
  return all;
}

Owned<EVP_PKEY> generate(const char* type, Parameters& parameters) {
  Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(library(), type, nullptr));
  const OSSL_PARAM* list = parameters.list();
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1) return {};
  if (list->key != nullptr && EVP_PKEY_CTX_set_params(context.get(), list) != 1) return {};
  int done = EVP_PKEY_generate(context.get(), &key);
  Owned<EVP_PKEY> owned(key);
  return done == 1 ? std::move(owned) : Owned<EVP_PKEY>();
}

// A number of the key, big-endian and of `size` octets, straight into memory that is wiped.
Secret export_number(const EVP_PKEY* key, const char* name, std::size_t size) {
  Secret number(size);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_BN(name, number.mutable_view().data(), number.size()),
      OSSL_PARAM_construct_end()};
  bool done = EVP_PKEY_get_params(key, parameters) == 1 && OSSL_PARAM_modified(parameters) == 1;
  if (!done || parameters[0].return_size > size) return {};
  number.truncate(parameters[0].return_size);
  if constexpr (std::endian::native == std::endian::little) {
    MutableByteView octets = number.mutable_view();
    std::reverse(octets.begin(), octets.end());
  }
  return number;
}

// Empty if the key has no such octets, or not `size` of them.
Secret export_octets(const EVP_PKEY* key, const char* name, std::size_t size) {
  Secret octets(size);
  std::size_t written = 0;
  if (EVP_PKEY_get_octet_string_param(key, name, octets.mutable_view().data(), size, &written) !=
          1 ||
      written != size) {
    return {};
  }
  return octets;
}

// Tag, length and the parts of the contents. A Writer's buffer would be left behind unwiped.
Secret element(asn1::Tag tag, std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (ByteView part : parts) size += part.size();
  Bytes header = asn1::encode_header(tag, size);
  Secret der(header.size() + size);
  auto to = std::copy(header.begin(), header.end(), der.mutable_view().begin());
  for (ByteView part : parts) to = std::copy(part.begin(), part.end(), to);
  return der;
}

// INTEGER of a positive number.
Secret integer(const Secret& number) {
  ByteView digits = number.view();
  while (digits.size() > 1 && digits[0] == 0) digits = digits.subspan(1);
  constexpr std::uint8_t kSign[] = {0};
  bool needs_sign = !digits.empty() && digits[0] >= 0x80;
  return element(asn1::Tag::Integer, {needs_sign ? ByteView(kSign) : ByteView(), digits});
}

constexpr std::uint8_t kVersion0[] = {0x02, 0x01, 0x00};
constexpr std::uint8_t kVersion1[] = {0x02, 0x01, 0x01};

tl::unexpected<Error> not_made(const KeyType& type) {
  return failure(Rule::CryptoUnavailable, 0, std::string(type.name));
}

// RSAPrivateKey ::= SEQUENCE {
//     version           Version, -- 0: two primes
//     modulus           INTEGER,
//     publicExponent    INTEGER, -- 65537
//     privateExponent   INTEGER,
//     prime1            INTEGER,
//     prime2            INTEGER,
//     exponent1         INTEGER,
//     exponent2         INTEGER,
//     coefficient       INTEGER }
Result<Secret> make_rsa(const KeyType& type) {
  Parameters parameters;
  parameters.number(OSSL_PKEY_PARAM_RSA_BITS, static_cast<std::int64_t>(type.rsa_bits));
  Owned<EVP_PKEY> key = generate("RSA", parameters);
  if (!key) return not_made(type);
  std::vector<Secret> fields;
  for (const char* field :
       {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
        OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    Secret number = export_number(key.get(), field, type.rsa_bits / 8);
    if (number.empty()) return not_made(type);
    fields.push_back(integer(number));
  }
  Secret der = element(asn1::Tag::Sequence, {kVersion0, fields[0].view(), fields[1].view(),
                                             fields[2].view(), fields[3].view(), fields[4].view(),
                                             fields[5].view(), fields[6].view(), fields[7].view()});
  return write_private_key_info({key_oid(KeyKind::Rsa), kNullParameters}, der.view());
}

// ECPrivateKey ::= SEQUENCE {
//     version        INTEGER { ecPrivkeyVer1(1) },
//     privateKey     OCTET STRING,
//     parameters [0] ECParameters OPTIONAL, -- they stand in the AlgorithmIdentifier
//     publicKey  [1] BIT STRING OPTIONAL -- not for us, but NSS reads no key without }
Result<Secret> make_ec(const KeyType& type) {
  const CurveRow& curve = *type.curve;
  Parameters parameters;
  parameters.text(OSSL_PKEY_PARAM_GROUP_NAME, curve.group);
  Owned<EVP_PKEY> key = generate("EC", parameters);
  if (!key) return not_made(type);
  Secret scalar = export_number(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, curve.field_size);
  Secret point = export_octets(key.get(), OSSL_PKEY_PARAM_PUB_KEY, 1 + 2 * curve.field_size);
  if (scalar.empty() || point.empty()) return not_made(type);
  constexpr std::uint8_t kNoUnusedBits[] = {0};
  Secret bits = element(asn1::Tag::BitString, {kNoUnusedBits, point.view()});
  Secret der = element(asn1::Tag::Sequence,
                       {kVersion1, element(asn1::Tag::OctetString, {scalar.view()}).view(),
                        element(asn1::constructed(1), {bits.view()}).view()});
  Bytes named = asn1::encode([&](asn1::Writer& out) { out.oid(curve.oid); });
  return write_private_key_info({key_oid(KeyKind::Ec), std::move(named)}, der.view());
}

// CurvePrivateKey ::= OCTET STRING (RFC 8410 7)
Result<Secret> make_raw(const KeyType& type) {
  const RawKeyRow& row = *find_raw_key(type.kind);
  Parameters none;
  Owned<EVP_PKEY> key = generate(row.type, none);
  if (!key) return not_made(type);
  Secret octets(row.size);
  std::size_t size = row.size;
  if (EVP_PKEY_get_raw_private_key(key.get(), octets.mutable_view().data(), &size) != 1 ||
      size != row.size) {
    return not_made(type);
  }
  return write_private_key_info({row.oid, std::nullopt},
                                element(asn1::Tag::OctetString, {octets.view()}).view());
}

// The seed alone, where there is one (RFC 9935 6, RFC 9881 6); of SLH-DSA the octets themselves
// (RFC 9909 5).
Result<Secret> make_post_quantum(const KeyType& type) {
  const PostQuantumRow& row = *type.post_quantum;
  if (!is_available(row)) return unavailable(row);
  Parameters none;
  Owned<EVP_PKEY> key = generate(row.type, none);
  if (!key) return not_made(type);
  asn1::AlgorithmIdentifier algorithm{row.oid, std::nullopt};
  if (row.seed_size == 0) {
    Secret octets = export_octets(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, row.private_size);
    if (octets.empty()) return not_made(type);
    return write_private_key_info(algorithm, octets.view());
  }
  Secret seed = export_octets(key.get(), kSeedParameter, row.seed_size);
  if (seed.empty()) return not_made(type);
  return write_private_key_info(algorithm, element(asn1::primitive(0), {seed.view()}).view());
}

}  // namespace

std::optional<KeyType> find_key_type(std::string_view name) {
  auto type = std::find_if(types().begin(), types().end(),
                           [&](const KeyType& candidate) { return candidate.name == name; });
  if (type == types().end()) return std::nullopt;
  return *type;
}

}  // namespace bulla::crypto

namespace bulla {

std::vector<std::string_view> key_types() {
  std::vector<std::string_view> names;
  for (const crypto::KeyType& type : crypto::types()) names.push_back(type.name);
  return names;
}

std::string_view find_key_type(ByteView subject_public_key_info) {
  auto key = crypto::PublicKey::parse(subject_public_key_info);
  if (!key) return {};
  for (const crypto::KeyType& type : crypto::types()) {
    if (type.kind != key->kind()) continue;
    if (type.rsa_bits != 0 && type.rsa_bits != key->bits()) continue;
    auto is_curve = [&](const crypto::CurveRow& curve) {
      return equal(key->curve(), asn1::encode([&](asn1::Writer& out) { out.oid(curve.oid); }));
    };
    if (type.curve != nullptr && !is_curve(*type.curve)) continue;
    return type.name;
  }
  return {};
}

Result<Secret> generate_private_key(std::string_view type) {
  crypto::ErrorScope scope;
  auto found = crypto::find_key_type(type);
  if (!found) return failure(Rule::CryptoUnknownAlgorithm, 0, std::string(type));
  if (found->post_quantum != nullptr) return crypto::make_post_quantum(*found);
  if (found->kind == KeyKind::Rsa) return crypto::make_rsa(*found);
  if (found->kind == KeyKind::Ec) return crypto::make_ec(*found);
  return crypto::make_raw(*found);
}

}  // namespace bulla
