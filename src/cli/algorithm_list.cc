#include "cli/algorithm_list.h"

#include <nlohmann/json.hpp>

#include "crypto/algorithm_table.h"
#include "crypto/dh.h"
#include "crypto/kem.h"
#include "crypto/oid_name.h"
#include "crypto/post_quantum.h"

namespace bulla::cli {
namespace {

constexpr const char* kDigests = "digests";
constexpr const char* kCiphers = "content ciphers";
constexpr const char* kSignatures = "signatures";
constexpr const char* kRecipients = "recipients";
constexpr const char* kWraps = "key wraps";
constexpr const char* kDerivations = "key derivations";
constexpr const char* kCompression = "compression";
constexpr const char* kReadWrite = "read, write";

std::string standing_name(crypto::Standing standing) {
  switch (standing) {
    case crypto::Standing::Current:
      return "current";
    case crypto::Standing::Legacy:
      return "legacy";
    case crypto::Standing::Broken:
      return "broken";
  }
  return "";
}

std::string use_of(const crypto::ContentCipherRow& row) {
  if (row.use == crypto::Use::Both) return kReadWrite;
  return row.standing == crypto::Standing::Broken ? "read (--legacy)" : "read";
}

std::string use_of(const crypto::DigestRow& row) {
  return row.standing == crypto::Standing::Current ? kReadWrite : "read";
}

AlgorithmRow plain_row(const char* group, std::string_view name, const std::string& oid,
                       crypto::Standing standing, std::string use) {
  return {.group = group,
          .name = std::string(name),
          .oid = oid,
          .standing = standing_name(standing),
          .use = std::move(use),
          .available = true,
          .provider = {}};
}

// What is said of an algorithm that is not there, whatever it is.
constexpr const char* kLacking = "the installed OpenSSL lacks it";

AlgorithmRow post_quantum_row(const char* group, const crypto::PostQuantumRow& row) {
  AlgorithmRow listed =
      plain_row(group, row.name, row.oid.to_string(), crypto::Standing::Current, kReadWrite);
  listed.available = crypto::is_available(row);
  if (!listed.available) listed.provider = crypto::kPostQuantumProvider;
  return listed;
}

void add_digests(std::vector<AlgorithmRow>& rows) {
  for (const crypto::DigestRow& row : crypto::digest_rows()) {
    rows.push_back(plain_row(kDigests, row.name, row.oid.to_string(), row.standing, use_of(row)));
    rows.back().available = crypto::is_available(row.digest);
    if (!rows.back().available) rows.back().provider = kLacking;
  }
}

void add_ciphers(std::vector<AlgorithmRow>& rows) {
  for (const crypto::ContentCipherRow& row : crypto::content_cipher_rows()) {
    rows.push_back(plain_row(kCiphers, row.name, row.oid.to_string(), row.standing, use_of(row)));
    rows.back().available = crypto::is_available(row.cipher);
    if (rows.back().available) continue;
    std::string reason = crypto::describe_absence(row.cipher);
    std::size_t at = reason.find("; ");
    rows.back().provider = at == std::string::npos ? kLacking : reason.substr(at + 2);
  }
}

void add_signatures(std::vector<AlgorithmRow>& rows) {
  using enum SignatureAlgorithm;
  for (SignatureAlgorithm algorithm : {RsaPkcs1, RsaPss, Ecdsa, Ed25519, Ed448, Dsa}) {
    bool is_dsa = algorithm == Dsa;
    auto standing = is_dsa ? crypto::Standing::Legacy : crypto::Standing::Current;
    rows.push_back(
        plain_row(kSignatures, name(algorithm), "", standing, is_dsa ? "read" : kReadWrite));
  }
  for (const crypto::PostQuantumRow& row : crypto::post_quantum_rows()) {
    if (row.signature) rows.push_back(post_quantum_row(kSignatures, row));
  }
}

void add_recipients(std::vector<AlgorithmRow>& rows) {
  for (const char* name : {"rsa", "rsa-oaep", "ecdh", "x25519", "x448", "key", "password"}) {
    rows.push_back(plain_row(kRecipients, name, "", crypto::Standing::Current, kReadWrite));
  }
  rows.push_back(plain_row(kRecipients, name(KeyKind::Dh), crypto::kDhPublicNumber.to_string(),
                           crypto::Standing::Legacy, "read"));
  rows.push_back(plain_row(kRecipients, name(KemAlgorithm::Rsa),
                           crypto::kem_identifier(KemAlgorithm::Rsa).algorithm.to_string(),
                           crypto::Standing::Current, kReadWrite));
  for (const crypto::PostQuantumRow& row : crypto::post_quantum_rows()) {
    if (row.kem) rows.push_back(post_quantum_row(kRecipients, row));
  }
}

// Not from tables of their own: libcrypto has all of them since 3.0.
void add_others(std::vector<AlgorithmRow>& rows) {
  for (crypto::KeyWrap wrap : {crypto::KeyWrap::Aes128, crypto::KeyWrap::Aes192,
                               crypto::KeyWrap::Aes256, crypto::KeyWrap::TripleDes}) {
    Oid oid = crypto::key_wrap_identifier(wrap).algorithm;
    bool is_old = wrap == crypto::KeyWrap::TripleDes;
    rows.push_back(plain_row(kWraps, crypto::oid_name(oid), oid.to_string(),
                             is_old ? crypto::Standing::Legacy : crypto::Standing::Current,
                             kReadWrite));
  }
  for (const char* name : {"x9.63-kdf", "hkdf", "kdf3", "pbkdf2", "scrypt", "cek-hkdf-sha256"}) {
    rows.push_back(plain_row(kDerivations, name, "", crypto::Standing::Current, kReadWrite));
  }
  rows.push_back(plain_row(kDerivations, "kdf2", "", crypto::Standing::Current, "read"));
  rows.push_back(plain_row(kDerivations, "x9.42-kdf", "", crypto::Standing::Legacy, "read"));
  rows.push_back(plain_row(kCompression, "zlib", "1.2.840.113549.1.9.16.3.8",
                           crypto::Standing::Current, kReadWrite));
}

void pad(std::string& line, std::size_t column) {
  if (line.size() < column) line.resize(column, ' ');
}

std::string line(const AlgorithmRow& row) {
  std::string text = "  " + row.name;
  pad(text, 22);
  text += row.standing;
  pad(text, 32);
  text += row.use;
  pad(text, 48);
  text += row.available ? "available" : "absent";
  pad(text, 59);
  text += row.provider.empty() ? row.oid : row.provider;
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

}  // namespace

std::vector<AlgorithmRow> list_algorithms() {
  std::vector<AlgorithmRow> rows;
  add_digests(rows);
  add_ciphers(rows);
  add_signatures(rows);
  add_recipients(rows);
  add_others(rows);
  return rows;
}

std::string algorithms_text(const std::vector<AlgorithmRow>& rows) {
  std::string text;
  std::string group;
  for (const AlgorithmRow& row : rows) {
    if (row.group != group) text += row.group + "\n";
    group = row.group;
    text += line(row);
  }
  return text;
}

std::string algorithms_json(const std::vector<AlgorithmRow>& rows) {
  auto list = nlohmann::ordered_json::array();
  for (const AlgorithmRow& row : rows) {
    nlohmann::ordered_json entry = {{"group", row.group},
                                    {"name", row.name},
                                    {"standing", row.standing},
                                    {"use", row.use},
                                    {"available", row.available}};
    if (!row.oid.empty()) entry["oid"] = row.oid;
    if (!row.provider.empty()) entry["provider"] = row.provider;
    list.push_back(std::move(entry));
  }
  nlohmann::ordered_json json = {{"version", 1}, {"algorithms", std::move(list)}};
  return json.dump(2) + "\n";
}

}  // namespace bulla::cli
