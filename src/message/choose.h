// The choice of algorithms by what recipients can read (RFC 2311 2.6.2, RFC 8551 2.7.1).
//
// A list of capabilities narrows the choice and never lowers it: what is weak or only read
// here is not chosen, whoever states it (CHOOSE-01, T-114).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/seal.h"
#include "cms/capabilities.h"

namespace bulla {

// One recipient with what is known of them.
struct Peer {
  Certificate certificate;
  std::string name;
  cms::StatedAlgorithms stated;
  std::optional<ContentCipher> last_cipher;
  std::vector<Certificate> chain;
  // "certificate", "signed mail (2026-06-01T12:00:00Z)"; empty: nothing is known.
  std::string origin;
};
Peer make_peer(const RecipientChoice& recipient);

class Chooser {
 public:
  // All but the peers must outlive it.
  Chooser(std::vector<Peer> peers, const Encrypt& step, const AlgorithmRules& rules);

  const std::vector<Peer>& peers() const { return peers_; }

  // One cipher for all (CHOOSE-13).
  ContentCipher content_cipher();
  // Whether the content key is derived (RFC 9709 1, CHOOSE-12).
  Encrypt::ContentKey content_key(ContentCipher cipher);
  // How an RSA key gets the content key. Errors: policy.algorithm.
  struct RsaManagement {
    TransportScheme transport = {};
    bool is_kem = false;
  };
  Result<RsaManagement> rsa(const Peer& peer);
  // For a key that agrees; nothing if the peer says nothing that fits.
  std::optional<crypto::KeyAgreement> agreement(const Peer& peer, ContentCipher cipher);

  std::vector<AlgorithmChoice> take_choices() { return std::move(choices_); }
  Findings take_findings() { return std::move(findings_); }

 private:
  struct Ranked;
  Ranked candidates(const Peer& peer);
  ContentCipher asked_cipher(ContentCipher cipher);
  ContentCipher common_cipher();
  std::vector<ContentCipher> usual() const;
  ContentCipher floor() const;
  void record(AlgorithmChoice choice);

  std::vector<Peer> peers_;
  const Encrypt& step_;
  const AlgorithmRules& rules_;
  bool has_secrets_;  // recipients without a certificate, of whose programs nothing is known
  std::vector<AlgorithmChoice> choices_;
  Findings findings_;
};

// The digest for a key whose usual scheme is `usual`: that one, unless all recipients who state
// what signatures of its kind they check have another one in common.
std::optional<Digest> choose_digest(const SignatureScheme& usual, const std::vector<Peer>& peers);

}  // namespace bulla
