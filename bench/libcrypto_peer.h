// libcrypto on the same work: its own CMS, and the primitives that nobody can do without.
//
// Keys, certificates, trust store and contexts are kept, as a server would keep them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/world.h"

namespace bench {

// S/MIME by SMIME_read_CMS, SMIME_write_CMS, CMS_*.
class CmsPeer {
 public:
  explicit CmsPeer(World& world);

  std::string sign(std::string_view entity) const;  // multipart/signed, from Alice
  std::string sign_as(const Party& signer, std::string_view entity) const;
  std::string verify(std::string_view mail) const;  // with the path
  void encrypt_to(std::size_t recipients);          // prepares encrypt()
  std::string encrypt(std::string_view entity) const;
  std::string decrypt(std::string_view mail) const;

 private:
  World& world_;
  X509StackPtr chain_;
  X509StackPtr recipients_;
  X509StorePtr store_;
};

// SHA-256 and one signature or verification; AES-256-CBC and one operation for each recipient.
class Primitive {
 public:
  enum class Work { Sign, Verify, Encrypt, Decrypt };

  Primitive(World& world, Work work, std::string_view octets, std::size_t recipients = 1);
  void run();

 private:
  void prepare_signature(EVP_PKEY* key);
  void prepare_transport(World& world, std::size_t recipients);
  void prepare_agreement(World& world, std::size_t recipients);
  void hash();
  void apply_cipher();
  void agree_with_all();

  Work work_;
  bool rsa_;
  std::string_view octets_;
  std::vector<unsigned char> buffer_;
  std::vector<unsigned char> input_;  // a signature, or an encrypted key
  DigestPtr digest_;
  CipherPtr cipher_;
  EVP_PKEY* own_key_;
  std::vector<KeyContextPtr> contexts_;  // one for each recipient
  std::vector<EVP_PKEY*> peers_;
};

}  // namespace bench
