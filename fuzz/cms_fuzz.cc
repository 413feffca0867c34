// The CMS parser over any octets: whole and in chunks it gives the same events. Then
// what stands behind it: signers are checked, content keys looked for.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "base/check.h"
#include "base/try.h"
#include "cms/authenticated_data.h"
#include "cms/countersignature.h"
#include "cms/decrypt.h"
#include "cms/parser.h"
#include "cms/recipient_editor.h"
#include "cms/signature_editor.h"
#include "cms/timestamp_protocol.h"
#include "cms/verify.h"
#include "x509/memory_key_source.h"
#include "x509/pem.h"

namespace bulla {
namespace {

Bytes file(const std::string& name) {
  std::ifstream in(std::string(BULLA_TEST_DATA) + "/cms/" + name, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

Identity identity(const std::string& name) {
  auto key = x509::read_pem(file(name + ".key.pem")).value();
  return {.key = load_private_key(key.front().contents.view()).value(),
          .certificate = load_certificates(file(name + ".pem")).value().front(),
          .chain = {}};
}

const std::vector<Identity>& identities() {
  static const std::vector<Identity> made{identity("rsa"), identity("p256")};
  return made;
}

const x509::MemoryKeySource& keys() {
  static const x509::MemoryKeySource source = [] {
    x509::MemoryKeySource made(identities());
    made.add_password(as_bytes("secret"));
    return made;
  }();
  return source;
}

// Few iterations, so that an input costs little.
Limits limits() {
  Limits limits;
  limits.pbkdf2_iterations = 2'048;
  return limits;
}

class Recorder final : public cms::EventHandler {
 public:
  Result<void> content_info(const Oid& type) override { return note("i" + type.to_string()); }
  Result<void> signed_data(const cms::SignedHeader& now) override {
    header = now;
    return note("s" + std::to_string(now.digest_algorithms.size()));
  }
  Result<void> enveloped_data(cms::EnvelopedHeader now) override {
    enveloped = std::move(now);
    return note("e" + std::to_string(enveloped->recipients.size()));
  }
  Result<void> compressed_data(const Oid& type) override { return note("c" + type.to_string()); }
  Result<void> content(ByteView chunk) override {
    append(octets, chunk);
    return {};
  }
  Result<void> content_end(cms::Presence presence) override {
    return note(to_hex(octets) + (presence == cms::Presence::Present ? "p" : "a"));
  }
  Result<void> signed_tail(cms::SignedTail now) override {
    tail = std::move(now);
    return note("t" + std::to_string(tail.signers.size()) + std::to_string(tail.findings.size()));
  }
  Result<void> enveloped_tail(cms::EnvelopedTail now) override {
    enveloped_tail_seen = std::move(now);
    return note("t" + to_hex(enveloped_tail_seen.mac));
  }

  Result<void> authenticated_data(cms::AuthenticatedHeader now) override {
    authenticated = std::move(now);
    return note("a" + std::to_string(authenticated->common.recipients.size()));
  }
  Result<void> authenticated_tail(cms::EnvelopedTail now) override {
    enveloped_tail_seen = std::move(now);
    return note("t" + to_hex(enveloped_tail_seen.mac));
  }

  std::string log;
  std::optional<cms::AuthenticatedHeader> authenticated;
  cms::SignedHeader header;
  cms::SignedTail tail;
  std::optional<cms::EnvelopedHeader> enveloped;
  cms::EnvelopedTail enveloped_tail_seen;
  Bytes octets;

 private:
  Result<void> note(const std::string& text) {
    log += text + " ";
    return {};
  }
};

Result<void> feed(cms::Parser& parser, ByteView input, std::size_t chunk) {
  while (!input.empty()) {
    ByteView part = input.first(std::min(chunk, input.size()));
    TRY_VOID(parser.push(part));
    input = input.subspan(part.size());
  }
  return parser.finish();
}

void parse(Recorder& recorder, ByteView input, std::size_t chunk) {
  cms::Parser parser(recorder, limits());
  auto result = feed(parser, input, chunk);
  if (!result) recorder.log += describe(result.error());
}

void check_signers(const Recorder& message) {
  std::vector<Certificate> candidates = message.tail.certificates;
  for (const Identity& one : identities()) candidates.push_back(*one.certificate);
  cms::SignedContent content{.content_type = message.header.content_type,
                             .digest_algorithms = message.header.digest_algorithms,
                             .digests = {},
                             .beginning = message.octets,
                             .size = message.octets.size()};
  for (Digest digest : {Digest::Sha1, Digest::Sha256, Digest::Sha512}) {
    if (auto value = crypto::hash(digest, message.octets)) content.digests[digest] = *value;
  }
  for (const cms::SignerInfo& signer : message.tail.signers) {
    cms::check_signer(signer, content, candidates, limits());
    for (const cms::SignerInfo& one : cms::read_countersignatures(signer, limits()).signers) {
      cms::check_countersigner(one, signer.signature, candidates, limits());
    }
    for (const Bytes& der : cms::timestamp_tokens(signer)) {
      auto token = cms::parse_timestamp_token(der, limits());
      if (token) cms::check_token_signer(*token, candidates, limits());
    }
  }
}

// The octets as what a timestamping authority, or who asks one, sends. What is read of a
// TSTInfo and written again reads as the same.
void read_timestamps(ByteView input) {
  auto info = asn1::decode(input, &cms::TstInfo::read, limits());
  if (info) {
    Bytes again = asn1::encode([&](asn1::Writer& out) { info->write(out); });
    auto same = asn1::decode(again, &cms::TstInfo::read, limits());
    CHECK(same && same->time == info->time && same->nonce == info->nonce);
  }
  auto request = asn1::decode(input, &cms::TimestampRequest::read, limits());
  auto token =
      cms::read_timestamp_response(input, request.value_or(cms::TimestampRequest()), limits());
  if (token) CHECK(cms::parse_timestamp_token(token->token, limits()));
}

// A SignedData around which everything is written anew says what it said.
void edit_signatures(const Recorder& message, ByteView input) {
  Bytes edited;
  cms::SignatureEditor editor([](cms::SignedTail&) { return Result<void>(); }, limits(),
                              [&](ByteView octets) -> Result<void> {
                                append(edited, octets);
                                return {};
                              });
  if (!editor.push(input) || !editor.finish()) return;
  Recorder again;
  parse(again, edited, edited.size() + 1);
  CHECK(again.octets == message.octets);
  CHECK(again.tail.signers.size() == message.tail.signers.size());
  for (std::size_t i = 0; i < again.tail.signers.size(); ++i) {
    CHECK(again.tail.signers[i].signature == message.tail.signers[i].signature);
    CHECK(again.tail.signers[i].signed_attrs_der == message.tail.signers[i].signed_attrs_der);
  }
}

void decrypt(const Recorder& message) {
  auto encryption = cms::check_content_encryption(*message.enveloped);
  if (!encryption) return;
  auto key = cms::recover_content_key(*message.enveloped, *encryption, keys(), limits(),
                                      cms::OldForms::Read);
  if (!key) return;
  auto decryptor = cms::ContentDecryptor::create(*encryption, *key);
  if (!decryptor) return;
  auto drop = [](ByteView) -> Result<void> { return {}; };
  for (const cms::SignerInfo& signer : message.tail.signers) {
    static_cast<void>(cms::decrypt_signature(*encryption, *key, signer.signature));
  }
  if (!decryptor->update(message.octets, drop)) return;
  auto done = decryptor->finish(*message.enveloped, message.enveloped_tail_seen, drop);
  static_cast<void>(done);
}

void check_mac(const Recorder& message) {
  auto algorithms = cms::check_mac_algorithms(*message.authenticated, cms::OldForms::Read);
  auto key = cms::recover_mac_key(*message.authenticated, keys(), limits(), cms::OldForms::Read);
  CHECK(algorithms || !key);
  if (!key) return;
  auto verifier = cms::MacVerifier::create(*algorithms, *key);
  if (!verifier || !verifier->update(message.octets)) return;
  auto done = verifier->finish(*message.authenticated, message.enveloped_tail_seen, limits());
  static_cast<void>(done);
}

// The message with its recipients twice: whatever is finished reads as before, with the same
// content, and the same octets behind the list.
void edit_recipients(const Recorder& message, ByteView input) {
  Bytes edited;
  auto twice = [](const cms::EnvelopedHeader& header,
                  std::vector<Bytes> infos) -> Result<std::vector<Bytes>> {
    CHECK(header.recipients.size() == infos.size());
    for (std::size_t i = 0, count = infos.size(); i < count; ++i) {
      const auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&header.recipients[i]);
      bool has_several = kari != nullptr && kari->recipients.size() > 1;
      infos.push_back(has_several ? TRY(cms::remove_agreed_key(infos[i], 1, limits())) : infos[i]);
    }
    return infos;
  };
  cms::RecipientEditor editor(twice, limits(), [&](ByteView octets) -> Result<void> {
    append(edited, octets);
    return {};
  });
  if (!editor.push(input) || !editor.finish()) return;
  CHECK(message.enveloped);
  Recorder again;
  parse(again, edited, edited.size() + 1);
  CHECK(again.enveloped);
  // Twice the keys may be more than a reader takes.
  bool too_many = again.log.find("limit.") != std::string::npos;
  CHECK(too_many || again.octets == message.octets);
  CHECK(too_many || again.enveloped_tail_seen.mac == message.enveloped_tail_seen.mac);
}

}  // namespace
}  // namespace bulla

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bulla::ByteView input(data, size);
  bulla::Recorder whole;
  bulla::parse(whole, input, size + 1);
  for (std::size_t chunk : {1, 7}) {
    bulla::Recorder chunked;
    bulla::parse(chunked, input, chunk);
    CHECK(chunked.log == whole.log);
  }
  bulla::check_signers(whole);
  if (whole.enveloped) bulla::decrypt(whole);
  if (whole.authenticated) bulla::check_mac(whole);
  bulla::edit_recipients(whole, input);
  bulla::edit_signatures(whole, input);
  bulla::read_timestamps(input);
  return 0;
}
