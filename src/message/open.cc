#include "bulla/open.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "base/try.h"
#include "message/detached_content.h"
#include "message/handover_sink.h"
#include "message/judge.h"
#include "message/opening.h"
#include "message/read_all.h"

namespace bulla {
namespace {

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
  if (first.external_used && !TRY(first.options.detached_content->rewind())) return false;
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
  // Nothing exists for the outside before finish(), which is called when tags, signatures and
  // policy have been judged (CMS-68).
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
