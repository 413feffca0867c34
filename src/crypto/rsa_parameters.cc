#include "crypto/rsa_parameters.h"

#include "crypto/algorithm_table.h"
#include "crypto/digest.h"

namespace bulla::crypto {
namespace {

constexpr Oid kMgf1 = Oid::of("1.2.840.113549.1.1.8");
constexpr Oid kPSpecified = Oid::of("1.2.840.113549.1.1.9");

// No digest is longer than 64 octets; longer salts are seen in tests alone.
constexpr std::int64_t kMaxSaltLength = 512;
// RFC 8017 7.1 sets no useful bound; labels in the wild are names or empty.
constexpr std::size_t kMaxLabelBytes = 1'024;

// RFC 4055 2.1 lists SHA-1 and SHA-2; SHA-3 works alike. SHAKE has OIDs of its own.
bool is_for_rsa(Digest digest) { return digest != Digest::Md5 && !is_extendable(digest); }

Digest read_hash(asn1::Reader& in) {
  auto digest = read_digest(asn1::AlgorithmIdentifier::read(in));
  if (!digest || !is_for_rsa(*digest)) in.fail(Rule::CryptoBadParameters, "hash");
  return digest.value_or(Digest::Sha1);
}

// hashAlgorithm [0] HashAlgorithm DEFAULT sha1Identifier
Digest read_optional_hash(asn1::Reader& in) {
  auto field = in.optional_enter(asn1::constructed(0));
  return field ? read_hash(*field) : Digest::Sha1;
}

// maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier
Digest read_optional_mgf(asn1::Reader& in) {
  auto field = in.optional_enter(asn1::constructed(1));
  if (!field) return Digest::Sha1;
  asn1::Reader seq = field->sequence();
  if (seq.oid() != kMgf1) seq.fail(Rule::CryptoBadParameters, "mask generation");
  return read_hash(seq);
}

// [tag] INTEGER DEFAULT value
std::int64_t read_optional_number(asn1::Reader& in, unsigned tag, std::int64_t value) {
  auto field = in.optional_enter(asn1::constructed(tag));
  return field ? field->small_integer() : value;
}

// The identifiers have NULL here, unlike those of digests alone (RFC 4055 2.1).
void write_hash(asn1::Writer& out, Digest digest) {
  asn1::AlgorithmIdentifier{row(digest).oid, kNullParameters}.write(out);
}

void write_hash_and_mgf(asn1::Writer& out, Digest digest, Digest mgf_digest) {
  if (digest != Digest::Sha1) {
    asn1::Writer field = out.enter(asn1::constructed(0));
    write_hash(field, digest);
  }
  if (mgf_digest != Digest::Sha1) {
    asn1::Writer field = out.enter(asn1::constructed(1));
    asn1::Writer seq = field.sequence();
    seq.oid(kMgf1);
    write_hash(seq, mgf_digest);
  }
}

// pSourceAlgorithm [2] PSourceAlgorithm DEFAULT pSpecifiedEmptyIdentifier
std::string read_optional_label(asn1::Reader& in) {
  auto field = in.optional_enter(asn1::constructed(2));
  if (!field) return {};
  asn1::Reader seq = field->sequence();
  if (seq.oid() != kPSpecified) seq.fail(Rule::CryptoBadParameters, "pSource");
  ByteView label = seq.octet_string();
  if (label.size() > kMaxLabelBytes) seq.fail(Rule::CryptoBadParameters, "label");
  return std::string(as_text(label));
}

}  // namespace

// RSASSA-PSS-params ::= SEQUENCE {
//     hashAlgorithm      [0] HashAlgorithm DEFAULT sha1Identifier,
//     maskGenAlgorithm   [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
//     saltLength         [2] INTEGER DEFAULT 20,
//     trailerField       [3] INTEGER DEFAULT 1 }
SignatureScheme read_pss_parameters(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  SignatureScheme scheme{.algorithm = SignatureAlgorithm::RsaPss,
                         .digest = read_optional_hash(seq),
                         .mgf_digest = read_optional_mgf(seq)};
  std::int64_t salt_length = read_optional_number(seq, 2, 20);
  std::int64_t trailer = read_optional_number(seq, 3, 1);
  if (salt_length > kMaxSaltLength) seq.fail(Rule::CryptoBadParameters, "salt length");
  if (trailer != 1) seq.fail(Rule::CryptoBadParameters, "trailer");
  scheme.salt_length = static_cast<std::size_t>(salt_length);
  return scheme;
}

Bytes write_pss_parameters(const SignatureScheme& scheme) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    write_hash_and_mgf(seq, scheme.digest, scheme.mgf_digest);
    if (scheme.salt_length == 20) return;
    asn1::Writer field = seq.enter(asn1::constructed(2));
    field.integer(scheme.salt_length);
  });
}

// RSAES-OAEP-params ::= SEQUENCE {
//     hashFunc      [0] AlgorithmIdentifier DEFAULT sha1Identifier,
//     maskGenFunc   [1] AlgorithmIdentifier DEFAULT mgf1SHA1Identifier,
//     pSourceFunc   [2] AlgorithmIdentifier DEFAULT pSpecifiedEmptyIdentifier }
//
// Any mix of hashes (ALG-40), and a label that is read and never written (ALG-41).
TransportScheme read_oaep_parameters(asn1::Reader& in) {
  asn1::Reader seq = in.sequence();
  return {.algorithm = TransportAlgorithm::RsaOaep,
          .digest = read_optional_hash(seq),
          .mgf_digest = read_optional_mgf(seq),
          .label = read_optional_label(seq)};
}

Bytes write_oaep_parameters(const TransportScheme& scheme) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    write_hash_and_mgf(seq, scheme.digest, scheme.mgf_digest);
    if (scheme.label.empty()) return;
    asn1::Writer field = seq.enter(asn1::constructed(2));
    asn1::Writer source = field.sequence();
    source.oid(kPSpecified);
    source.octet_string(as_bytes(scheme.label));
  });
}

}  // namespace bulla::crypto
