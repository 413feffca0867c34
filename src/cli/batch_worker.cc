#include "cli/batch_worker.h"

#include <algorithm>

#include "base/try.h"
#include "cli/verdict_text.h"
#include "crypto/digest.h"
#include "host/environment.h"
#include "host/source.h"
#include "host/stop_signal.h"

namespace bulla::cli {
namespace {

// Digests what its reader sees, each octet once however often it is rewound.
class DigestSource final : public Source {
 public:
  DigestSource(Source& inner, crypto::Hasher hasher) : inner_(inner), hasher_(std::move(hasher)) {}

  Result<std::size_t> read(MutableByteView buffer) override {
    if (host::stop_is_requested()) {
      interrupted_ = true;
      return failure(Rule::IoRead, 0, "interrupted");
    }
    std::size_t count = TRY(inner_.read(buffer));
    position_ += count;
    if (position_ > digested_) {
      std::size_t fresh = std::min<std::uint64_t>(position_ - digested_, count);
      hasher_.update(buffer.subspan(count - fresh, fresh));
      digested_ = position_;
    }
    return count;
  }

  Result<bool> rewind() override {
    bool rewound = TRY(inner_.rewind());
    if (rewound) position_ = 0;
    return rewound;
  }

  std::optional<std::uint64_t> size() const override { return inner_.size(); }

  // Reads what the reader left, and gives the digest of everything.
  Result<std::string> finish() {
    Bytes rest(64u << 10);
    while (TRY(read(rest)) > 0) continue;
    return to_hex(hasher_.finish());
  }

  std::uint64_t count() const { return digested_; }
  bool is_interrupted() const { return interrupted_; }

 private:
  Source& inner_;
  crypto::Hasher hasher_;
  std::uint64_t position_ = 0;
  std::uint64_t digested_ = 0;
  bool interrupted_ = false;
};

class DigestSink final : public Sink {
 public:
  DigestSink(Sink& inner, crypto::Hasher hasher) : inner_(inner), hasher_(std::move(hasher)) {}

  Result<void> write(ByteView bytes) override {
    hasher_.update(bytes);
    count_ += bytes.size();
    return inner_.write(bytes);
  }
  Result<void> finish() override { return inner_.finish(); }

  std::string digest() { return to_hex(hasher_.finish()); }
  std::uint64_t count() const { return count_; }

 private:
  Sink& inner_;
  crypto::Hasher hasher_;
  std::uint64_t count_ = 0;
};

void add_findings(const Findings& findings, Outcome& outcome) {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::Note) continue;
    std::string slug(info(finding.rule).slug);
    auto known = std::find(outcome.findings.begin(), outcome.findings.end(), slug);
    if (known == outcome.findings.end()) outcome.findings.push_back(std::move(slug));
  }
}

std::string signer_name(const SignerVerdict& signer) {
  if (!signer.matched_address.empty()) return signer.matched_address;
  if (!signer.certificate) return signer.identifier;
  auto addresses = signer.certificate->addresses();
  return addresses.empty() ? short_name(*signer.certificate) : addresses.front().address;
}

// The first signer that is valid, else the first.
std::string signer_of(const Verdict& verdict) {
  const SignerVerdict* best = nullptr;
  for (const Layer& layer : verdict.layers) {
    for (const SignerVerdict& signer : layer.signers) {
      bool better =
          best == nullptr || (signer.status == Status::Valid && best->status != Status::Valid);
      if (better) best = &signer;
    }
  }
  return best == nullptr ? std::string() : signer_name(*best);
}

// Decryption says nothing of signatures.
std::string status_of_decryption(Exit exit) {
  if (exit == Exit::Done) return "done";
  return std::string(name(exit == Exit::Absent ? Status::Unprotected : Status::Invalid));
}

}  // namespace

void Outcome::fail(const Error& error) {
  exit = exit_code(error.rule);
  status = "error";
  findings = {std::string(info(error.rule).slug)};
  detail = describe(error);
  file.reset();
  output.clear();
  sha256_out.clear();
  bytes_out = 0;
}

Result<std::unique_ptr<Source>> open_item(const BatchItem& item) {
  if (!item.part) return TRY(host::FileSource::open(item.file));
  return std::make_unique<host::MboxSource>(item.part->descriptor, item.part->message, item.file);
}

Result<std::string> digest_of(Source& source) {
  DigestSource digested(source, TRY(crypto::Hasher::create(Digest::Sha256)));
  return digested.finish();
}

Result<std::unique_ptr<BatchWork>> BatchWork::load(const BatchOptions& options) {
  std::unique_ptr<BatchWork> work(new BatchWork(options));
  if (const auto* opening = std::get_if<OpeningOptions>(&options.verb)) {
    work->world_ = TRY(load_world(*opening));
  } else {
    const auto& sealing = std::get<SealingOptions>(options.verb);
    work->recipients_ = TRY(load_recipient_world(sealing));
    work->recipe_ =
        TRY(make_recipe(sealing, work->recipients_, sealing.at.value_or(host::current_time())));
  }
  return work;
}

Outcome BatchWork::process(BatchItem item, const BatchOutput* output) const {
  Outcome outcome;
  outcome.item = std::move(item);
  if (outcome.item.error) {
    outcome.fail(*outcome.item.error);
    return outcome;
  }
  auto source = open_item(outcome.item);
  if (!source) {
    outcome.fail(source.error());
    return outcome;
  }
  auto processed = process(**source, output, outcome);
  if (!processed) outcome.fail(processed.error());
  return outcome;
}

Result<void> BatchWork::process(Source& in, const BatchOutput* output, Outcome& outcome) const {
  DigestSource source(in, TRY(crypto::Hasher::create(Digest::Sha256)));
  NullSink nothing;
  std::unique_ptr<host::StagedFile> file;
  if (output != nullptr) file = TRY(output->create(outcome.item));
  Sink* target = file ? static_cast<Sink*>(file.get()) : &nothing;
  DigestSink sink(*target, TRY(crypto::Hasher::create(Digest::Sha256)));
  const auto* opening = std::get_if<OpeningOptions>(&options_.verb);
  Sink& out = file ? static_cast<Sink&>(sink) : nothing;
  auto done = opening != nullptr
                  ? open_message(*opening, source, out, outcome)
                  : seal_message(std::get<SealingOptions>(options_.verb), source, out, outcome);
  if (auto digest = source.finish()) outcome.sha256_in = *digest;
  outcome.bytes_in = source.count();
  outcome.interrupted = source.is_interrupted();
  if (done && file && file->is_finished()) {
    outcome.output = outcome.item.target;
    outcome.bytes_out = sink.count();
    outcome.sha256_out = sink.digest();
    outcome.file = std::move(file);
  }
  return done;
}

Result<void> BatchWork::open_message(const OpeningOptions& options, Source& in, Sink& out,
                                     Outcome& outcome) const {
  Time at = options.at.value_or(host::current_time());
  OpenOptions what = open_options(options, world_, at);
  what.session = &session_;
  Verdict verdict = TRY(open_in(world_, in, out, what));
  outcome.exit = exit_code_of(options, verdict);
  outcome.status = options.verb == kDecrypt ? status_of_decryption(outcome.exit)
                                            : std::string(name(verdict.status));
  outcome.signer = signer_of(verdict);
  add_findings(verdict.findings, outcome);
  return {};
}

Result<void> BatchWork::seal_message(const SealingOptions& options, Source& in, Sink& out,
                                     Outcome& outcome) const {
  Time at = options.at.value_or(host::current_time());
  SealReport report = TRY(bulla::seal(in, out, recipe_, seal_options(options, recipients_, at)));
  outcome.status = "done";
  add_findings(report.findings, outcome);
  return {};
}

}  // namespace bulla::cli
