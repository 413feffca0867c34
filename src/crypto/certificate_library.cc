#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

#include <string_view>

#include "base/check.h"
#include "crypto/openssl.h"

// libcrypto 3.0 looks at every decoder that it has for every certificate that it reads,
// pair by pair: 100 µs each. A certificate needs those of SubjectPublicKeyInfo alone. So
// certificates are read in a context whose one provider is the default provider with
// its other decoders left out: 35 µs.

namespace bulla::crypto {
namespace {

OSSL_PROVIDER* default_provider() {
  static OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(library(), "default");
  return provider;
}

std::vector<OSSL_ALGORITHM> key_decoders() {
  std::vector<OSSL_ALGORITHM> decoders;
  int no_cache = 0;
  const OSSL_ALGORITHM* all =
      OSSL_PROVIDER_query_operation(default_provider(), OSSL_OP_DECODER, &no_cache);
  for (; all != nullptr && all->algorithm_names != nullptr; ++all) {
    std::string_view properties(all->property_definition);
    bool is_wanted = properties.find("structure=SubjectPublicKeyInfo") != properties.npos;
    if (is_wanted) decoders.push_back(*all);
  }
  decoders.push_back({});
  return decoders;
}

// OSSL_FUNC_provider_query_operation_fn (provider-base(7)).
const OSSL_ALGORITHM* query_operation(void*, int operation, int* no_cache) {
  if (operation == OSSL_OP_DECODER) {
    static const std::vector<OSSL_ALGORITHM> decoders = key_decoders();
    *no_cache = 0;
    return decoders.data();
  }
  if (operation == OSSL_OP_ENCODER || operation == OSSL_OP_STORE) return nullptr;
  return OSSL_PROVIDER_query_operation(default_provider(), operation, no_cache);
}

// OSSL_provider_init_fn (provider-base(7)). The functions are those of the default
// provider, so they get what that provider made for them.
int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions,
                   void** context) {
  static const OSSL_DISPATCH kFunctions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<void (*)()>(&query_operation)},
      {0, nullptr}};
  *functions = kFunctions;
  *context = OSSL_PROVIDER_get0_provider_ctx(default_provider());
  return 1;
}

OSSL_LIB_CTX* make_certificate_library() {
  CHECK(default_provider() != nullptr);
  OSSL_LIB_CTX* context = OSSL_LIB_CTX_new();
  require_memory(context);
  constexpr const char* kName = "bulla-certificates";
  CHECK(OSSL_PROVIDER_add_builtin(context, kName, &start_provider) == 1);
  CHECK(OSSL_PROVIDER_load(context, kName) != nullptr);
  return context;
}

}  // namespace

OSSL_LIB_CTX* certificate_library() {
  static OSSL_LIB_CTX* const context = make_certificate_library();
  return context;
}

}  // namespace bulla::crypto
