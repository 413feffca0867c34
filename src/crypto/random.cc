#include <openssl/rand.h>

#include <bit>

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"
#include "crypto/openssl.h"

namespace bulla::crypto {
namespace {

// DES keys carry odd parity in the low bit of each octet (KM-06).
void set_odd_parity(MutableByteView key) {
  for (std::uint8_t& octet : key) {
    unsigned high = octet & 0xfeu;
    octet = static_cast<std::uint8_t>(high | ((std::popcount(high) + 1u) & 1u));
  }
}

}  // namespace

Result<Bytes> random_bytes(std::size_t count) {
  ErrorScope scope;
  Bytes result(count);
  if (count != 0 && RAND_bytes_ex(library(), result.data(), count, 0) != 1) {
    return failure(Rule::CryptoRandom);
  }
  return result;
}

Result<Secret> random_secret(std::size_t count) {
  ErrorScope scope;
  Secret result(count);
  if (count != 0 && RAND_priv_bytes_ex(library(), result.mutable_view().data(), count, 0) != 1) {
    return failure(Rule::CryptoRandom);
  }
  return result;
}

Result<Secret> random_content_key(ContentCipher cipher) {
  Secret key = TRY(random_secret(row(cipher).key_size));
  if (cipher == ContentCipher::TripleDesCbc) set_odd_parity(key.mutable_view());
  return key;
}

}  // namespace bulla::crypto
