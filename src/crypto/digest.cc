#include "crypto/digest.h"

#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/openssl.h"

namespace bulla::crypto {

struct Hasher::Inner {
  Digest digest;
  Owned<EVP_MD_CTX> context;
};

Hasher::Hasher(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

Result<Hasher> Hasher::create(Digest digest) {
  ErrorScope scope;
  const EVP_MD* algorithm = fetched(digest);
  if (algorithm == nullptr) {
    return failure(Rule::CryptoUnavailable, 0, std::string(row(digest).name));
  }
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  require_memory(context.get());
  if (EVP_DigestInit_ex2(context.get(), algorithm, nullptr) != 1) {
    return failure(Rule::CryptoUnavailable, 0, std::string(row(digest).name));
  }
  return Hasher(std::make_unique<Inner>(Inner{digest, std::move(context)}));
}

Digest Hasher::digest() const { return inner_->digest; }

void Hasher::update(ByteView bytes) {
  bool done = for_each_chunk(bytes, kMaxChunk, [this](ByteView chunk) {
    return EVP_DigestUpdate(inner_->context.get(), chunk.data(), chunk.size()) == 1;
  });
  CHECK(done);
}

Bytes Hasher::finish() {
  Bytes result(digest_size(inner_->digest));
  EVP_MD_CTX* context = inner_->context.get();
  int done = is_extendable(inner_->digest)
                 ? EVP_DigestFinalXOF(context, result.data(), result.size())
                 : EVP_DigestFinal_ex(context, result.data(), nullptr);
  CHECK(done == 1);
  return result;
}

Hasher Hasher::clone() const {
  Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  require_memory(context.get());
  if (EVP_MD_CTX_copy_ex(context.get(), inner_->context.get()) != 1) require_memory(nullptr);
  return Hasher(std::make_unique<Inner>(Inner{inner_->digest, std::move(context)}));
}

std::size_t digest_size(Digest digest) { return row(digest).size; }

bool is_extendable(Digest digest) {
  return digest == Digest::Shake128 || digest == Digest::Shake256;
}

Result<Bytes> hash(Digest digest, ByteView bytes) {
  Hasher hasher = TRY(Hasher::create(digest));
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace bulla::crypto
