#include "cms/capabilities.h"

#include <algorithm>
#include <span>

#include "cms/writer.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

// A signature's capability names the hash as well; the AlgorithmIdentifier of a
// SignerInfo, rsaEncryption, does not (ATTR-18).
constexpr Oid kSha256WithRsa = Oid::of("1.2.840.113549.1.1.11");

// Entries of a list that are looked at. Programs state about ten.
constexpr std::size_t kMaxInterpreted = 128;

Capability capability(const Oid& id) { return {.id = id, .parameters = std::nullopt}; }

Capability capability(const asn1::AlgorithmIdentifier& algorithm) {
  return {.id = algorithm.algorithm, .parameters = algorithm.parameters};
}

// Made from the identifiers, as some hexadecimal forms printed in RFC 5753 6 and RFC 3560 5 are
// wrong (ATTR-31). The wrap stands in the parameters (ATTR-30, ATTR-32).
Capability key_agreement(crypto::Kdf kdf, crypto::KeyWrap wrap) {
  return capability(
      crypto::key_agreement_identifier({.kdf = kdf,
                                        .digest = Digest::Sha256,
                                        .cofactor = false,
                                        .wrap = wrap,
                                        .wrap_identifier = crypto::key_wrap_identifier(wrap)}));
}

// NULL with RSA, no parameters with the others (ATTR-18, ATTR-20, ATTR-35).
void add_signatures(std::vector<Capability>& list) {
  Bytes null = asn1::encode([](asn1::Writer& out) { out.null(); });
  list.push_back({.id = kSha256WithRsa, .parameters = null});
  list.push_back(capability(crypto::signature_identifier(
      {.algorithm = SignatureAlgorithm::Ecdsa, .digest = Digest::Sha256})));
  list.push_back(capability(crypto::signature_identifier(
      {.algorithm = SignatureAlgorithm::Ed25519, .digest = Digest::Sha512})));
}

// CBC stands before GCM of the same strength: the same key often serves other mail
// programs too, and few of them open AuthEnvelopedData. The OID alone (ATTR-22, ATTR-23).
void add_ciphers(std::vector<Capability>& list) {
  for (ContentCipher cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm,
                               ContentCipher::Aes128Gcm, ContentCipher::Aes128Cbc}) {
    list.push_back(capability(crypto::row(cipher).oid));
  }
}

// A content key that is derived (RFC 9709 4): parameters are absent here alone (KM-57, ATTR-28).
// OAEP has the parameters that it has in messages (ATTR-34).
void add_key_management(std::vector<Capability>& list) {
  list.push_back(capability(crypto::kCekHkdfSha256));
  list.push_back(capability(crypto::transport_identifier({.algorithm = TransportAlgorithm::RsaOaep,
                                                          .digest = Digest::Sha256,
                                                          .mgf_digest = Digest::Sha256,
                                                          .label = {}})));
  for (crypto::Kdf kdf : {crypto::Kdf::X963, crypto::Kdf::Hkdf}) {
    list.push_back(key_agreement(kdf, crypto::KeyWrap::Aes256));
    list.push_back(key_agreement(kdf, crypto::KeyWrap::Aes128));
  }
}

// The capability of RC2 has the effective key bits, not the version that the parameters of a
// message have (ATTR-25).
std::optional<ContentCipher> rc2_of(const Capability& capability) {
  if (!capability.parameters) return std::nullopt;
  auto bits =
      asn1::decode(*capability.parameters, [](asn1::Reader& in) { return in.small_integer(); });
  if (!bits) return std::nullopt;
  switch (*bits) {
    case 40:
      return ContentCipher::Rc2_40Cbc;
    case 64:
      return ContentCipher::Rc2_64Cbc;
    case 128:
      return ContentCipher::Rc2_128Cbc;
    default:
      return std::nullopt;
  }
}

// RFC 3560 5 prints the parameters of OAEP without the tags of their fields: whoever copied that
// means the same (ATTR-34).
Bytes without_tags(const asn1::AlgorithmIdentifier& oaep) {
  auto untagged = asn1::decode(*oaep.parameters, [](asn1::Reader& in) {
    asn1::Reader seq = in.sequence();
    return asn1::encode([&](asn1::Writer& out) {
      asn1::Writer fields = out.sequence();
      fields.element(seq.enter(asn1::constructed(0)).element());
      fields.element(seq.enter(asn1::constructed(1)).element());
    });
  });
  return untagged.value_or(Bytes());
}

// With any parameters that are OAEP's, the empty ones of SHA-1 too (ATTR-33).
std::optional<TransportScheme> transport_of(const Capability& capability) {
  asn1::AlgorithmIdentifier stated{capability.id, capability.parameters};
  if (auto scheme = crypto::read_transport_scheme(stated)) return *scheme;
  for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
    TransportScheme scheme{.algorithm = TransportAlgorithm::RsaOaep,
                           .digest = digest,
                           .mgf_digest = digest,
                           .label = {}};
    auto identifier = crypto::transport_identifier(scheme);
    if (identifier.algorithm != capability.id) return std::nullopt;
    if (capability.parameters == without_tags(identifier)) return scheme;
  }
  return std::nullopt;
}

// By the OID alone (ATTR-24, ATTR-27), but for RC2.
std::optional<ContentCipher> cipher_of(const Capability& capability) {
  if (capability.id == crypto::row(ContentCipher::Rc2_40Cbc).oid) return rc2_of(capability);
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    if (row.oid == capability.id) return row.cipher;
  }
  return std::nullopt;
}

}  // namespace

// Grouped by category, the preferred one of each group first (ATTR-16).
std::vector<Capability> own_capabilities() {
  std::vector<Capability> list;
  add_signatures(list);
  add_ciphers(list);
  add_key_management(list);
  list.push_back(capability(kZlibCompress));  // ATTR-26
  return list;
}

// SMIMECapabilities ::= SEQUENCE OF SMIMECapability
//
// SMIMECapability ::= SEQUENCE {
//     capabilityID  OBJECT IDENTIFIER,
//     parameters    ANY DEFINED BY capabilityID OPTIONAL }
std::vector<Capability> read_capabilities(asn1::Reader& in) {
  asn1::Reader list = in.sequence();
  std::vector<Capability> capabilities;
  while (list.more()) {
    asn1::Reader seq = list.sequence();
    Capability capability{.id = seq.oid(), .parameters = std::nullopt};
    if (seq.more()) capability.parameters = to_bytes(seq.element());
    capabilities.push_back(std::move(capability));
  }
  return capabilities;
}

Result<std::vector<Capability>> decode_capabilities(ByteView der, const Limits& limits) {
  return asn1::decode(der, &read_capabilities, limits);
}

Bytes encode_capabilities(const std::vector<Capability>& capabilities) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer list = out.sequence();
    for (const Capability& entry : capabilities) {
      asn1::Writer seq = list.sequence();
      seq.oid(entry.id);
      if (entry.parameters) seq.element(*entry.parameters);
    }
  });
}

// An entry whose parameters are none of ours is passed over: it is something else (ATTR-17).
StatedAlgorithms interpret(const std::vector<Capability>& capabilities) {
  StatedAlgorithms stated;
  std::size_t count = std::min(capabilities.size(), kMaxInterpreted);
  for (const Capability& entry : std::span(capabilities).first(count)) {
    asn1::AlgorithmIdentifier identifier{entry.id, entry.parameters};
    if (auto cipher = cipher_of(entry)) {
      stated.ciphers.push_back(*cipher);
    } else if (entry.id == crypto::kCekHkdfSha256) {
      stated.derives_content_keys = true;
    } else if (auto transport = transport_of(entry)) {
      stated.transports.push_back(*transport);
    } else if (auto agreement = crypto::read_key_agreement(identifier)) {
      stated.agreements.push_back(*agreement);
      // With NULL and without (ATTR-19, ATTR-20).
    } else if (auto scheme = crypto::read_signature_scheme(identifier, std::nullopt)) {
      stated.signatures.push_back(*scheme);
    }
  }
  return stated;
}

}  // namespace bulla::cms
