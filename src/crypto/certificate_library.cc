#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

#include <string_view>

#include "base/check.h"
#include "crypto/openssl.h"

// libcrypto looks at every decoder and at every kind of key that it has for every certificate
// that it reads, pair by pair: 100 µs each with 3.0. A certificate needs the decoders of
// SubjectPublicKeyInfo alone (35 µs), and most need one kind of key. So certificates are read
// in contexts whose one provider is the default provider with the rest left out.

namespace bulla::crypto {
namespace {

OSSL_PROVIDER* default_provider() {
  static OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(library(), "default");
  return provider;
}

// What one such provider offers. Lives as long as the program.
struct Offer {
  const char* name;
  bool rsa;
  bool ec;
  bool others;
  std::vector<OSSL_ALGORITHM> decoders;
  std::vector<OSSL_ALGORITHM> keys;

  bool has(const OSSL_ALGORITHM& algorithm) const {
    // Names of one algorithm are parted by colons.
    std::string_view names(algorithm.algorithm_names);
    std::string_view first = names.substr(0, names.find(':'));
    if (first == "RSA") return rsa;
    return first == "EC" ? ec : others;
  }
};

const OSSL_ALGORITHM* all_of(int operation) {
  int no_cache = 0;
  return OSSL_PROVIDER_query_operation(default_provider(), operation, &no_cache);
}

Offer make_offer(const char* name, bool rsa, bool ec, bool others) {
  Offer offer{name, rsa, ec, others, {}, {}};
  for (auto at = all_of(OSSL_OP_DECODER); at != nullptr && at->algorithm_names; ++at) {
    std::string_view properties(at->property_definition);
    bool is_for_keys = properties.find("structure=SubjectPublicKeyInfo") != properties.npos;
    if (is_for_keys && offer.has(*at)) offer.decoders.push_back(*at);
  }
  for (auto at = all_of(OSSL_OP_KEYMGMT); at != nullptr && at->algorithm_names; ++at) {
    if (offer.has(*at)) offer.keys.push_back(*at);
  }
  offer.decoders.push_back({});
  offer.keys.push_back({});
  return offer;
}

const Offer& offer_of(CertificateKeys keys) {
  // Made one by one: a program that reads RSA certificates alone pays for no other.
  switch (keys) {
    case CertificateKeys::Rsa: {
      static const Offer offer = make_offer("bulla-certificates-rsa", true, false, false);
      return offer;
    }
    case CertificateKeys::Ec: {
      static const Offer offer = make_offer("bulla-certificates-ec", false, true, false);
      return offer;
    }
    case CertificateKeys::RsaAndEc: {
      static const Offer offer = make_offer("bulla-certificates-rsa-ec", true, true, false);
      return offer;
    }
    case CertificateKeys::Any:
      break;
  }
  static const Offer offer = make_offer("bulla-certificates", true, true, true);
  return offer;
}

// OSSL_FUNC_provider_query_operation_fn (provider-base(7)). The functions are those of the
// default provider, so they get the context that it made for them.
template <CertificateKeys keys>
const OSSL_ALGORITHM* query_operation(void*, int operation, int* no_cache) {
  const Offer& offer = offer_of(keys);
  *no_cache = 0;
  if (operation == OSSL_OP_DECODER) return offer.decoders.data();
  if (operation == OSSL_OP_KEYMGMT) return offer.keys.data();
  if (operation == OSSL_OP_ENCODER || operation == OSSL_OP_STORE) return nullptr;
  return OSSL_PROVIDER_query_operation(default_provider(), operation, no_cache);
}

// OSSL_provider_init_fn (provider-base(7)).
template <CertificateKeys keys>
int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
                   void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(&query_operation<keys>)},
      {0, nullptr}};
  *functions = kFunctions;
  *context = OSSL_PROVIDER_get0_provider_ctx(default_provider());
  return 1;
}

template <CertificateKeys keys>
OSSL_LIB_CTX* make_library() {
  CHECK(default_provider() != nullptr);
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  require_memory(context);
  const char* name = offer_of(keys).name;
  CHECK(OSSL_PROVIDER_add_builtin(context, name, &start_provider<keys>) == 1);
  CHECK(OSSL_PROVIDER_load(context, name) != nullptr);
  return context;
}

template <CertificateKeys keys>
OSSL_LIB_CTX* library_of() {
  static OSSL_LIB_CTX* const context = make_library<keys>();
  return context;
}

}  // namespace

OSSL_LIB_CTX* certificate_library() { return library_of<CertificateKeys::Any>(); }

OSSL_LIB_CTX* certificate_library(CertificateKeys keys) {
  switch (keys) {
    case CertificateKeys::Rsa:
      return library_of<CertificateKeys::Rsa>();
    case CertificateKeys::Ec:
      return library_of<CertificateKeys::Ec>();
    case CertificateKeys::RsaAndEc:
      return library_of<CertificateKeys::RsaAndEc>();
    case CertificateKeys::Any:
      break;
  }
  return certificate_library();
}

}  // namespace bulla::crypto
