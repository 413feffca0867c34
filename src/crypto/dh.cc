#include "crypto/dh.h"

#include "base/try.h"
#include "crypto/key_algorithm.h"
#include "crypto/magnitude.h"

namespace bulla::crypto {
namespace {

// RFC 2631 2.2 begins at 512 and 160 bits.
constexpr std::size_t kMinPrimeBits = 512;
constexpr std::size_t kMinOrderBits = 160;

tl::unexpected<Error> bad_key(std::string detail) {
  return failure(Rule::CryptoBadKey, 0, std::move(detail));
}

bool is_sane(const DhGroup& group) {
  std::size_t prime = bit_length(group.p);
  std::size_t order = bit_length(group.q);
  return prime >= kMinPrimeBits && prime <= kMaxDhBits && order >= kMinOrderBits && order < prime &&
         is_odd(group.p) && is_odd(group.q) && bit_length(group.g) >= 2 &&
         bit_length(group.g) <= prime;
}

Owned<BIGNUM> number(ByteView octets) {
  Owned<BIGNUM> result(BN_secure_new());
  require_memory(result.get());
  require_memory(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), result.get()));
  return result;
}

// y = g^x mod p, for x in 1..q-1; else empty.
Bytes public_number(const DhGroup& group, ByteView x) {
  Owned<BN_CTX> context(BN_CTX_secure_new_ex(library()));
  require_memory(context.get());
  Owned<BIGNUM> p = number(group.p), g = number(group.g), q = number(group.q), y = number({}),
                secret = number(x);
  BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
  if (BN_is_zero(secret.get()) || BN_cmp(secret.get(), q.get()) >= 0 ||
      BN_mod_exp_mont_consttime(y.get(), g.get(), secret.get(), p.get(), context.get(), nullptr) !=
          1) {
    return {};
  }
  Bytes octets(static_cast<std::size_t>(BN_num_bytes(y.get())));
  BN_bn2bin(y.get(), octets.data());
  return octets;
}

Parameters& add(Parameters& parameters, const DhGroup& group) {
  return parameters.big_number(OSSL_PKEY_PARAM_FFC_P, group.p)
      .big_number(OSSL_PKEY_PARAM_FFC_G, group.g)
      .big_number(OSSL_PKEY_PARAM_FFC_Q, group.q);
}

Result<Bytes> read_number(ByteView octets) {
  auto value = asn1::decode(octets, [](asn1::Reader& in) { return to_bytes(read_positive(in)); });
  if (!value) return bad_key("DH number");
  return value;
}

}  // namespace

// DomainParameters ::= SEQUENCE {
//     p       INTEGER, -- odd prime, p = jq + 1
//     g       INTEGER, -- generator
//     q       INTEGER, -- factor of p - 1
//     j       INTEGER OPTIONAL, -- subgroup factor
//     validationParms  ValidationParms OPTIONAL }
Result<DhGroup> read_dh_group(const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.parameters) return bad_key("no parameters");
  auto group = asn1::decode(*algorithm.parameters, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    DhGroup read{.p = to_bytes(read_positive(seq)),
                 .g = to_bytes(read_positive(seq)),
                 .q = to_bytes(read_positive(seq))};
    seq.skip_rest();
    return read;
  });
  if (!group || !is_sane(*group)) return bad_key("DH group");
  return group;
}

Bytes DhGroup::encode() const {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.unsigned_integer(p);
    seq.unsigned_integer(g);
    seq.unsigned_integer(q);
  });
}

std::size_t bits(const DhGroup& group) { return bit_length(group.p); }

// DHPublicKey ::= INTEGER -- public key, y = g^x mod p
Owned<EVP_PKEY> make_dh_key(const DhGroup& group, ByteView octets) {
  auto y = read_number(octets);
  if (!y || bit_length(*y) < 2 || bit_length(*y) > bit_length(group.p)) return {};
  Parameters parameters;
  add(parameters, group).big_number(OSSL_PKEY_PARAM_PUB_KEY, *y);
  Owned<EVP_PKEY> key = make_key("DHX", EVP_PKEY_PUBLIC_KEY, parameters);
  if (!key) return {};
  // In the subgroup of order q: else the agreement tells bits of the private key (RFC 2785).
  return EVP_PKEY_public_check(operation(key.get()).get()) == 1 ? std::move(key)
                                                                : Owned<EVP_PKEY>();
}

Result<DhPrivateKey> read_dh_private_key(const DhGroup& group, ByteView octets) {
  auto x = asn1::decode(octets, [](asn1::Reader& in) { return Secret(read_positive(in)); });
  if (!x || x->size() > group.p.size()) return bad_key("DH number");
  Bytes y = public_number(group, x->view());
  if (y.empty()) return bad_key("DH number");
  Parameters parameters;
  add(parameters, group)
      .big_number(OSSL_PKEY_PARAM_PUB_KEY, y)
      .big_number(OSSL_PKEY_PARAM_PRIV_KEY, x->view());
  return DhPrivateKey{
      .key = make_key("DHX", EVP_PKEY_KEYPAIR, parameters),
      .public_key = asn1::encode([&](asn1::Writer& out) { out.unsigned_integer(y); })};
}

}  // namespace bulla::crypto
