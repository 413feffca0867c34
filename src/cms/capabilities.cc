#include "cms/capabilities.h"

#include "cms/writer.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

// A signature's capability names the hash as well; the AlgorithmIdentifier of a
// SignerInfo, rsaEncryption, does not (ATTR-18).
constexpr Oid kSha256WithRsa = Oid::of("1.2.840.113549.1.1.11");

Capability capability(const Oid& id) { return {.id = id, .parameters = std::nullopt}; }

Capability capability(const asn1::AlgorithmIdentifier& algorithm) {
  return {.id = algorithm.algorithm, .parameters = algorithm.parameters};
}

Capability key_agreement(crypto::Kdf kdf, crypto::KeyWrap wrap) {
  return capability(
      crypto::key_agreement_identifier({.kdf = kdf,
                                        .digest = Digest::Sha256,
                                        .cofactor = false,
                                        .wrap = wrap,
                                        .wrap_identifier = crypto::key_wrap_identifier(wrap)}));
}

void add_signatures(std::vector<Capability>& list) {
  Bytes null = asn1::encode([](asn1::Writer& out) { out.null(); });
  list.push_back({.id = kSha256WithRsa, .parameters = null});
  list.push_back(capability(crypto::signature_identifier(
      {.algorithm = SignatureAlgorithm::Ecdsa, .digest = Digest::Sha256})));
  list.push_back(capability(crypto::signature_identifier(
      {.algorithm = SignatureAlgorithm::Ed25519, .digest = Digest::Sha512})));
}

// CBC stands before GCM of the same strength: the same key often serves other mail
// programs too, and few of them open AuthEnvelopedData.
void add_ciphers(std::vector<Capability>& list) {
  for (ContentCipher cipher : {ContentCipher::Aes256Cbc, ContentCipher::Aes256Gcm,
                               ContentCipher::Aes128Gcm, ContentCipher::Aes128Cbc}) {
    list.push_back(capability(crypto::row(cipher).oid));
  }
}

void add_key_management(std::vector<Capability>& list) {
  list.push_back(capability(crypto::transport_identifier({.algorithm = TransportAlgorithm::RsaOaep,
                                                          .digest = Digest::Sha256,
                                                          .mgf_digest = Digest::Sha256,
                                                          .label = {}})));
  for (crypto::Kdf kdf : {crypto::Kdf::X963, crypto::Kdf::Hkdf}) {
    list.push_back(key_agreement(kdf, crypto::KeyWrap::Aes256));
    list.push_back(key_agreement(kdf, crypto::KeyWrap::Aes128));
  }
}

}  // namespace

// Grouped by category, the preferred one of each group first (ATTR-16).
std::vector<Capability> own_capabilities() {
  std::vector<Capability> list;
  add_signatures(list);
  add_ciphers(list);
  add_key_management(list);
  list.push_back(capability(kZlibCompress));
  return list;
}

// SMIMECapabilities ::= SEQUENCE OF SMIMECapability
//
// SMIMECapability ::= SEQUENCE {
//     capabilityID  OBJECT IDENTIFIER,
//     parameters    ANY DEFINED BY capabilityID OPTIONAL }
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

}  // namespace bulla::cms
