// The check of OAEP's padding alone, without a key, is of libcrypto's older functions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/outside_key.h"

#include <openssl/rsa.h>

#include "asn1/writer.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_algorithm.h"
#include "crypto/key_transport.h"

namespace bulla::crypto {
namespace {

Bytes key_info(const asn1::AlgorithmIdentifier& algorithm, ByteView key) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    algorithm.write(seq);
    seq.bit_string(key);
  });
}

// In constant time, as libcrypto does it for its own keys (T-29).
Result<Secret> open_oaep(const TransportScheme& scheme, ByteView block, std::size_t size) {
  ErrorScope scope;
  Secret key(block.size());
  auto length = static_cast<int>(block.size());
  ByteView label = as_bytes(scheme.label);
  int found = RSA_padding_check_PKCS1_OAEP_mgf1(
      key.mutable_view().data(), length, block.data(), length, length, label.data(),
      static_cast<int>(label.size()), fetched(scheme.digest), fetched(scheme.mgf_digest));
  if (found < 0 || static_cast<std::size_t>(found) != size) return failure(Rule::EncFailed);
  key.truncate(size);
  return key;
}

}  // namespace

Bytes rsa_public_key_info(ByteView modulus, ByteView public_exponent) {
  Bytes key = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.unsigned_integer(modulus);
    seq.unsigned_integer(public_exponent);
  });
  return key_info({key_oid(KeyKind::Rsa), kNullParameters}, key);
}

Bytes ec_public_key_info(ByteView parameters, ByteView point) {
  return key_info({key_oid(KeyKind::Ec), to_bytes(parameters)}, point);
}

Bytes digest_info(Digest digest, ByteView octets) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    {
      asn1::Writer algorithm = seq.sequence();
      algorithm.oid(row(digest).oid);
      algorithm.null();
    }
    seq.octet_string(octets);
  });
}

Result<Bytes> ecdsa_signature_value(ByteView r_and_s) {
  if (r_and_s.empty() || r_and_s.size() % 2 != 0) return failure(Rule::CryptoSignFailed);
  std::size_t half = r_and_s.size() / 2;
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.unsigned_integer(r_and_s.first(half));
    seq.unsigned_integer(r_and_s.subspan(half));
  });
}

Result<Bytes> checked_point(const PublicKey& own, ByteView peer) {
  ErrorScope scope;
  if (own.kind() != KeyKind::Ec) return failure(Rule::EncFailed);
  auto curve = read_curve({key_oid(KeyKind::Ec), to_bytes(own.curve())});
  if (!curve || !is_point_form(**curve, peer)) return failure(Rule::EncFailed);
  Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name_ex(library(), nullptr, (*curve)->nid));
  Owned<BN_CTX> context(BN_CTX_new_ex(library()));
  require_memory(group.get());
  require_memory(context.get());
  Owned<EC_POINT> point(EC_POINT_new(group.get()));
  require_memory(point.get());
  Bytes octets(1 + 2 * (*curve)->field_size);
  bool is_on_curve =
      EC_POINT_oct2point(group.get(), point.get(), peer.data(), peer.size(), context.get()) == 1 &&
      EC_POINT_is_on_curve(group.get(), point.get(), context.get()) == 1 &&
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                         octets.size(), context.get()) == octets.size();
  if (!is_on_curve) return failure(Rule::EncFailed);
  return octets;
}

Result<Secret> open_transport(const TransportScheme& scheme, const Secret& block,
                              ByteView rejection_seed, ByteView encrypted_key, std::size_t size) {
  if (scheme.algorithm == TransportAlgorithm::RsaOaep) return open_oaep(scheme, block.view(), size);
  auto substitute = derive_hkdf(Digest::Sha256, rejection_seed, encrypted_key,
                                as_bytes("RSA implicit rejection"), size);
  if (!substitute) return failure(Rule::EncFailed);
  return unpad_pkcs1(block.view(), substitute->view());
}

}  // namespace bulla::crypto
