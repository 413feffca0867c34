#include "crypto/hmac.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

struct HmacRow {
  Oid oid;
  Digest digest;
};

// The first of a digest is written.
constexpr std::array kHmacs = {
    HmacRow{Oid::of("1.2.840.113549.2.7"), Digest::Sha1},
    HmacRow{Oid::of("1.3.6.1.5.5.8.1.2"), Digest::Sha1},
    HmacRow{Oid::of("1.2.840.113549.2.8"), Digest::Sha224},
    HmacRow{Oid::of("1.2.840.113549.2.9"), Digest::Sha256},
    HmacRow{Oid::of("1.2.840.113549.2.10"), Digest::Sha384},
    HmacRow{Oid::of("1.2.840.113549.2.11"), Digest::Sha512},
};

}  // namespace

std::optional<Digest> read_hmac(const asn1::AlgorithmIdentifier& algorithm) {
  if (!algorithm.has_no_or_null_parameters()) return std::nullopt;
  const auto* row = std::find_if(kHmacs.begin(), kHmacs.end(), [&](const HmacRow& candidate) {
    return candidate.oid == algorithm.algorithm;
  });
  return row == kHmacs.end() ? std::nullopt : std::optional(row->digest);
}

asn1::AlgorithmIdentifier hmac_identifier(Digest digest) {
  const auto* row = std::find_if(kHmacs.begin(), kHmacs.end(), [&](const HmacRow& candidate) {
    return candidate.digest == digest;
  });
  CHECK(row != kHmacs.end());
  return {row->oid, kNullParameters};
}

std::string hmac_name(Digest digest) { return "hmac-" + std::string(name(digest)); }

struct Hmac::Inner {
  Owned<EVP_MAC_CTX> context;
};

Hmac::Hmac(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac::~Hmac() = default;

Result<Hmac> Hmac::create(Digest digest, ByteView key) {
  ErrorScope scope;
  Owned<EVP_MAC> mac(EVP_MAC_fetch(library(), "HMAC", nullptr));
  if (mac == nullptr) return failure(Rule::CryptoUnavailable, 0, "HMAC");
  auto inner = std::make_unique<Inner>();
  inner->context.reset(EVP_MAC_CTX_new(mac.get()));
  require_memory(inner->context.get());
  Parameters parameters;
  parameters.text(OSSL_MAC_PARAM_DIGEST, row(digest).fetch_name);
  if (EVP_MAC_init(inner->context.get(), key.data(), key.size(), parameters.list()) != 1) {
    return failure(Rule::CryptoUnavailable, 0, "HMAC");
  }
  return Hmac(std::move(inner));
}

Result<void> Hmac::update(ByteView bytes) {
  ErrorScope scope;
  if (EVP_MAC_update(inner_->context.get(), bytes.data(), bytes.size()) != 1) {
    return failure(Rule::CryptoUnavailable, 0, "HMAC");
  }
  return {};
}

Result<Bytes> Hmac::finish() {
  ErrorScope scope;
  Bytes result(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  if (EVP_MAC_final(inner_->context.get(), result.data(), &size, result.size()) != 1) {
    return failure(Rule::CryptoUnavailable, 0, "HMAC");
  }
  result.resize(size);
  return result;
}

Result<Bytes> hmac(Digest digest, ByteView key, ByteView bytes) {
  Hmac mac = TRY(Hmac::create(digest, key));
  TRY_VOID(mac.update(bytes));
  return mac.finish();
}

}  // namespace bulla::crypto
