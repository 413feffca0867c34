// What the operations of one process are measured on: keys, certificates and mails, made in memory.
//
// Each family is made when it is first asked for and kept. The chain has three certificates: a root
// (RSA-4096 or P-256), an intermediate and a leaf (RSA-2048 or P-256).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bench/libcrypto.h"
#include "bulla/seal.h"
#include "bulla/trust.h"

namespace bench {

enum class Family { Rsa, Ec };

const char* name_of(Family family);

// The same certificate for both libraries.
struct Party {
  KeyPtr key;
  X509Ptr x509;
  bulla::Bytes der;
};

class World {
 public:
  static World& of(Family family);

  const Party& root() const { return root_; }
  const Party& middle() const { return middle_; }
  const Party& alice() const { return alice_; }
  bulla::Identity identity() const;

  // Alice first, then others who share twenty keys.
  const std::vector<Party>& recipients(std::size_t count);
  std::vector<bulla::RecipientChoice> recipient_choices(std::size_t count);

  // Certificates of Alice's that differ in their serial numbers.
  std::vector<Party> more_of_alice(std::size_t count) const;

  bulla::Time now() const { return now_; }

 private:
  explicit World(Family family);

  Family family_;
  bulla::Time now_;
  Party root_;
  Party middle_;
  Party alice_;
  std::vector<KeyPtr> spare_keys_;
  std::vector<Party> recipients_;
};

bulla::Certificate parse(const Party& party);

// A MIME entity of about `size` octets, CRLF: a text and an attachment in base64. With header: a
// mail from Alice.
enum class Header { Entity, Mail };
std::string make_mail(std::size_t size, Header header);

}  // namespace bench
