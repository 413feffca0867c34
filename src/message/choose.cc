#include "message/choose.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulla {
namespace {

// What a program of which nothing is known reads, in our order: AES-CBC has been in S/MIME
// since version 3.1, and few open AuthEnvelopedData (RFC 8551 2.7.1.2 leaves the choice).
constexpr std::array kUsual = {ContentCipher::Aes256Cbc, ContentCipher::Aes128Cbc};

// Every program since version 3.2 reads it (RFC 5751 2.7).
constexpr ContentCipher kFloor = ContentCipher::Aes128Cbc;

// Good enough, written here, and for content of any size: AES-CCM has to hold all of it.
bool is_acceptable(ContentCipher cipher) {
  const crypto::ContentCipherRow& row = crypto::row(cipher);
  return row.standing == crypto::Standing::Current && row.use == crypto::Use::Both &&
         row.parameters != crypto::ParameterForm::Ccm && crypto::is_available(cipher);
}

bool is_aes(ContentCipher cipher) { return name(cipher).starts_with("aes-"); }

template <typename List, typename T>
bool has(const List& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string describe(const crypto::KeyAgreement& agreement) {
  std::string text = agreement.kdf == crypto::Kdf::Hkdf ? "HKDF" : "X9.63 KDF";
  return text + " " + std::string(name(agreement.digest)) + ", " +
         std::to_string(8 * crypto::key_size(agreement.wrap)) + "-bit key wrap";
}

std::string first_stated(const Peer& peer) {
  return "the first of what the " + peer.origin + " of " + peer.name + " states that we can do";
}

}  // namespace

Peer make_peer(const RecipientChoice& recipient) {
  std::optional<Capabilities> known = capabilities_of(recipient.certificate);
  bool is_told = recipient.capabilities && !(known && recipient.capabilities->der.empty());
  std::optional<ContentCipher> last_cipher;
  if (recipient.capabilities) last_cipher = recipient.capabilities->last_cipher;
  if (is_told) known = recipient.capabilities;
  Peer peer{.certificate = recipient.certificate,
            .name = printable(recipient.certificate.subject()),
            .stated = {},
            .last_cipher = last_cipher,
            .origin = {}};
  if (!known) return peer;
  auto list = cms::decode_capabilities(known->der);
  if (list) peer.stated = cms::interpret(*list);
  peer.origin = "certificate";
  if (known->source == Capabilities::Source::SignedMail) {
    peer.origin = "signed mail";
    if (known->stated_at) peer.origin += " (" + to_iso8601(*known->stated_at) + ")";
  }
  return peer;
}

Chooser::Chooser(std::vector<Peer> peers, const Encrypt& step)
    : peers_(std::move(peers)),
      step_(step),
      has_secrets_(!step.keks.empty() || !step.passwords.empty()) {}

// Alike choices of several recipients are one.
void Chooser::record(AlgorithmChoice choice) {
  for (AlgorithmChoice& known : choices_) {
    bool is_same = known.what == choice.what && known.basis == choice.basis &&
                   known.value == choice.value && known.reason == choice.reason;
    if (!is_same) continue;
    known.whom.insert(known.whom.end(), choice.whom.begin(), choice.whom.end());
    return;
  }
  choices_.push_back(std::move(choice));
}

// What a peer can read of what we write, preferred first, and how we know.
struct Chooser::Ranked {
  std::vector<ContentCipher> ciphers;
  AlgorithmChoice::Basis basis = AlgorithmChoice::Basis::Usual;
};

Chooser::Ranked Chooser::candidates(const Peer& peer) {
  using Basis = AlgorithmChoice::Basis;
  Ranked ranked;
  auto add = [&](ContentCipher cipher) {
    if (is_acceptable(cipher) && !has(ranked.ciphers, cipher)) ranked.ciphers.push_back(cipher);
  };
  for (ContentCipher cipher : peer.stated.ciphers) add(cipher);
  if (!ranked.ciphers.empty()) {
    ranked.basis = Basis::Capabilities;
    return ranked;
  }
  if (!peer.stated.ciphers.empty()) {
    findings_.push_back(Finding::of(Rule::EncCapabilitiesTooWeak, {},
                                    peer.name + ": " + std::string(name(peer.stated.ciphers[0]))));
    return {.ciphers = {kFloor}, .basis = Basis::Floor};
  }
  if (peer.last_cipher) add(*peer.last_cipher);
  if (!ranked.ciphers.empty()) ranked.basis = Basis::LastMessage;
  for (ContentCipher cipher : kUsual) add(cipher);
  return ranked;
}

ContentCipher Chooser::asked_cipher(ContentCipher cipher) {
  for (const Peer& peer : peers_) {
    bool is_stated = peer.stated.ciphers.empty() || has(peer.stated.ciphers, cipher);
    if (is_stated) continue;
    findings_.push_back(
        Finding::of(Rule::EncBeyondCapabilities, {}, peer.name + ": " + std::string(name(cipher))));
  }
  record({.what = AlgorithmChoice::What::ContentCipher,
          .basis = AlgorithmChoice::Basis::Asked,
          .value = std::string(name(cipher)),
          .whom = {},
          .reason = "it was asked for"});
  return cipher;
}

namespace {

std::string explain(AlgorithmChoice::Basis basis, const std::vector<Peer>& peers) {
  using Basis = AlgorithmChoice::Basis;
  bool is_alone = peers.size() == 1;
  switch (basis) {
    case Basis::Capabilities:
      return is_alone ? first_stated(peers[0]) + " (RFC 8551 2.7.1.1)"
                      : "what all recipients read, and prefer most (RFC 8551 2.7.3)";
    case Basis::LastMessage:
      return "the cipher of the last mail of " + (is_alone ? peers[0].name : "a recipient") +
             " (RFC 2311 2.6.2.2)";
    case Basis::Floor:
      return "the least that is good enough, which every program since S/MIME 3.2 reads";
    default:
      return "usual where nothing is known of a recipient's program (RFC 8551 2.7.1.2)";
  }
}

}  // namespace

// Of the ciphers that everybody reads the one that is best for whom it suits worst. Where
// somebody is unknown, that is the basis of the choice.
ContentCipher Chooser::common_cipher() {
  using Basis = AlgorithmChoice::Basis;
  std::vector<Ranked> all;
  for (const Peer& peer : peers_) all.push_back(candidates(peer));
  if (has_secrets_ || peers_.empty()) {
    all.push_back({.ciphers = {kUsual.begin(), kUsual.end()}, .basis = Basis::Usual});
  }
  std::optional<ContentCipher> best;
  std::size_t best_rank = 0;
  for (ContentCipher cipher : all.front().ciphers) {
    std::size_t worst_rank = 0;
    for (const Ranked& ranked : all) {
      auto found = std::find(ranked.ciphers.begin(), ranked.ciphers.end(), cipher);
      bool is_read = found != ranked.ciphers.end();
      auto rank = static_cast<std::size_t>(found - ranked.ciphers.begin());
      worst_rank = std::max(worst_rank, is_read ? rank : ~std::size_t{0});
    }
    if (worst_rank == ~std::size_t{0} || (best && worst_rank >= best_rank)) continue;
    best = cipher;
    best_rank = worst_rank;
  }
  if (!best) findings_.push_back(Finding::of(Rule::EncNoCommonCipher));
  Basis basis = Basis::Capabilities;
  for (const Ranked& ranked : all) basis = std::max(basis, ranked.basis);
  if (!best) basis = Basis::Floor;
  ContentCipher cipher = best.value_or(kFloor);
  record({.what = AlgorithmChoice::What::ContentCipher,
          .basis = basis,
          .value = std::string(name(cipher)),
          .whom = {},
          .reason = explain(basis, peers_)});
  return cipher;
}

ContentCipher Chooser::content_cipher() {
  return step_.cipher ? asked_cipher(*step_.cipher) : common_cipher();
}

// Passwords and keys that both sides have say nothing of who reads what.
Encrypt::ContentKey Chooser::content_key(ContentCipher cipher) {
  using Key = Encrypt::ContentKey;
  AlgorithmChoice choice{.what = AlgorithmChoice::What::ContentKey,
                         .basis = AlgorithmChoice::Basis::Asked,
                         .value = "CEK-HKDF-SHA256",
                         .whom = {},
                         .reason = "it was asked for"};
  if (step_.content_key) {
    if (*step_.content_key == Key::Derived) record(std::move(choice));
    return *step_.content_key;
  }
  bool all_read = !peers_.empty() && !has_secrets_ &&
                  std::all_of(peers_.begin(), peers_.end(),
                              [](const Peer& peer) { return peer.stated.derives_content_keys; });
  if (!all_read || !is_aes(cipher)) return Key::Direct;
  choice.basis = AlgorithmChoice::Basis::Capabilities;
  choice.reason = "all recipients state that they read it (RFC 9709 1)";
  record(std::move(choice));
  return Key::Derived;
}

// An id-RSAES-OAEP key is for OAEP alone. Of what a peer states the first counts (ALG-42).
TransportScheme Chooser::transport(const Peer& peer) {
  using Basis = AlgorithmChoice::Basis;
  TransportScheme scheme;
  AlgorithmChoice choice{.what = AlgorithmChoice::What::KeyTransport,
                         .basis = Basis::Usual,
                         .value = {},
                         .whom = {peer.name},
                         .reason = "usual where nothing else is known"};
  bool is_oaep_key = peer.certificate.key_kind() == KeyKind::RsaOaep;
  auto fits = [](const TransportScheme& stated) { return stated.label.empty(); };
  auto stated = std::find_if(peer.stated.transports.begin(), peer.stated.transports.end(), fits);
  if (step_.transport || is_oaep_key) {
    bool is_oaep = is_oaep_key || step_.transport == Encrypt::Transport::Oaep;
    scheme.algorithm = is_oaep ? TransportAlgorithm::RsaOaep : TransportAlgorithm::RsaPkcs1;
    if (is_oaep) scheme.digest = scheme.mgf_digest = step_.oaep_digest;
    choice.basis = Basis::Asked;
    choice.reason = is_oaep_key ? "the key is for nothing else" : "it was asked for";
  } else if (stated != peer.stated.transports.end()) {
    scheme = *stated;
    choice.basis = Basis::Capabilities;
    choice.reason = "the first that the recipient's " + peer.origin + " states";
  }
  choice.value = bulla::describe(scheme);
  record(std::move(choice));
  return scheme;
}

// The wrap is as long as the content key at least (ALG-50, ALG-51).
std::optional<crypto::KeyAgreement> Chooser::agreement(const Peer& peer, ContentCipher cipher) {
  bool is_curve = peer.certificate.key_kind() == KeyKind::Ec;
  crypto::Kdf kdf = is_curve ? crypto::Kdf::X963 : crypto::Kdf::Hkdf;
  for (const crypto::KeyAgreement& stated : peer.stated.agreements) {
    bool is_good = crypto::row(stated.digest).standing == crypto::Standing::Current &&
                   stated.wrap != crypto::KeyWrap::TripleDes;
    bool fits = stated.kdf == kdf && !stated.cofactor &&
                crypto::key_size(stated.wrap) >= crypto::row(cipher).key_size;
    if (!is_good || !fits) continue;
    record({.what = AlgorithmChoice::What::KeyAgreement,
            .basis = AlgorithmChoice::Basis::Capabilities,
            .value = describe(stated),
            .whom = {peer.name},
            .reason = "the first that fits of what the recipient's " + peer.origin + " states"});
    return crypto::KeyAgreement{.kdf = kdf,
                                .digest = stated.digest,
                                .cofactor = false,
                                .wrap = stated.wrap,
                                .wrap_identifier = crypto::key_wrap_identifier(stated.wrap)};
  }
  return std::nullopt;
}

std::optional<Digest> choose_digest(const SignatureScheme& usual, const std::vector<Peer>& peers) {
  std::optional<std::vector<Digest>> common;
  for (const Peer& peer : peers) {
    std::vector<Digest> digests;
    for (const SignatureScheme& scheme : peer.stated.signatures) {
      bool counts = scheme.algorithm == usual.algorithm &&
                    crypto::row(scheme.digest).standing == crypto::Standing::Current;
      if (counts && !has(digests, scheme.digest)) digests.push_back(scheme.digest);
    }
    if (digests.empty()) continue;
    if (!common) {
      common = std::move(digests);
    } else {
      std::erase_if(*common, [&](Digest digest) { return !has(digests, digest); });
    }
  }
  if (!common || common->empty() || has(*common, usual.digest)) return std::nullopt;
  return common->front();
}

std::string_view name(AlgorithmChoice::What what) {
  switch (what) {
    case AlgorithmChoice::What::ContentCipher:
      return "content-cipher";
    case AlgorithmChoice::What::ContentKey:
      return "content-key";
    case AlgorithmChoice::What::KeyTransport:
      return "key-transport";
    case AlgorithmChoice::What::KeyAgreement:
      return "key-agreement";
    case AlgorithmChoice::What::Digest:
      return "digest";
  }
  return "";
}

std::string_view name(AlgorithmChoice::Basis basis) {
  switch (basis) {
    case AlgorithmChoice::Basis::Asked:
      return "asked";
    case AlgorithmChoice::Basis::Capabilities:
      return "capabilities";
    case AlgorithmChoice::Basis::LastMessage:
      return "last-message";
    case AlgorithmChoice::Basis::Usual:
      return "usual";
    case AlgorithmChoice::Basis::Floor:
      return "floor";
  }
  return "";
}

}  // namespace bulla
