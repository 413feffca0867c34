#include "crypto/self_test.h"

#include <array>

#include "base/try.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "crypto/key_transport.h"
#include "crypto/key_wrap.h"

namespace bulla::crypto {
namespace {

// Whether what was encrypted opens with its tag, and with no other tag.
bool aead_compares_tags(ContentCipher cipher, ByteView plaintext) {
  const std::array<std::uint8_t, 32> key{1};
  const std::array<std::uint8_t, 12> nonce{2};
  const std::array<std::uint8_t, 5> aad{3};
  ByteView used_key = ByteView(key).first(cipher == ContentCipher::Aes128Gcm ? 16 : 32);
  Bytes ciphertext;
  Output collect = [&](ByteView piece) -> Result<void> {
    append(ciphertext, piece);
    return {};
  };
  Output drop = [](ByteView) -> Result<void> { return {}; };
  auto encryptor = Encryptor::create(cipher, used_key, nonce, aad);
  if (!encryptor || !encryptor->update(plaintext, collect) || !encryptor->finish(collect)) {
    return false;
  }
  auto opens = [&](ByteView tag) {
    auto decryptor = Decryptor::create(cipher, used_key, nonce);
    return decryptor && decryptor->update(ciphertext, drop) && decryptor->finish(tag, aad, drop);
  };
  Bytes other = to_bytes(encryptor->tag());
  other[15] ^= 1;
  ByteView short_tag = encryptor->tag().first(11);
  return opens(encryptor->tag()) && !opens(other) && !opens(short_tag) && !opens({}) &&
         !opens(Bytes(16));
}

bool key_wrap_keeps_bounds(KeyWrap wrap) {
  const Bytes kek(key_size(wrap), 7);
  const Bytes key(key_size(wrap), 8);
  auto wrapped = wrap_key(wrap, kek, key);
  if (!wrapped) return false;
  auto back = unwrap_key(wrap, kek, *wrapped);
  if (!back || !equal(back->view(), key)) return false;
  for (std::size_t size = 0; size < wrapped->size(); ++size) {
    if (unwrap_key(wrap, kek, ByteView(*wrapped).first(size))) return false;
  }
  wrapped->back() ^= 1;
  return !unwrap_key(wrap, kek, *wrapped);
}

// EB = 00 02 PS 00 D (RFC 8017 7.2.1) gives D; any other block gives the substitute.
bool bad_padding_is_not_told() {
  Bytes block(64, 0x55);
  block[0] = 0;
  block[1] = 2;
  block[64 - 17] = 0;
  const Bytes substitute(16, 0xaa);
  if (!equal(unpad_pkcs1(block, substitute).view(), Bytes(16, 0x55))) return false;
  for (std::size_t position : {0, 1, 2, 20, 64 - 18, 64 - 17}) {
    Bytes bad = block;
    bad[position] = bad[position] == 0x55 ? 0 : 0x55;
    if (!equal(unpad_pkcs1(bad, substitute).view(), substitute)) return false;
  }
  return true;
}

// FIPS 180-4's example "abc".
bool digests_are_right() {
  auto digest = hash(Digest::Sha256, as_bytes("abc"));
  return digest &&
         to_hex(*digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}

}  // namespace

Result<void> self_test() {
  auto fail = [](const char* what) { return failure(Rule::CryptoUnavailable, 0, what); };
  if (!digests_are_right()) return fail("self test: SHA-256");
  for (ContentCipher cipher : {ContentCipher::Aes128Gcm, ContentCipher::Aes256Gcm}) {
    bool compares = aead_compares_tags(cipher, {}) && aead_compares_tags(cipher, Bytes(33, 9));
    if (!compares) return fail("self test: GCM tags");
  }
  for (KeyWrap wrap : {KeyWrap::Aes128, KeyWrap::Aes256, KeyWrap::TripleDes}) {
    if (!key_wrap_keeps_bounds(wrap)) return fail("self test: key wrap");
  }
  if (!bad_padding_is_not_told()) return fail("self test: implicit rejection");
  return {};
}

}  // namespace bulla::crypto
