#include "crypto/post_quantum_key.h"

#include "asn1/reader.h"
#include "base/try.h"
#include "crypto/key_algorithm.h"

namespace bulla::crypto {
namespace {

tl::unexpected<Error> bad_key(const PostQuantumRow& row, const char* detail) {
  return failure(Rule::CryptoBadKey, 0, std::string(row.type) + ": " + detail);
}

struct Halves {
  std::optional<ByteView> seed;
  std::optional<ByteView> expanded_key;
};

// ML-KEM-512-PrivateKey, ML-DSA-44-PrivateKey and so on ::= CHOICE {
//     seed [0]     OCTET STRING,
//     expandedKey  OCTET STRING,
//     both         SEQUENCE { seed OCTET STRING, expandedKey OCTET STRING } }
Halves read_halves(asn1::Reader& in) {
  if (in.next_is(asn1::primitive(0))) {
    return {.seed = in.contents(asn1::primitive(0)), .expanded_key = {}};
  }
  if (in.next_is(asn1::Tag::OctetString)) {
    return {.seed = {}, .expanded_key = in.octet_string()};
  }
  asn1::Reader seq = in.sequence();
  ByteView seed = seq.octet_string();
  return {.seed = seed, .expanded_key = seq.octet_string()};
}

Result<Halves> read_private_key(const PostQuantumRow& row, ByteView octets) {
  // SLH-DSA has the octets themselves (ALG-38).
  if (row.seed_size == 0) return Halves{.seed = {}, .expanded_key = octets};
  auto halves = asn1::decode(octets, &read_halves);
  if (!halves) return bad_key(row, "private key");
  return *halves;
}

// An expanded key holds a hash of its public half; libcrypto refuses one that does not fit.
Owned<EVP_PKEY> make(const PostQuantumRow& row, const char* name, ByteView octets) {
  Parameters parameters;
  parameters.octets(name, octets);
  return make_key(row.type, EVP_PKEY_KEYPAIR, parameters);
}

template <typename Octets>
bool export_octets(const EVP_PKEY* key, const char* name, Octets out) {
  std::size_t size = 0;
  return EVP_PKEY_get_octet_string_param(key, name, out.data(), out.size(), &size) == 1 &&
         size == out.size();
}

// What the seed expands to is what stands beside it.
bool expands_to(EVP_PKEY* key, ByteView expanded_key) {
  Secret expanded(expanded_key.size());
  return export_octets(key, OSSL_PKEY_PARAM_PRIV_KEY, expanded.mutable_view()) &&
         equal_constant_time(expanded.view(), expanded_key);
}

}  // namespace

Result<PostQuantumKey> read_post_quantum_key(const PostQuantumRow& row, ByteView octets) {
  ErrorScope scope;
  if (!is_available(row)) return unavailable(row);
  Halves halves = TRY(read_private_key(row, octets));
  bool seed_fits = !halves.seed || halves.seed->size() == row.seed_size;
  bool key_fits = !halves.expanded_key || halves.expanded_key->size() == row.private_size;
  if (!seed_fits || !key_fits) return bad_key(row, "size of the private key");
  PostQuantumKey result;
  result.key = halves.seed ? make(row, kSeedParameter, *halves.seed)
                           : make(row, OSSL_PKEY_PARAM_PRIV_KEY, *halves.expanded_key);
  if (!result.key) return bad_key(row, "private key");
  if (halves.seed && halves.expanded_key && !expands_to(result.key.get(), *halves.expanded_key)) {
    return bad_key(row, "the seed is of another key");
  }
  result.public_key.resize(row.public_size);
  if (!export_octets(result.key.get(), OSSL_PKEY_PARAM_PUB_KEY,
                     MutableByteView(result.public_key))) {
    return bad_key(row, "public key");
  }
  return result;
}

}  // namespace bulla::crypto
