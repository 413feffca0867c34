#include "cli/batch_run.h"

#include <algorithm>
#include <set>
#include <thread>

#include "base/text.h"
#include "base/try.h"
#include "host/folder_walk.h"
#include "host/stop_signal.h"

namespace bulla::cli {
namespace {

using std::chrono::steady_clock;

// Results that wait for the disk together. Each holds a descriptor; processes may have 1,024.
constexpr std::size_t kGroup = 128;
constexpr auto kGroupTime = std::chrono::milliseconds(500);
constexpr auto kTick = std::chrono::milliseconds(50);
// So that no thread waits for the reader, and the reader is not far ahead.
constexpr std::size_t kItemsWaiting = 64;
constexpr std::size_t kOutcomesWaiting = 64;

host::BatchProgress::Show shows(const CommonOptions& common) {
  return common.progress && common.verbosity != Verbosity::Quiet
             ? host::BatchProgress::Show::OnTerminal
             : host::BatchProgress::Show::Never;
}

// A message in a file is known by path, size and time. One in an mbox, whose time changes
// with each mail that comes, is known by its place and what it says.
JournalId identity_of(const BatchItem& item, const std::string& sha256) {
  std::string size = std::to_string(item.size) + " ";
  if (item.part) {
    return journal_id("part " + std::to_string(item.part->message.offset) + " " + size + sha256);
  }
  return journal_id("file " + size + std::to_string(item.modified) + " " + item.path);
}

std::size_t job_count(const BatchOptions& options) {
  return options.jobs.value_or(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace

BatchRun::BatchRun(const BatchOptions& options, BatchParts parts)
    : options_(options),
      parts_(std::move(parts)),
      console_(options.common().verbosity, options.common().colour),
      progress_(shows(options.common())),
      items_(kItemsWaiting),
      done_(kOutcomesWaiting),
      last_commit_(steady_clock::now()) {}

Result<Exit> BatchRun::run() {
  host::catch_stop_signals();
  if (progress_.is_shown()) total_ = parts_.input->total();
  std::size_t jobs = job_count(options_);
  running_ = jobs + 1;
  std::vector<std::thread> threads;
  threads.emplace_back([this] { read_items(); });
  for (std::size_t i = 0; i < jobs; ++i) threads.emplace_back([this] { work(); });
  collect();
  for (std::thread& thread : threads) thread.join();
  return finish();
}

void BatchRun::read_items() {
  auto read = read_all_items();
  if (!read) read_error_ = read.error();
  items_.close();
  leave();
}

Result<void> BatchRun::read_all_items() {
  while (!stopping_) {
    auto item = TRY(parts_.input->next());
    if (!item) {
      read_to_end_ = !host::stop_is_requested();
      return {};
    }
    give_target(*item);
    auto earlier = find_earlier(*item);
    bool taken = earlier ? done_.push(std::move(*earlier)) : items_.push(std::move(*item));
    if (!taken) return {};
  }
  return {};
}

void BatchRun::give_target(BatchItem& item) {
  if (parts_.output == nullptr || item.error) return;
  auto target = parts_.output->target(item);
  if (!target) {
    item.error = target.error();
  } else if (!parts_.output->claim(*target)) {
    item.error = Error{Rule::IoCannotCreate, 0, *target + ": another message of the list has it"};
  } else {
    item.target = std::move(*target);
  }
}

// What the journal has, and what is still there.
std::optional<BatchRun::Done> BatchRun::find_earlier(const BatchItem& item) const {
  if (parts_.journal == nullptr || parts_.journal->is_empty() || item.error) return std::nullopt;
  std::string sha256;
  if (item.part) {
    auto source = open_item(item);
    auto digest = source ? digest_of(**source) : Result<std::string>();
    if (!digest) return std::nullopt;
    sha256 = *digest;
  }
  auto found = parts_.journal->find(identity_of(item, sha256));
  auto outcome = found ? parse_outcome(found->json) : std::nullopt;
  if (!outcome) return std::nullopt;
  if (!outcome->output.empty()) {
    host::FolderEntry there = host::look_at_file(item.target);
    if (there.error || there.size != outcome->bytes_out) return std::nullopt;
  }
  outcome->item = item;
  return Done{std::move(*outcome), found->slot};
}

void BatchRun::work() {
  while (auto item = items_.pop()) {
    Done done{parts_.work->process(std::move(*item), parts_.output.get()), std::nullopt};
    if (!done_.push(std::move(done))) break;
  }
  leave();
}

// The last thread says that nothing more comes.
void BatchRun::leave() {
  if (--running_ == 0) done_.close();
}

void BatchRun::collect() {
  while (!done_.is_drained()) {
    for (Done& done : done_.pop_all_within(kTick)) take(std::move(done));
    bool is_time = steady_clock::now() - last_commit_ >= kGroupTime;
    if (pending_.size() >= kGroup || is_time) commit();
    if (host::stop_is_requested()) stop();
    show_progress();
  }
  commit();
  progress_.hide();
}

void BatchRun::take(Done done) {
  // What a signal broke off was never begun.
  if (done.outcome.interrupted) return;
  bool stops = options_.on_failure == BatchOptions::OnFailure::Stop;
  if (stops && done.outcome.exit != Exit::Done) stop();
  pending_.push_back(std::move(done));
}

void BatchRun::commit() {
  last_commit_ = steady_clock::now();
  auto published = publish_results();
  auto written = published ? write_records() : published;
  if (!written) fail(written.error());
  pending_.clear();
}

// Step by step for all of them (host/staged_file.h).
Result<void> BatchRun::publish_results() {
  auto for_each_file = [&](auto step) {
    for (Done& done : pending_) {
      Outcome& outcome = done.outcome;
      auto stepped = outcome.file ? step(outcome) : Result<void>();
      if (!stepped) outcome.fail(stepped.error());
    }
  };
  for_each_file([](Outcome& outcome) -> Result<void> {
    outcome.file->settle(outcome.item.modified);
    return {};
  });
  for_each_file([](Outcome& outcome) { return outcome.file->sync(); });
  std::set<std::string> folders;
  for_each_file([&](Outcome& outcome) -> Result<void> {
    TRY_VOID(outcome.file->publish(outcome.output));
    folders.insert(host::parent_folder(outcome.output));
    return {};
  });
  for (const std::string& folder : folders) TRY_VOID(host::sync_folder(folder));
  return {};
}

Result<void> BatchRun::write_records() {
  for (Done& done : pending_) {
    const Outcome& outcome = done.outcome;
    std::string json = outcome_json(outcome);
    JournalSlot slot = done.earlier.value_or(JournalSlot{});
    if (parts_.journal && !done.earlier) {
      JournalId id = identity_of(outcome.item, outcome.sha256_in);
      slot = parts_.journal->add(id, outcome.exit, json);
    }
    if (options_.manifest) order_.emplace_back(outcome.item.index, slot);
    parts_.report.add(json);
    tally_.add(outcome, done.earlier ? Tally::Origin::EarlierRun : Tally::Origin::ThisRun);
    weight_ += parts_.input->weight(outcome.item);
    tell(outcome);
  }
  if (parts_.journal) TRY_VOID(parts_.journal->commit());
  return parts_.report.flush();
}

// Messages that are not good, unless a report has them; all of them with -v.
void BatchRun::tell(const Outcome& outcome) {
  bool is_bad = outcome.exit != Exit::Done;
  Verbosity level = is_bad && !options_.report ? Verbosity::Normal : Verbosity::Verbose;
  if (console_.verbosity() < level) return;
  progress_.hide();
  std::string text = printable(outcome.item.path) + ": ";
  if (!outcome.detail.empty()) {
    text += outcome.detail;
  } else {
    text += outcome.status;
    if (!outcome.signer.empty()) text += ", signed by " + printable(outcome.signer);
    for (const std::string& slug : outcome.findings) text += " [" + slug + "]";
  }
  console_.say(text, level);
}

void BatchRun::show_progress() {
  host::BatchCount count{.messages = tally_.messages(), .octets = tally_.bytes(), .share = {}};
  if (total_ && *total_ > 0) {
    count.share = std::min(1.0, static_cast<double>(weight_) / static_cast<double>(*total_));
  }
  progress_.update(count);
}

void BatchRun::stop() {
  stopping_ = true;
  items_.abandon();
}

void BatchRun::fail(const Error& error) {
  if (!error_) error_ = error;
  stop();
}

Result<Exit> BatchRun::finish() {
  if (!error_) error_ = read_error_;
  Tally::Ending ending{.complete = read_to_end_ && !error_ && !stopping_,
                       .passed_over = parts_.input->passed_over()};
  if (ending.complete && parts_.journal) {
    auto written = parts_.manifest.write(*parts_.journal, std::move(order_));
    if (!written) error_ = written.error();
  }
  if (parts_.output) parts_.output->clean();
  parts_.report.add(tally_.json(ending));
  auto flushed = parts_.report.flush();
  if (!flushed && !error_) error_ = flushed.error();
  if (console_.verbosity() != Verbosity::Quiet) print(2, tally_.text(ending));
  if (error_) return tl::unexpected(*error_);
  return tally_.exit();
}

}  // namespace bulla::cli
