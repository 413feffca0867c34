#include "cli/batch_manifest.h"

#include <algorithm>

#include "base/try.h"
#include "cli/batch_report.h"
#include "host/environment.h"
#include "host/sink.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

std::string escaped(std::string_view path) {
  std::string text;
  for (char c : path) {
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\\') {
      text += "\\\\";
    } else {
      text += c;
    }
  }
  return text;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string manifest_line(const Outcome& outcome) {
  return or_dash(outcome.sha256_in) + " " + std::to_string(outcome.bytes_in) + " " +
         or_dash(outcome.sha256_out) + " " + std::to_string(outcome.bytes_out) + " " +
         outcome.status + " " + escaped(outcome.item.path) + "\n";
}

SealingOptions signing_options(const BatchOptions& options) {
  SealingOptions signing;
  signing.verb = kSign;
  signing.common.store = options.common().store;
  signing.secrets = options.secrets();
  signing.identities = {*options.manifest_identity};
  return signing;
}

// A detached signature over the octets as they are.
Result<Recipe> detached_signature(const BatchOptions& options) {
  return make_recipe(signing_options(options), {}, host::current_time());
}

}  // namespace

Result<Manifest> Manifest::prepare(const BatchOptions& options,
                                   const std::vector<host::FileId>& inputs) {
  Manifest manifest;
  manifest.path_ = options.manifest;
  manifest.inputs_ = inputs;
  if (options.manifest_identity) manifest.signature_ = TRY(detached_signature(options));
  if (!manifest.path_) return manifest;
  for (const std::string& path : {*manifest.path_, *manifest.path_ + ".p7s"}) {
    auto there = host::find_file_id(path);
    if (there && std::find(inputs.begin(), inputs.end(), *there) != inputs.end()) {
      return failure(Rule::IoSameFile, 0, path);
    }
  }
  return manifest;
}

Result<void> Manifest::write(const BatchJournal& journal, ManifestOrder order) const {
  if (!path_) return {};
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  TRY_VOID(write_lines(journal, order));
  return signature_ ? sign() : Result<void>();
}

Result<void> Manifest::write_lines(const BatchJournal& journal, const ManifestOrder& order) const {
  // A run that was killed while it wrote; the lock of the journal says that there is no other.
  host::remove_file(*path_ + ".part");
  host::remove_file(*path_ + ".p7s.part");
  std::unique_ptr<Sink> out = TRY(host::open_sink(*path_, inputs_));
  TRY_VOID(
      out->write(as_bytes("# bulla manifest 1\n"
                          "# sha256-in size-in sha256-out size-out status path\n")));
  for (const auto& [index, slot] : order) {
    auto outcome = parse_outcome(TRY(journal.read(slot)));
    if (!outcome) return failure(Rule::IoRead, slot.offset, journal.path() + ": no record");
    TRY_VOID(out->write(as_bytes(manifest_line(*outcome))));
  }
  return out->finish();
}

Result<void> Manifest::sign() const {
  std::unique_ptr<host::FileSource> in = TRY(host::FileSource::open(*path_));
  std::unique_ptr<Sink> out = TRY(host::open_sink(*path_ + ".p7s", {in->id()}));
  SealOptions options{.at = host::current_time(), .limits = {}, .form = SealOptions::Form::Der};
  TRY(bulla::seal(*in, *out, *signature_, options));
  return {};
}

}  // namespace bulla::cli
