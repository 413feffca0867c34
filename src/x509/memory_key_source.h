// MemoryKeySource: the KeySource over identities, key-encryption keys and passwords
// in memory.
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <utility>
#include <vector>

#include "bulla/trust.h"

namespace bulla::x509 {

class MemoryKeySource final : public KeySource {
 public:
  explicit MemoryKeySource(std::vector<Identity> identities = {})
      : identities_(std::move(identities)) {}

  void add_kek(ByteView key_identifier, ByteView key);
  void add_password(ByteView password);
  void add_content_key(ByteView key);

  std::vector<Identity> find(const RecipientName& name) const override;
  std::vector<Identity> without_certificate() const override;
  Secret find_kek(ByteView key_identifier) const override;
  std::vector<Secret> passwords() const override;
  std::vector<Secret> content_keys() const override;

 private:
  std::vector<Identity> identities_;
  std::vector<std::pair<Bytes, Secret>> keks_;
  std::vector<Secret> passwords_;
  std::vector<Secret> content_keys_;
};

}  // namespace bulla::x509
