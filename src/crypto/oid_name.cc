#include "crypto/oid_name.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bulla::crypto {
namespace {

struct Row {
  Oid oid;
  std::string_view name;
};

constexpr std::array kRows = {
    // Content encryption: RFC 3565, RFC 5084, RFC 3370, RFC 8103, RFC 4010.
    Row{Oid::of("2.16.840.1.101.3.4.1.2"), "aes-128-cbc"},
    Row{Oid::of("2.16.840.1.101.3.4.1.22"), "aes-192-cbc"},
    Row{Oid::of("2.16.840.1.101.3.4.1.42"), "aes-256-cbc"},
    Row{Oid::of("2.16.840.1.101.3.4.1.6"), "aes-128-gcm"},
    Row{Oid::of("2.16.840.1.101.3.4.1.26"), "aes-192-gcm"},
    Row{Oid::of("2.16.840.1.101.3.4.1.46"), "aes-256-gcm"},
    Row{Oid::of("2.16.840.1.101.3.4.1.7"), "aes-128-ccm"},
    Row{Oid::of("2.16.840.1.101.3.4.1.27"), "aes-192-ccm"},
    Row{Oid::of("2.16.840.1.101.3.4.1.47"), "aes-256-ccm"},
    Row{Oid::of("1.2.840.113549.3.7"), "3des-cbc"},
    Row{Oid::of("1.2.840.113549.3.2"), "rc2-cbc"},
    Row{Oid::of("1.3.14.3.2.7"), "des-cbc"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.18"), "chacha20-poly1305"},
    Row{Oid::of("1.2.410.200004.1.4"), "seed-cbc"},
    Row{Oid::of("1.2.392.200011.61.1.1.1.2"), "camellia-128-cbc"},
    Row{Oid::of("1.2.392.200011.61.1.1.1.3"), "camellia-192-cbc"},
    Row{Oid::of("1.2.392.200011.61.1.1.1.4"), "camellia-256-cbc"},
    Row{Oid::of("1.2.410.200046.1.1.2"), "aria-128-cbc"},
    Row{Oid::of("1.2.410.200046.1.1.7"), "aria-192-cbc"},
    Row{Oid::of("1.2.410.200046.1.1.12"), "aria-256-cbc"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.31"), "CEK-HKDF-SHA256"},
    // Keys: RFC 8017, RFC 3565, RFC 3217, RFC 3211, RFC 5753, RFC 8418, RFC 9709.
    Row{Oid::of("1.2.840.113549.1.1.1"), "RSA PKCS #1 v1.5"},
    Row{Oid::of("1.2.840.113549.1.1.7"), "RSAES-OAEP"},
    Row{Oid::of("2.16.840.1.101.3.4.1.5"), "aes-128-wrap"},
    Row{Oid::of("2.16.840.1.101.3.4.1.25"), "aes-192-wrap"},
    Row{Oid::of("2.16.840.1.101.3.4.1.45"), "aes-256-wrap"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.6"), "3des-wrap"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.9"), "PWRI-KEK"},
    Row{Oid::of("1.3.133.16.840.63.0.2"), "ECDH with SHA-1"},
    Row{Oid::of("1.3.132.1.11.0"), "ECDH with SHA-224"},
    Row{Oid::of("1.3.132.1.11.1"), "ECDH with SHA-256"},
    Row{Oid::of("1.3.132.1.11.2"), "ECDH with SHA-384"},
    Row{Oid::of("1.3.132.1.11.3"), "ECDH with SHA-512"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.19"), "ECDH with HKDF SHA-256"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.20"), "ECDH with HKDF SHA-384"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.21"), "ECDH with HKDF SHA-512"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.5"), "ephemeral-static DH"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.10"), "static-static DH"},
    // Signatures: RFC 8017, RFC 5758, RFC 8419.
    Row{Oid::of("1.2.840.113549.1.1.5"), "RSA PKCS #1 v1.5 with SHA-1"},
    Row{Oid::of("1.2.840.113549.1.1.11"), "RSA PKCS #1 v1.5 with SHA-256"},
    Row{Oid::of("1.2.840.113549.1.1.12"), "RSA PKCS #1 v1.5 with SHA-384"},
    Row{Oid::of("1.2.840.113549.1.1.13"), "RSA PKCS #1 v1.5 with SHA-512"},
    Row{Oid::of("1.2.840.113549.1.1.10"), "RSASSA-PSS"},
    Row{Oid::of("1.2.840.10045.4.3.2"), "ECDSA with SHA-256"},
    Row{Oid::of("1.2.840.10045.4.3.3"), "ECDSA with SHA-384"},
    Row{Oid::of("1.2.840.10045.4.3.4"), "ECDSA with SHA-512"},
    Row{Oid::of("1.3.101.112"), "Ed25519"},
    Row{Oid::of("1.3.101.113"), "Ed448"},
    // RFC 8702
    Row{Oid::of("1.3.6.1.5.5.7.6.30"), "RSASSA-PSS with SHAKE128"},
    Row{Oid::of("1.3.6.1.5.5.7.6.31"), "RSASSA-PSS with SHAKE256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.32"), "ECDSA with SHAKE128"},
    Row{Oid::of("1.3.6.1.5.5.7.6.33"), "ECDSA with SHAKE256"},
    // Known by name alone: what CMS does not use (RFC 9882 2, RFC 9814 2), and composites
    // (draft-ietf-lamps-pq-composite-sigs).
    Row{Oid::of("2.16.840.1.101.3.4.3.32"), "HashML-DSA-44 with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.33"), "HashML-DSA-65 with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.34"), "HashML-DSA-87 with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.35"), "HashSLH-DSA-SHA2-128s with SHA-256"},
    Row{Oid::of("2.16.840.1.101.3.4.3.36"), "HashSLH-DSA-SHA2-128f with SHA-256"},
    Row{Oid::of("2.16.840.1.101.3.4.3.37"), "HashSLH-DSA-SHA2-192s with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.38"), "HashSLH-DSA-SHA2-192f with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.39"), "HashSLH-DSA-SHA2-256s with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.40"), "HashSLH-DSA-SHA2-256f with SHA-512"},
    Row{Oid::of("2.16.840.1.101.3.4.3.41"), "HashSLH-DSA-SHAKE-128s with SHAKE128"},
    Row{Oid::of("2.16.840.1.101.3.4.3.42"), "HashSLH-DSA-SHAKE-128f with SHAKE128"},
    Row{Oid::of("2.16.840.1.101.3.4.3.43"), "HashSLH-DSA-SHAKE-192s with SHAKE256"},
    Row{Oid::of("2.16.840.1.101.3.4.3.44"), "HashSLH-DSA-SHAKE-192f with SHAKE256"},
    Row{Oid::of("2.16.840.1.101.3.4.3.45"), "HashSLH-DSA-SHAKE-256s with SHAKE256"},
    Row{Oid::of("2.16.840.1.101.3.4.3.46"), "HashSLH-DSA-SHAKE-256f with SHAKE256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.37"), "id-MLDSA44-RSA2048-PSS-SHA256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.38"), "id-MLDSA44-RSA2048-PKCS15-SHA256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.39"), "id-MLDSA44-Ed25519-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.40"), "id-MLDSA44-ECDSA-P256-SHA256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.41"), "id-MLDSA65-RSA3072-PSS-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.42"), "id-MLDSA65-RSA3072-PKCS15-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.43"), "id-MLDSA65-RSA4096-PSS-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.44"), "id-MLDSA65-RSA4096-PKCS15-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.45"), "id-MLDSA65-ECDSA-P256-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.46"), "id-MLDSA65-ECDSA-P384-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.47"), "id-MLDSA65-ECDSA-brainpoolP256r1-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.48"), "id-MLDSA65-Ed25519-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.49"), "id-MLDSA87-ECDSA-P384-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.50"), "id-MLDSA87-ECDSA-brainpoolP384r1-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.51"), "id-MLDSA87-Ed448-SHAKE256"},
    Row{Oid::of("1.3.6.1.5.5.7.6.52"), "id-MLDSA87-RSA3072-PSS-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.53"), "id-MLDSA87-RSA4096-PSS-SHA512"},
    Row{Oid::of("1.3.6.1.5.5.7.6.54"), "id-MLDSA87-ECDSA-P521-SHA512"},
    // Digests that old programs list as capabilities; compression: RFC 3274.
    Row{Oid::of("1.3.14.3.2.26"), "sha1"},
    Row{Oid::of("2.16.840.1.101.3.4.2.1"), "sha256"},
    Row{Oid::of("2.16.840.1.101.3.4.2.2"), "sha384"},
    Row{Oid::of("2.16.840.1.101.3.4.2.3"), "sha512"},
    Row{Oid::of("1.2.840.113549.1.9.16.3.8"), "zlib"},
};

}  // namespace

std::string oid_name(const Oid& oid) {
  auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& one) { return one.oid == oid; });
  return row == kRows.end() ? oid.to_string() : std::string(row->name);
}

}  // namespace bulla::crypto
