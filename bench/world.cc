#include "bench/world.h"

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "bulla/identity.h"

namespace bench {
namespace {

KeyPtr make_key(Family family, unsigned bits) {
  EVP_PKEY* key = family == Family::Rsa ? EVP_RSA_gen(bits) : EVP_EC_gen("P-256");
  require(key != nullptr, "key generation");
  return KeyPtr(key);
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
  X509_EXTENSION_free(extension);
}

void set_name(X509* certificate, const char* common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto add = [&](const char* type, const char* value) {
    X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value), -1, -1, 0);
  };
  add("O", "Bench");
  add("CN", common_name);
}

struct Role {
  const char* common_name;
  const char* address;  // nullptr: an authority
  long serial;
};

// REQUIRES: issuer is nullptr for a root.
Party issue(KeyPtr key, Family family, const Role& role, const Party* issuer) {
  X509Ptr certificate(X509_new());
  X509* const it = certificate.get();
  X509* const by = issuer == nullptr ? it : issuer->x509.get();
  X509_set_version(it, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(it), role.serial);
  X509_gmtime_adj(X509_getm_notBefore(it), -24L * 3600);
  X509_gmtime_adj(X509_getm_notAfter(it), 365L * 24 * 3600);
  X509_set_pubkey(it, key.get());
  set_name(it, role.common_name);
  X509_set_issuer_name(it, X509_get_subject_name(by));
  if (role.address == nullptr) {
    add_extension(it, by, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(it, by, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    const char* use = family == Family::Rsa ? "critical,digitalSignature,keyEncipherment"
                                            : "critical,digitalSignature,keyAgreement";
    add_extension(it, by, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(it, by, NID_key_usage, use);
    add_extension(it, by, NID_ext_key_usage, "emailProtection");
    add_extension(it, by, NID_subject_alt_name, role.address);
  }
  add_extension(it, by, NID_subject_key_identifier, "hash");
  if (issuer != nullptr) add_extension(it, by, NID_authority_key_identifier, "keyid");
  EVP_PKEY* const signer = issuer == nullptr ? key.get() : issuer->key.get();
  require(X509_sign(it, signer, EVP_sha256()) > 0, "X509_sign");
  bulla::Bytes der(static_cast<std::size_t>(i2d_X509(it, nullptr)));
  unsigned char* out = der.data();
  i2d_X509(it, &out);
  return {std::move(key), std::move(certificate), std::move(der)};
}

KeyPtr share(const KeyPtr& key) {
  EVP_PKEY_up_ref(key.get());
  return KeyPtr(key.get());
}

std::string base64_body(std::size_t lines) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string body;
  body.reserve(lines * 78);
  std::uint32_t state = 1;
  for (std::size_t line = 0; line < lines; ++line) {
    for (int i = 0; i < 76; ++i) {
      state = state * 1664525 + 1013904223;  // Numerical Recipes' generator
      body += kAlphabet[state >> 26];
    }
    body += "\r\n";
  }
  return body;
}

}  // namespace

const char* name_of(Family family) { return family == Family::Rsa ? "rsa" : "ec"; }

World& World::of(Family family) {
  static World rsa(Family::Rsa);
  if (family == Family::Rsa) return rsa;
  static World ec(Family::Ec);
  return ec;
}

World::World(Family family)
    : family_(family),
      now_(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())) {
  root_ = issue(make_key(family, 4096), family, {"Root", nullptr, 1}, nullptr);
  middle_ = issue(make_key(family, 2048), family, {"Middle", nullptr, 2}, &root_);
  alice_ = issue(make_key(family, 2048), family, {"Alice", "email:alice@example.org", 3}, &middle_);
}

bulla::Identity World::identity() const {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(alice_.key.get(), &der);
  require(size > 0, "i2d_PrivateKey");
  auto key = bulla::load_private_key({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  require(key.has_value(), "load_private_key");
  return {.key = *key, .certificate = parse(alice_), .chain = {parse(middle_)}};
}

const std::vector<Party>& World::recipients(std::size_t count) {
  while (spare_keys_.size() < 20 && count > 1) spare_keys_.push_back(make_key(family_, 2048));
  while (recipients_.size() < count) {
    const std::size_t number = recipients_.size();
    const KeyPtr& key = number == 0 ? alice_.key : spare_keys_[number % 20];
    const long serial = number == 0 ? 3 : 1000 + static_cast<long>(number);
    const std::string name = number == 0 ? "Alice" : "Recipient " + std::to_string(number);
    recipients_.push_back(
        issue(share(key), family_, {name.c_str(), "email:alice@example.org", serial}, &middle_));
  }
  return recipients_;
}

std::vector<bulla::RecipientChoice> World::recipient_choices(std::size_t count) {
  const auto& parties = recipients(count);
  std::vector<bulla::RecipientChoice> choices;
  for (std::size_t i = 0; i < count; ++i) choices.emplace_back(parse(parties[i]));
  return choices;
}

std::vector<Party> World::more_of_alice(std::size_t count) const {
  std::vector<Party> parties;
  for (std::size_t i = 0; i < count; ++i) {
    const long serial = 10'000 + static_cast<long>(i);
    parties.push_back(
        issue(share(alice_.key), family_, {"Alice", "email:alice@example.org", serial}, &middle_));
  }
  return parties;
}

bulla::Certificate parse(const Party& party) {
  auto certificate = bulla::Certificate::parse(party.der);
  require(certificate.has_value(), "Certificate::parse");
  return *certificate;
}

std::string make_mail(std::size_t size, Header header) {
  std::string mail;
  if (header == Header::Mail) {
    mail +=
        "From: Alice <alice@example.org>\r\nTo: Alice <alice@example.org>\r\nSubject: Figures\r\n"
        "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";
  }
  mail +=
      "Content-Type: multipart/mixed; boundary=\"=_bench_0001\"\r\n\r\n"
      "--=_bench_0001\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
      "Dear colleague,\r\n\r\nthe figures that we spoke of are in the attachment.\r\n\r\n"
      "--=_bench_0001\r\nContent-Type: application/octet-stream; name=\"figures.bin\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string end = "--=_bench_0001--\r\n";
  const std::size_t used = mail.size() + end.size();
  mail += base64_body(size > used + 78 ? (size - used) / 78 : 1);
  return mail + end;
}

}  // namespace bench
