#include "bulla/open.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "message/handover_sink.h"
#include "message/judge.h"
#include "message/opening.h"
#include "message/read_all.h"

namespace bulla {
namespace {

Result<void> pump(Source& in, Sink& to) {
  return read_all(in, [&](ByteView octets) { return to.write(octets); });
}

// Digests and passes on: content that stands apart from its signature.
class TeeSink final : public Sink {
 public:
  TeeSink(std::vector<ContentHasher*> hashers, ContentWriter& writer)
      : hashers_(std::move(hashers)), writer_(writer) {}
  Result<void> write(ByteView bytes) override {
    for (ContentHasher* hasher : hashers_) TRY_VOID(hasher->write(bytes));
    return writer_.write(bytes, ContentWriter::Kind::Octets);
  }
  Result<void> finish() override {
    for (ContentHasher* hasher : hashers_) TRY_VOID(hasher->finish());
    return {};
  }

 private:
  std::vector<ContentHasher*> hashers_;
  ContentWriter& writer_;
};

// Bare CMS with a detached signature: the content comes from elsewhere. What the signers
// use is known by now, so one pass will do.
Result<void> read_detached(Opening& opening) {
  const OpenOptions& options = opening.options;
  std::vector<ContentHasher*> hashers;
  bool any_signed = false;
  for (const auto& record : opening.records) {
    if (record->layer.errant || record->layer.kind != Layer::Kind::Signed) continue;
    any_signed = true;
    if (!record->is_detached) continue;
    record->hasher =
        std::make_unique<ContentHasher>(ContentHasher::LineEnds::Either, options.workers);
    for (const cms::SignerInfo& signer : record->tail.signers) {
      auto digest = crypto::read_digest(signer.digest_algorithm);
      if (digest) record->hasher->add(*digest, options.limits);
    }
    hashers.push_back(record->hasher.get());
  }
  if (hashers.empty()) {
    if (options.detached_content == nullptr || !any_signed) return {};
    // Content inside and content apart: which one a reader sees is anybody's guess (T-12).
    for (const auto& record : opening.records) record->content_twice = true;
    return {};
  }
  if (options.detached_content == nullptr) return failure(Rule::CmsDetachedWithoutContent);
  TeeSink tee(std::move(hashers), opening.writer);
  TRY_VOID(pump(*options.detached_content, tee));
  return tee.finish();
}

Result<void> read_message(Source& in, Opening& opening) {
  std::unique_ptr<Sink> stage = make_input_stage(opening);
  TRY_VOID(pump(in, *stage));
  TRY_VOID(stage->finish());
  return read_detached(opening);
}

// What the output refused was written before whatever else went wrong, and is what one
// thread alone would have met.
Result<void> read_to_end(Source& in, Opening& opening, HandoverSink& output) {
  Result<void> read = read_message(in, opening);
  Result<void> written = output.settle();
  bool counts = !written && (read || is_of_host(written.error()));
  return counts ? written : read;
}

// The digests of the second pass belong to the same content only if those that both
// passes computed are equal.
bool same_content(const LayerRecord& first, const LayerRecord& second) {
  const auto& a = first.hasher->digests();
  const auto& b = second.hasher->digests();
  bool shared = false;
  for (const auto& [digest, value] : a) {
    auto other = b.find(digest);
    if (other == b.end()) continue;
    if (other->second != value) return false;
    shared = true;
  }
  return shared || a.empty();
}

// Reads the input again to compute digests that micalg did not announce. The content
// of the first pass stays where it is; only the digests are taken over.
Result<bool> second_pass(Source& in, Opening& first,
                         const std::vector<std::optional<Digest>>& missing) {
  if (!TRY(in.rewind())) return false;
  NullSink nowhere;
  Opening second(first.options, nowhere);
  second.hints = missing;
  TRY_VOID(read_message(in, second));
  if (second.records.size() != first.records.size()) return false;
  for (std::size_t i = 0; i < first.records.size(); ++i) {
    if (!missing[i]) continue;
    LayerRecord& record = *first.records[i];
    if (!second.records[i]->hasher || !same_content(record, *second.records[i])) return false;
    record.hasher = std::move(second.records[i]->hasher);
    first.add(Rule::MimeMicalg, "layer " + std::to_string(i + 1), "the input was read twice");
  }
  return true;
}

bool may_release(const Verdict& verdict, const Policy& policy) {
  if (verdict.requirement_missed) return false;
  switch (verdict.status) {
    case Status::Valid:
    case Status::Indeterminate:
      return true;
    case Status::Unprotected:
      return policy.require == Policy::Require::Nothing;
    case Status::Invalid:
      return policy.release == Policy::Release::Any;
  }
  return false;
}

}  // namespace

Result<Verdict> open(Source& in, Sink& content, const OpenOptions& options) {
  HandoverSink output(content, options.workers);
  Opening opening(options, output);
  if (auto read = read_to_end(in, opening, output); !read) {
    Error error = std::move(read).error();
    return tl::unexpected<Error>(opening.opened_unauthenticated ? hide(std::move(error))
                                                                : std::move(error));
  }
  std::optional<Judge> judge(opening);
  auto missing = judge->missing_digests();
  if (!missing.empty()) {
    TRY(second_pass(in, opening, missing));
    judge.emplace(opening);
  }
  Verdict verdict = judge->judge();
  if (may_release(verdict, options.policy)) {
    TRY_VOID(opening.writer.flush());
    TRY_VOID(output.finish());
    verdict.released = true;
  }
  return verdict;
}

}  // namespace bulla
