// Message to verdict: open() over any octets, with keys and roots at hand.
//
// The same input in other chunks must give the same verdict and content, content goes out
// only as the verdict lets it, and `valid` needs a valid signer.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "bulla/convert.h"
#include "bulla/countersign.h"
#include "bulla/open.h"
#include "bulla/recipients.h"
#include "x509/pem.h"

namespace {

using namespace bulla;

Bytes read_file(const char* name) {
  std::ifstream in(std::string(BULLA_TEST_DATA) + "/x509/" + name, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

Identity identity(const char* certificate, const char* key) {
  auto pem = x509::read_pem(read_file(key));
  return {.key = load_private_key(pem.value().at(0).contents.view()).value(),
          .certificate = load_certificates(read_file(certificate)).value().at(0),
          .chain = {}};
}

struct World {
  std::unique_ptr<TrustStore> trust =
      make_trust_store(load_certificates(read_file("root.pem")).value());
  std::unique_ptr<KeySource> keys =
      make_key_source({identity("alice.pem", "alice.key.pem"), identity("ec.pem", "ec.key.pem")});
};

class SmallChunks final : public Source {
 public:
  SmallChunks(ByteView bytes, std::size_t chunk) : inner_(bytes), chunk_(chunk) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    return inner_.read(buffer.first(std::min(buffer.size(), chunk_)));
  }
  Result<bool> rewind() override { return inner_.rewind(); }

 private:
  MemorySource inner_;
  std::size_t chunk_;
};

struct Outcome {
  int status = -1;
  int error = -1;
  Bytes content;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void require(bool condition) {
  if (!condition) std::abort();
}

Outcome run(ByteView input, std::size_t chunk, const OpenOptions& options) {
  SmallChunks source(input, chunk);
  MemorySink sink;
  auto verdict = open(source, sink, options);
  Outcome outcome;
  outcome.content = sink.bytes();
  if (!verdict) {
    outcome.error = static_cast<int>(verdict.error().rule);
    require(outcome.content.empty());
    return outcome;
  }
  outcome.status = static_cast<int>(verdict->status);
  require(verdict->released || outcome.content.empty());
  require(!(verdict->released && verdict->status == Status::Invalid));
  if (verdict->status == Status::Valid) {
    bool signer = false;
    for (const Layer& layer : verdict->layers) {
      for (const SignerVerdict& one : layer.signers) {
        signer = signer || (one.status == Status::Valid && !layer.errant);
      }
    }
    require(signer);
    require(worst(verdict->findings) < Severity::Indeterminate);
  }
  return outcome;
}

// Of a message without its first recipient the others are left, in the same form.
void take_out_the_first(ByteView input) {
  MemorySource listed(input);
  auto before = list_recipients(listed);
  if (!before) return;
  MemorySource source(input);
  MemorySink sink;
  RemoveRecipients first{.certificates = {}, .numbers = {1}};
  auto done = change_recipients(source, sink, first, {.at = {}});
  require(done || sink.bytes().empty());
  if (!done) return;
  MemorySource again(sink.bytes());
  auto after = list_recipients(again);
  require(after && after->recipients.size() + 1 == before->recipients.size());
}

// A countersignature spoils nothing, and leaves the content what it was. (Its certificate may
// be the one that was missing: then a bad signature is known as such, and nothing comes out.)
void countersign_all(ByteView input, const OpenOptions& options, const Outcome& before) {
  static const std::vector<SignerChoice> notary{
      {.identity = identity("ec.pem", "ec.key.pem"), .digest = {}}};
  MemorySource source(input);
  MemorySink sink;
  auto done = countersign(source, sink, notary, {.at = options.at, .signing_time = {}});
  require(done || sink.bytes().empty());
  if (!done || before.status < 0) return;
  Outcome after = run(sink.bytes(), sink.bytes().size() + 1, options);
  if (after.error >= 0) return;  // one of the limits
  require(before.status != static_cast<int>(Status::Valid) || after.status == before.status);
  bool is_known_as_bad = after.status == static_cast<int>(Status::Invalid);
  require(before.content.empty() || is_known_as_bad || after.content == before.content);
}

// What can be converted can be converted back, to the octets of before if nothing else is said.
void convert_there_and_back(ByteView input) {
  for (Sign::Form form : {Sign::Form::Clear, Sign::Form::Opaque}) {
    auto other = form == Sign::Form::Clear ? Sign::Form::Opaque : Sign::Form::Clear;
    MemorySource source(input);
    MemorySink there;
    auto converted = convert(source, there, form, {});
    require(converted || there.bytes().empty());
    if (!converted || equal(there.bytes(), input)) continue;
    MemorySource again(there.bytes());
    MemorySink back;
    auto returned = convert(again, back, other, {});
    // A record of the input that was followed says nothing of the way back.
    if (!converted->findings.empty() || as_text(there.bytes()).find("X-Bulla") == std::string::npos)
      continue;
    if (as_text(input).find("X-Bulla") != std::string::npos) continue;
    require(returned && equal(back.bytes(), input));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  OpenOptions options;
  options.at = *parse_time("2026-06-01T12:00:00Z");
  options.trust = world.trust.get();
  options.keys = world.keys.get();
  if (size > 0 && data[size - 1] % 2 == 1) options.policy.old_forms = Policy::Old::Read;
  ByteView input(data, size);
  Outcome whole = run(input, size + 1, options);
  Outcome small = run(input, 1 + size % 13, options);
  require(whole == small);
  take_out_the_first(input);
  countersign_all(input, options, whole);
  convert_there_and_back(input);
  return 0;
}
