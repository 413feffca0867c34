// Limits: how much work one message may cause.
//
// Each number has its reason beside it. A message over a limit ends in an Error
// of the family `limit.`, never in a truncated result. The content itself has
// no limit: it is streamed in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bulla {

struct Limits {
  // ASN.1. The deepest published message (triple wrap, ESS labels) has 19.
  std::size_t der_depth = 32;
  // Elements in one structure that is held in memory, the content not counted.
  std::size_t der_elements = 200'000;
  // Constructed OCTET STRINGs inside each other; encoders seen in the wild use 1.
  std::size_t octet_string_depth = 8;

  // CMS. Octets of the certificates, CRLs and signer infos of one SignedData.
  // A large CRL is 5 MB; sixteen SLH-DSA signatures are 0.8 MB.
  std::size_t signed_data_tail = 8u << 20;
  // Octets of all RecipientInfos: 1,024 of RSA-4096 with long names are 1 MB.
  std::size_t recipient_infos_bytes = 4u << 20;
  std::size_t signers = 16;
  std::size_t recipients = 1'024;
  std::size_t certificates = 100;
  std::size_t crls = 10;
  std::size_t attributes = 64;        // in one SignerInfo or AuthEnvelopedData
  std::size_t attribute_values = 16;  // in one attribute
  // Countersignatures and timestamps that are checked in one message: each costs a signature
  // and a path. Signers of contracts have two or three.
  std::size_t attestations = 16;
  std::size_t digests = 4;             // computed over one content at the same time
  std::size_t digest_algorithms = 64;  // listed in one SignedData
  // Private-key operations for one EnvelopedData: the second serves a message
  // that names one person twice (certificate renewed); more only help an oracle.
  std::size_t private_key_operations = 2;
  // Content under AES-CCM, which cannot be read or written before all of it is there:
  // twice what mail servers take.
  std::size_t ccm_content_bytes = 64u << 20;
  std::size_t layers = 8;  // CMS layers inside each other; triple wrap has 3

  // Decompression: at most this many octets out for each octet in, once so many are
  // out. zlib cannot exceed 1,032; text rarely exceeds 20, but a regular attachment of the
  // size that mail servers take (25 MB) may be all zero.
  std::size_t compression_free_bytes = 32u << 20;
  std::size_t compression_ratio = 100;

  // MIME.
  std::size_t mime_depth = 16;
  std::size_t mime_parts = 1'000;
  std::size_t header_bytes = 256u << 10;  // of one header block
  std::size_t header_fields = 1'000;      // in one header block

  // X.509.
  std::size_t certificate_bytes = 256u << 10;  // an SLH-DSA certificate has 51 KB
  std::size_t crl_bytes = 8u << 20;
  std::size_t path_length = 10;
  std::size_t path_candidates = 100;  // certificates tried for one path
  // What one message may let be fetched, if anything: an issuer, a list about it, and an answer
  // about the signer (T-75). What was kept costs nothing.
  std::size_t fetches = 3;
  std::size_t fetch_bytes = 10u << 20;
  std::uint64_t fetch_milliseconds = 5'000;
  std::size_t rsa_bits = 8'192;        // larger verifies cost seconds (CVE-2023-6237)
  std::size_t rsa_exponent_bits = 33;  // 65537 everywhere; 2^32+1 still verifies fast

  // Password recipients and key files.
  std::uint64_t pbkdf2_iterations = 10'000'000;
};

}  // namespace bulla
