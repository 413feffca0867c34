#include "message/choose.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "message/rules.h"

namespace bulla {
namespace {

// What a program of which nothing is known reads, in our order: AES-CBC has been in S/MIME
// since version 3.1, and few open AuthEnvelopedData (RFC 8551 2.7.1.2 leaves the choice).
constexpr std::array kUsual = {ContentCipher::Aes256Cbc, ContentCipher::Aes128Cbc};

// Every program since version 3.2 reads it (RFC 5751 2.7).
constexpr ContentCipher kFloor = ContentCipher::Aes128Cbc;

constexpr const char* kAsked = "it was asked for";

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
  bool is_told = recipient.capabilities && !(known && supersedes(*known, *recipient.capabilities));
  std::optional<ContentCipher> last_cipher;
  if (recipient.capabilities) last_cipher = recipient.capabilities->last_cipher;
  if (is_told) known = recipient.capabilities;
  Peer peer{.certificate = recipient.certificate,
            .name = printable(recipient.certificate.subject()),
            .stated = {},
            .last_cipher = last_cipher,
            .chain = recipient.chain,
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

Chooser::Chooser(std::vector<Peer> peers, const Encrypt& step, const AlgorithmRules& rules)
    : peers_(std::move(peers)),
      step_(step),
      rules_(rules),
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

// What is taken where nothing is known: the profile's, in its order, or ours. What is weak comes
// last, and only if a profile names it.
std::vector<ContentCipher> Chooser::usual() const {
  if (rules_.ciphers.empty()) return {kUsual.begin(), kUsual.end()};
  std::vector<ContentCipher> list = rules_.ciphers;
  std::erase_if(list, [](ContentCipher cipher) {
    return crypto::row(cipher).use == crypto::Use::Read || !crypto::is_available(cipher);
  });
  std::stable_partition(list.begin(), list.end(), &is_acceptable);
  return list;
}

ContentCipher Chooser::floor() const {
  if (is_allowed(rules_.ciphers, kFloor)) return kFloor;
  std::vector<ContentCipher> list = usual();
  return list.empty() ? kFloor : list.front();
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
    bool is_good = is_acceptable(cipher) && is_allowed(rules_.ciphers, cipher);
    if (is_good && !has(ranked.ciphers, cipher)) ranked.ciphers.push_back(cipher);
  };
  for (ContentCipher cipher : peer.stated.ciphers) add(cipher);
  if (!ranked.ciphers.empty()) {
    ranked.basis = Basis::Capabilities;
    return ranked;
  }
  if (!peer.stated.ciphers.empty()) {
    findings_.push_back(Finding::of(Rule::EncCapabilitiesTooWeak, {},
                                    peer.name + ": " + std::string(name(peer.stated.ciphers[0]))));
    return {.ciphers = {floor()}, .basis = Basis::Floor};
  }
  if (peer.last_cipher) add(*peer.last_cipher);
  if (!ranked.ciphers.empty()) ranked.basis = Basis::LastMessage;
  for (ContentCipher cipher : usual()) {
    if (!has(ranked.ciphers, cipher)) ranked.ciphers.push_back(cipher);
  }
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
          .reason = kAsked});
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
    all.push_back({.ciphers = usual(), .basis = Basis::Usual});
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
  ContentCipher cipher = best.value_or(floor());
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
                         .reason = kAsked};
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

namespace {

struct RsaCandidate {
  KeyManagement management;
  TransportScheme transport;
  AlgorithmChoice::Basis basis;
  std::string reason;
};

TransportScheme oaep(Digest digest) {
  return {.algorithm = TransportAlgorithm::RsaOaep,
          .digest = digest,
          .mgf_digest = digest,
          .label = {}};
}

// The digest of OAEP where it is ours to choose: the step's, or one that the profile allows.
Digest oaep_digest(const Encrypt& step, const AlgorithmRules& rules) {
  if (is_allowed(rules.digests, step.oaep_digest)) return step.oaep_digest;
  for (Digest digest : {Digest::Sha256, Digest::Sha384, Digest::Sha512}) {
    if (is_allowed(rules.digests, digest)) return digest;
  }
  return step.oaep_digest;
}

// What may be done for the key, first what is wanted most. An id-RSAES-OAEP key is for OAEP alone
// (ALG-42).
std::vector<RsaCandidate> rsa_candidates(const Peer& peer, const Encrypt& step,
                                         const AlgorithmRules& rules) {
  using Basis = AlgorithmChoice::Basis;
  using Transport = Encrypt::Transport;
  TransportScheme pkcs1{.label = {}};
  std::vector<RsaCandidate> list;
  auto add = [&list](KeyManagement management, TransportScheme transport, Basis basis,
                     std::string reason) {
    list.push_back({management, std::move(transport), basis, std::move(reason)});
  };
  KeyKind kind = peer.certificate.key_kind();
  bool is_fixed = kind != KeyKind::Rsa;
  std::string why = is_fixed ? "the key is for nothing else" : kAsked;
  bool is_asked = is_fixed || step.transport.has_value();
  bool is_kem = is_fixed ? kind == KeyKind::RsaKem : step.transport == Transport::Kem;
  bool is_pkcs1 = !is_fixed && step.transport == Transport::Pkcs1;
  if (is_asked) {
    KeyManagement management = is_kem     ? KeyManagement::RsaKem
                               : is_pkcs1 ? KeyManagement::Rsa
                                          : KeyManagement::RsaOaep;
    TransportScheme scheme = is_kem || is_pkcs1 ? pkcs1 : oaep(oaep_digest(step, rules));
    add(management, scheme, Basis::Asked, why);
    return list;
  }
  for (const TransportScheme& stated : peer.stated.transports) {
    if (!stated.label.empty()) continue;
    add(key_management(stated), stated, Basis::Capabilities,
        "the first that the recipient's " + peer.origin + " states");
  }
  add(KeyManagement::Rsa, pkcs1, Basis::Usual, "usual where nothing else is known");
  add(KeyManagement::RsaOaep, oaep(oaep_digest(step, rules)), Basis::Usual,
      "the profile allows nothing else");
  add(KeyManagement::RsaKem, pkcs1, Basis::Usual, "the profile allows nothing else");
  return list;
}

bool fits_rules(const AlgorithmRules& rules, KeyManagement management,
                const TransportScheme& scheme) {
  bool has_digests = management == KeyManagement::RsaOaep;
  return is_allowed(rules.key_management, management) &&
         (!has_digests || (is_allowed(rules.digests, scheme.digest) &&
                           is_allowed(rules.digests, scheme.mgf_digest)));
}

}  // namespace

Result<Chooser::RsaManagement> Chooser::rsa(const Peer& peer) {
  std::vector<RsaCandidate> list = rsa_candidates(peer, step_, rules_);
  for (const RsaCandidate& candidate : list) {
    if (!fits_rules(rules_, candidate.management, candidate.transport)) continue;
    bool is_kem = candidate.management == KeyManagement::RsaKem;
    record({.what = AlgorithmChoice::What::KeyTransport,
            .basis = candidate.basis,
            .value = is_kem ? "RSA-KEM" : bulla::describe(candidate.transport),
            .whom = {peer.name},
            .reason = candidate.reason});
    return RsaManagement{.transport = candidate.transport, .is_kem = is_kem};
  }
  return failure(
      Rule::PolicyAlgorithm, 0,
      "key management by " + std::string(name(list.front().management)) + " for " + peer.name);
}

// The wrap is as long as the content key at least (ALG-50, ALG-51).
std::optional<crypto::KeyAgreement> Chooser::agreement(const Peer& peer, ContentCipher cipher) {
  bool is_curve = peer.certificate.key_kind() == KeyKind::Ec;
  crypto::Kdf kdf = is_curve ? crypto::Kdf::X963 : crypto::Kdf::Hkdf;
  for (const crypto::KeyAgreement& stated : peer.stated.agreements) {
    bool is_good = crypto::row(stated.digest).standing == crypto::Standing::Current &&
                   is_allowed(rules_.digests, stated.digest) &&
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
