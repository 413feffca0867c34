#include "cli/inspect_cms.h"

#include "cms/content_type.h"
#include "cms/countersignature.h"
#include "cms/signed_attributes.h"
#include "cms/timestamp.h"
#include "crypto/hmac.h"
#include "crypto/kem.h"
#include "crypto/oid_name.h"

namespace bulla::cli {
namespace {

std::string digest_text(const asn1::AlgorithmIdentifier& algorithm) {
  auto digest = crypto::read_digest(algorithm);
  return digest ? std::string(name(*digest)) : crypto::oid_name(algorithm.algorithm);
}

std::string cipher_text(const asn1::AlgorithmIdentifier& algorithm) {
  auto encryption = crypto::read_content_encryption(algorithm);
  if (!encryption) return crypto::oid_name(algorithm.algorithm);
  bool derives = !encryption->derived_from.empty();
  return std::string(name(encryption->cipher)) + (derives ? ", derived key" : "");
}

std::string signature_text(const cms::SignerInfo& signer) {
  auto scheme = crypto::read_signature_scheme(signer.signature_algorithm,
                                              crypto::read_digest(signer.digest_algorithm));
  return scheme ? describe(*scheme) : crypto::oid_name(signer.signature_algorithm.algorithm);
}

// "ml-kem-768, aes-256-wrap": the KDF goes with the KEM.
std::string kem_text(const cms::KemRecipientInfo& info) {
  auto algorithm = crypto::read_kem(info.kem);
  std::string kem =
      algorithm ? std::string(name(*algorithm)) : crypto::oid_name(info.kem.algorithm);
  return kem + ", " + crypto::oid_name(info.wrap.algorithm);
}

std::string transport_text(const asn1::AlgorithmIdentifier& algorithm) {
  auto scheme = crypto::read_transport_scheme(algorithm);
  return scheme ? describe(*scheme) : crypto::oid_name(algorithm.algorithm);
}

std::string agreement_text(const asn1::AlgorithmIdentifier& algorithm) {
  auto agreement = crypto::read_key_agreement(algorithm);
  if (!agreement) return crypto::oid_name(algorithm.algorithm);
  constexpr const char* kKdfs[] = {"X9.63 KDF", "HKDF", "X9.42 KDF"};
  std::string kdf = kKdfs[static_cast<std::size_t>(agreement->kdf)];
  return "Diffie-Hellman, " + kdf + " with " + std::string(name(agreement->digest));
}

Node recipient(std::string_view kind, std::string name, std::string algorithm) {
  Node node{.depth = 1, .kind = "recipient", .name = std::move(name), .facts = {}};
  node.add("kind", std::string(kind));
  node.add("algorithm", std::move(algorithm));
  return node;
}

struct AttributeName {
  Oid type;
  std::string_view name;
};

constexpr AttributeName kAttributeNames[] = {
    {cms::kContentTypeAttribute, "contentType"},
    {cms::kMessageDigest, "messageDigest"},
    {cms::kSigningTime, "signingTime"},
    {cms::kCountersignature, "countersignature"},
    {cms::kSmimeCapabilities, "smimeCapabilities"},
    {cms::kAlgorithmProtection, "cmsAlgorithmProtection"},
    {cms::kReceiptRequest, "receiptRequest"},
    {cms::kSecurityLabel, "securityLabel"},
    {cms::kMlExpandHistory, "mlExpandHistory"},
    {cms::kContentHint, "contentHint"},
    {cms::kMsgSigDigest, "msgSigDigest"},
    {cms::kContentIdentifier, "contentIdentifier"},
    {cms::kEquivalentLabels, "equivalentLabels"},
    {cms::kContentReference, "contentReference"},
    {cms::kEncryptionKeyPreference, "encryptionKeyPreference"},
    {cms::kSigningCertificate, "signingCertificate"},
    {cms::kTimeStampToken, "timeStampToken"},
    {cms::kSigningCertificateV2, "signingCertificateV2"},
};

std::string attribute_names(const std::vector<cms::Attribute>& attributes) {
  std::string text;
  for (const cms::Attribute& attribute : attributes) {
    std::string name = attribute.type.to_string();
    for (const AttributeName& row : kAttributeNames) {
      if (row.type == attribute.type) name = row.name;
    }
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace

Node signed_node(const cms::SignedHeader& header) {
  Node node{.depth = 0, .kind = "cms", .name = "signed-data", .facts = {}};
  node.add("version", std::to_string(header.version));
  std::string digests;
  for (const auto& algorithm : header.digest_algorithms) {
    digests += (digests.empty() ? "" : ", ") + digest_text(algorithm);
  }
  node.add("digests", digests);
  node.add("holds", cms::describe_content_type(header.content_type));
  return node;
}

Node digested_node(const cms::DigestedHeader& header) {
  Node node{.depth = 0, .kind = "cms", .name = "digested-data", .facts = {}};
  node.add("version", std::to_string(header.version));
  node.add("digest", digest_text(header.digest_algorithm));
  node.add("holds", cms::describe_content_type(header.content_type));
  return node;
}

Node authenticated_node(const cms::AuthenticatedHeader& header) {
  Node node{.depth = 0, .kind = "cms", .name = "authenticated-data", .facts = {}};
  node.add("version", std::to_string(header.common.version));
  auto digest = crypto::read_hmac(header.mac_algorithm);
  node.add("mac",
           digest ? crypto::hmac_name(*digest) : crypto::oid_name(header.mac_algorithm.algorithm));
  if (header.digest_algorithm) node.add("digest", digest_text(*header.digest_algorithm));
  node.add("holds", cms::describe_content_type(header.common.content_type));
  return node;
}

Node enveloped_node(const cms::EnvelopedHeader& header) {
  Node node{.depth = 0,
            .kind = "cms",
            .name = header.has_shared_key  ? "encrypted-data"
                    : header.is_signed     ? "signed-and-enveloped-data"
                    : header.authenticated ? "auth-enveloped-data"
                                           : "enveloped-data",
            .facts = {}};
  node.add("version", std::to_string(header.version));
  node.add("cipher", cipher_text(header.content_encryption_algorithm));
  node.add("holds", cms::describe_content_type(header.content_type));
  return node;
}

std::vector<Node> recipient_nodes(const cms::RecipientInfo& info) {
  std::string_view kind = cms::kind(info);
  if (const auto* ktri = std::get_if<cms::KeyTransRecipientInfo>(&info)) {
    return {recipient(kind, ktri->rid.describe(), transport_text(ktri->key_encryption_algorithm))};
  }
  if (const auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&info)) {
    std::vector<Node> nodes;
    for (const cms::RecipientEncryptedKey& key : kari->recipients) {
      nodes.push_back(
          recipient(kind, key.rid.describe(), agreement_text(kari->key_encryption_algorithm)));
    }
    return nodes;
  }
  if (const auto* kekri = std::get_if<cms::KekRecipientInfo>(&info)) {
    return {recipient(kind, "key " + to_hex(kekri->key_identifier),
                      crypto::oid_name(kekri->key_encryption_algorithm.algorithm))};
  }
  if (const auto* pwri = std::get_if<cms::PasswordRecipientInfo>(&info)) {
    return {
        recipient(kind, "password", crypto::oid_name(pwri->key_encryption_algorithm.algorithm))};
  }
  if (const auto* kemri = std::get_if<cms::KemRecipientInfo>(&info)) {
    return {recipient(kind, kemri->rid.describe(), kem_text(*kemri))};
  }
  return {recipient(kind, std::get<cms::OtherRecipientInfo>(info).type.to_string(), "")};
}

Node signer_node(const cms::SignerInfo& signer, const Oid& content_type) {
  Node node{.depth = 1, .kind = "signer", .name = signer.sid.describe(), .facts = {}};
  node.add("version", std::to_string(signer.version));
  node.add("digest", digest_text(signer.digest_algorithm));
  node.add("algorithm", signature_text(signer));
  if (signer.signed_attrs_der) {
    auto said = cms::check_signed_attributes(signer, content_type).statements;
    if (said.signing_time) node.add("signing_time", to_iso8601(*said.signing_time));
  }
  node.add("signed_attributes", attribute_names(signer.signed_attrs));
  node.add("unsigned_attributes", attribute_names(signer.unsigned_attrs));
  return node;
}

std::vector<Node> attestation_nodes(const cms::SignerInfo& signer, std::size_t depth) {
  constexpr std::size_t kMaxDepth = 6;
  std::vector<Node> nodes;
  if (depth == kMaxDepth) return nodes;
  for (const cms::SignerInfo& one : cms::read_countersignatures(signer, {}).signers) {
    Node node{.depth = depth, .kind = "countersignature", .name = one.sid.describe(), .facts = {}};
    node.add("digest", digest_text(one.digest_algorithm));
    node.add("algorithm", signature_text(one));
    node.add("signed_attributes", attribute_names(one.signed_attrs));
    node.add("unsigned_attributes", attribute_names(one.unsigned_attrs));
    nodes.push_back(std::move(node));
    for (Node& deeper : attestation_nodes(one, depth + 1)) nodes.push_back(std::move(deeper));
  }
  for (const Bytes& der : cms::timestamp_tokens(signer)) {
    auto token = cms::parse_timestamp_token(der, {});
    Node node{.depth = depth, .kind = "timestamp", .name = "malformed", .facts = {}};
    if (token) {
      node.name = to_iso8601(token->info.time);
      node.add("policy", token->info.policy.to_string());
      node.add("serial", to_hex(token->info.serial_number));
      node.add("imprint", digest_text(token->info.imprint.algorithm));
      if (!token->tail.signers.empty()) node.add("by", token->tail.signers[0].sid.describe());
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Node certificate_node(const Certificate& certificate) {
  Node node{.depth = 1, .kind = "certificate", .name = certificate.subject(), .facts = {}};
  node.add("issuer", certificate.issuer());
  node.add("serial", to_hex(certificate.serial_number()));
  node.add("key", certificate.key_description());
  std::string addresses;
  for (const CertificateAddress& address : certificate.addresses()) {
    addresses += (addresses.empty() ? "" : ", ") + address.address;
  }
  node.add("addresses", addresses);
  node.add("valid",
           to_iso8601(certificate.not_before()) + " to " + to_iso8601(certificate.not_after()));
  node.add("sha256", to_hex(certificate.sha256()));
  return node;
}

}  // namespace bulla::cli
