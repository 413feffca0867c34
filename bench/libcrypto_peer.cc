#include "bench/libcrypto_peer.h"

#include <openssl/rsa.h>

#include <array>

namespace bench {
namespace {

BioPtr reader(std::string_view octets) {
  return BioPtr(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
}

std::string take(const BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

X509Ptr share(const Party& party) {
  X509_up_ref(party.x509.get());
  return X509Ptr(party.x509.get());
}

constexpr std::array<unsigned char, 32> kKey = {1};

}  // namespace

CmsPeer::CmsPeer(World& world)
    : world_(world),
      chain_(sk_X509_new_null()),
      recipients_(sk_X509_new_null()),
      store_(X509_STORE_new()) {
  sk_X509_push(chain_.get(), share(world.middle()).release());
  X509_STORE_add_cert(store_.get(), world.root().x509.get());
}

std::string CmsPeer::sign(std::string_view entity) const { return sign_as(world_.alice(), entity); }

std::string CmsPeer::sign_as(const Party& signer, std::string_view entity) const {
  constexpr unsigned kFlags = CMS_DETACHED | CMS_STREAM | CMS_CRLFEOL;
  const BioPtr in = reader(entity);
  const BioPtr out(BIO_new(BIO_s_mem()));
  const CmsPtr cms(CMS_sign(signer.x509.get(), signer.key.get(), chain_.get(), in.get(), kFlags));
  require(cms != nullptr, "CMS_sign");
  BIO_puts(out.get(), "From: Alice <alice@example.org>\r\n");
  require(SMIME_write_CMS(out.get(), cms.get(), in.get(), kFlags) == 1, "SMIME_write_CMS");
  return take(out);
}

std::string CmsPeer::verify(std::string_view mail) const {
  const BioPtr in = reader(mail);
  const BioPtr out(BIO_new(BIO_s_mem()));
  BIO* content = nullptr;
  const CmsPtr cms(SMIME_read_CMS(in.get(), &content));
  const BioPtr owned(content);
  require(cms != nullptr, "SMIME_read_CMS");
  require(CMS_verify(cms.get(), nullptr, store_.get(), content, out.get(), 0) == 1, "CMS_verify");
  return take(out);
}

void CmsPeer::encrypt_to(std::size_t recipients) {
  const auto& parties = world_.recipients(recipients);
  recipients_.reset(sk_X509_new_null());
  for (std::size_t i = 0; i < recipients; ++i) {
    sk_X509_push(recipients_.get(), share(parties[i]).release());
  }
}

std::string CmsPeer::encrypt(std::string_view entity) const {
  constexpr unsigned kFlags = CMS_STREAM | CMS_CRLFEOL;
  const BioPtr in = reader(entity);
  const BioPtr out(BIO_new(BIO_s_mem()));
  const CmsPtr cms(CMS_encrypt(recipients_.get(), in.get(), EVP_aes_256_cbc(), kFlags));
  require(cms != nullptr, "CMS_encrypt");
  require(SMIME_write_CMS(out.get(), cms.get(), in.get(), kFlags) == 1, "SMIME_write_CMS");
  return take(out);
}

std::string CmsPeer::decrypt(std::string_view mail) const {
  const BioPtr in = reader(mail);
  const BioPtr out(BIO_new(BIO_s_mem()));
  const CmsPtr cms(SMIME_read_CMS(in.get(), nullptr));
  require(cms != nullptr, "SMIME_read_CMS");
  require(CMS_decrypt(cms.get(), world_.alice().key.get(), world_.alice().x509.get(), nullptr,
                      out.get(), 0) == 1,
          "CMS_decrypt");
  return take(out);
}

Primitive::Primitive(World& world, Work work, std::string_view octets, std::size_t recipients)
    : work_(work),
      rsa_(EVP_PKEY_is_a(world.alice().key.get(), "RSA") == 1),
      octets_(octets),
      buffer_(octets.size() + 1024),
      digest_(EVP_MD_CTX_new()),
      cipher_(EVP_CIPHER_CTX_new()),
      own_key_(world.alice().key.get()) {
  const int encrypting = work == Work::Encrypt ? 1 : 0;
  EVP_CipherInit_ex(cipher_.get(), EVP_aes_256_cbc(), nullptr, kKey.data(), kKey.data(),
                    encrypting);
  if (work == Work::Sign || work == Work::Verify) {
    prepare_signature(own_key_);
  } else if (rsa_) {
    prepare_transport(world, recipients);
  } else {
    prepare_agreement(world, recipients);
  }
}

void Primitive::prepare_signature(EVP_PKEY* key) {
  contexts_.emplace_back(EVP_PKEY_CTX_new(key, nullptr));
  EVP_PKEY_CTX* const context = contexts_.back().get();
  const auto set = [&] {
    if (rsa_) EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
  };
  EVP_PKEY_sign_init(context);
  set();
  if (work_ == Work::Sign) return;
  hash();
  std::size_t size = 512;
  input_.resize(size);
  require(EVP_PKEY_sign(context, input_.data(), &size, buffer_.data(), 32) == 1, "EVP_PKEY_sign");
  input_.resize(size);
  EVP_PKEY_verify_init(context);
  set();
}

void Primitive::prepare_transport(World& world, std::size_t recipients) {
  const auto& parties = world.recipients(recipients);
  for (std::size_t i = 0; i < recipients; ++i) {
    contexts_.emplace_back(EVP_PKEY_CTX_new(parties[i].key.get(), nullptr));
    EVP_PKEY_encrypt_init(contexts_.back().get());
    EVP_PKEY_CTX_set_rsa_padding(contexts_.back().get(), RSA_PKCS1_PADDING);
  }
  if (work_ != Work::Decrypt) return;
  EVP_PKEY_CTX* const context = contexts_.front().get();
  std::size_t size = 512;
  input_.resize(size);
  require(EVP_PKEY_encrypt(context, input_.data(), &size, kKey.data(), kKey.size()) == 1,
          "EVP_PKEY_encrypt");
  input_.resize(size);
  EVP_PKEY_decrypt_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
}

void Primitive::prepare_agreement(World& world, std::size_t recipients) {
  const auto& parties = world.recipients(recipients);
  for (std::size_t i = 0; i < recipients; ++i) peers_.push_back(parties[i].key.get());
  contexts_.emplace_back(EVP_PKEY_CTX_new(own_key_, nullptr));
  EVP_PKEY_derive_init(contexts_.back().get());
}

void Primitive::hash() {
  unsigned size = 0;
  EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
  EVP_DigestUpdate(digest_.get(), octets_.data(), octets_.size());
  EVP_DigestFinal_ex(digest_.get(), buffer_.data(), &size);
}

void Primitive::apply_cipher() {
  int size = 0;
  EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, kKey.data(), -1);
  EVP_CipherUpdate(cipher_.get(), buffer_.data(), &size,
                   reinterpret_cast<const unsigned char*>(octets_.data()),
                   static_cast<int>(octets_.size() / 16 * 16));
}

// One ephemeral key for all (RFC 5753).
void Primitive::agree_with_all() {
  const KeyPtr ephemeral(EVP_EC_gen("P-256"));
  const KeyContextPtr context(EVP_PKEY_CTX_new(ephemeral.get(), nullptr));
  EVP_PKEY_derive_init(context.get());
  for (EVP_PKEY* const peer : peers_) {
    std::size_t size = 64;
    require(EVP_PKEY_derive_set_peer_ex(context.get(), peer, 0) == 1 &&
                EVP_PKEY_derive(context.get(), buffer_.data(), &size) == 1,
            "EVP_PKEY_derive");
  }
}

void Primitive::run() {
  std::size_t size = 512;
  EVP_PKEY_CTX* const context = contexts_.front().get();
  unsigned char* const out = buffer_.data() + octets_.size();
  switch (work_) {
    case Work::Sign:
      hash();
      require(EVP_PKEY_sign(context, out, &size, buffer_.data(), 32) == 1, "EVP_PKEY_sign");
      return;
    case Work::Verify:
      hash();
      require(EVP_PKEY_verify(context, input_.data(), input_.size(), buffer_.data(), 32) == 1,
              "EVP_PKEY_verify");
      return;
    case Work::Encrypt:
      apply_cipher();
      if (!rsa_) return agree_with_all();
      for (const KeyContextPtr& each : contexts_) {
        size = 512;
        require(EVP_PKEY_encrypt(each.get(), out, &size, kKey.data(), kKey.size()) == 1,
                "EVP_PKEY_encrypt");
      }
      return;
    case Work::Decrypt:
      apply_cipher();
      if (rsa_) {
        require(EVP_PKEY_decrypt(context, out, &size, input_.data(), input_.size()) == 1,
                "EVP_PKEY_decrypt");
      } else {
        require(EVP_PKEY_derive_set_peer_ex(context, peers_.front(), 0) == 1 &&
                    EVP_PKEY_derive(context, out, &size) == 1,
                "EVP_PKEY_derive");
      }
  }
}

}  // namespace bench
