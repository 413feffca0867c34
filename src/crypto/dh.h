// Diffie-Hellman keys of RFC 2631: in SubjectPublicKeyInfo (RFC 3279 2.3.3) and PKCS #8.
// PublicKey and PrivateKey are the way in.
#pragma once

#include <optional>

#include "asn1/algorithm_identifier.h"
#include "crypto/openssl.h"

namespace bulla::crypto {

// dhpublicnumber, which also stands in OriginatorPublicKey.
inline constexpr Oid kDhPublicNumber = Oid::of("1.2.840.10046.2.1");

// Of p: an agreement in 4096 bits takes some 50 ms.
inline constexpr std::size_t kMaxDhBits = 4'096;

// The group of the keys.
struct DhGroup {
  Bytes p, g, q;  // magnitudes

  // Without j and the proof of how p was made, which are optional.
  Bytes encode() const;
};

// Parameters of dhpublicnumber. Errors: crypto.bad-key, also for sizes that no S/MIME
// version has or that cost too much.
Result<DhGroup> read_dh_group(const asn1::AlgorithmIdentifier& algorithm);
std::size_t bits(const DhGroup& group);

// `octets` is the INTEGER in the BIT STRING; nullptr for what is no number of the subgroup.
Owned<EVP_PKEY> make_dh_key(const DhGroup& group, ByteView octets);

struct DhPrivateKey {
  Owned<EVP_PKEY> key;
  Bytes public_key;  // the octets for a BIT STRING
};
// `octets` is the content of PrivateKeyInfo.privateKey. Errors: crypto.bad-key.
Result<DhPrivateKey> read_dh_private_key(const DhGroup& group, ByteView octets);

}  // namespace bulla::crypto
