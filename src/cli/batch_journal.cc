#include "cli/batch_journal.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::cli {
namespace {

constexpr std::size_t kChecksum = 16;  // digits
constexpr std::size_t kId = 32;        // digits
// Paths have 4 KiB and findings are few; a longer line is none of ours.
constexpr std::size_t kMaxLine = 256u << 10;

Bytes sha256(std::string_view text) {
  auto digest = crypto::hash(Digest::Sha256, as_bytes(text));
  return digest ? std::move(*digest) : Bytes(32);
}

std::string with_checksum(const std::string& text) {
  return to_hex(ByteView(sha256(text)).first(kChecksum / 2)) + " " + text + "\n";
}

// What stands behind the checksum of a line without its line end.
std::optional<std::string_view> checked(std::string_view line) {
  if (line.size() <= kChecksum + 1 || line[kChecksum] != ' ') return std::nullopt;
  std::string_view text = line.substr(kChecksum + 1);
  std::string checksum = to_hex(ByteView(sha256(text)).first(kChecksum / 2));
  return checksum == line.substr(0, kChecksum) ? std::optional(text) : std::nullopt;
}

std::optional<JournalId> parse_id(std::string_view digits) {
  JournalId id{};
  if (digits.size() != kId) return std::nullopt;
  for (std::size_t i = 0; i < id.size(); ++i) {
    unsigned value = 0;
    for (char c : digits.substr(2 * i, 2)) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      std::size_t digit = kDigits.find(c);
      if (digit == kDigits.npos) return std::nullopt;
      value = value << 4 | static_cast<unsigned>(digit);
    }
    id.at(i) = static_cast<std::uint8_t>(value);
  }
  return id;
}

// What another run may do better.
bool may_pass(unsigned long long exit) {
  for (Exit one : {Exit::NoInput, Exit::CannotCreate, Exit::Io, Exit::Temporary}) {
    if (exit == static_cast<unsigned long long>(one)) return true;
  }
  return false;
}

// "ID EXIT JSON", cut at its spaces.
struct Record {
  JournalId id;
  unsigned long long exit;
  std::string_view json;
};

std::optional<Record> parse_record(std::string_view text) {
  std::size_t first = text.find(' ');
  std::size_t second = first == text.npos ? text.npos : text.find(' ', first + 1);
  if (second == text.npos) return std::nullopt;
  auto id = parse_id(text.substr(0, first));
  auto exit = parse_decimal(text.substr(first + 1, second - first - 1));
  if (!id || !exit) return std::nullopt;
  return Record{*id, *exit, text.substr(second + 1)};
}

}  // namespace

JournalId journal_id(std::string_view text) {
  Bytes digest = sha256(text);
  JournalId id{};
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

Result<std::unique_ptr<BatchJournal>> BatchJournal::open(const std::string& path,
                                                         const std::string& fingerprint) {
  auto log = TRY(host::LockedLog::open(path));
  std::unique_ptr<BatchJournal> journal(new BatchJournal(std::move(log), path));
  TRY_VOID(journal->load(with_checksum("bulla-journal-1 " + fingerprint)));
  return journal;
}

// Answers where the records begin. A head that was torn is written again.
Result<std::uint64_t> BatchJournal::check_head(const std::string& head) {
  Bytes there(head.size());
  there.resize(TRY(log_->read_at(0, there)));
  if (as_text(there) == head) return head.size();
  bool is_torn = head.substr(0, there.size()) == as_text(there);
  if (!is_torn) {
    std::string_view line = as_text(there).substr(0, there.empty() ? 0 : there.size() - 1);
    std::string problem = checked(line) ? "was begun with other options" : "is no journal";
    return failure(Rule::IoUsage, 0,
                   "the journal " + path_ + " " + problem + "; give another one with --journal");
  }
  TRY_VOID(log_->truncate(0));
  TRY_VOID(log_->append(head));
  TRY_VOID(log_->sync());
  return head.size();
}

Result<void> BatchJournal::load(const std::string& head) {
  std::uint64_t good = TRY(check_head(head));
  Bytes chunk(2 * kMaxLine);
  bool torn = false;
  while (!torn && good < log_->size()) {
    std::size_t count = TRY(log_->read_at(good, chunk));
    std::string_view text = as_text(ByteView(chunk).first(count));
    std::size_t used = 0;
    while (!torn) {
      std::size_t end = text.find('\n', used);
      if (end == text.npos) break;
      torn = !take_line(text.substr(used, end - used), good + used);
      if (!torn) used = end + 1;
    }
    good += used;
    torn = torn || used == 0;
  }
  std::stable_sort(known_.begin(), known_.end(),
                   [](const Entry& a, const Entry& b) { return a.id < b.id; });
  return log_->truncate(good);
}

bool BatchJournal::take_line(std::string_view line, std::uint64_t offset) {
  auto text = checked(line);
  auto record = text ? parse_record(*text) : std::nullopt;
  if (!record) return false;
  known_.push_back({.id = record->id,
                    .slot = {.offset = offset, .length = line.size() + 1},
                    .is_final = !may_pass(record->exit)});
  return true;
}

std::optional<BatchJournal::Found> BatchJournal::find(const JournalId& id) const {
  auto behind = std::upper_bound(known_.begin(), known_.end(), id,
                                 [](const JournalId& a, const Entry& b) { return a < b.id; });
  if (behind == known_.begin()) return std::nullopt;
  const Entry& entry = *std::prev(behind);
  if (entry.id != id || !entry.is_final) return std::nullopt;
  auto json = read(entry.slot);
  return json ? std::optional(Found{entry.slot, std::move(*json)}) : std::nullopt;
}

JournalSlot BatchJournal::add(const JournalId& id, Exit exit, const std::string& json) {
  std::string line =
      with_checksum(to_hex(id) + " " + std::to_string(static_cast<int>(exit)) + " " + json);
  JournalSlot slot{.offset = log_->size() + pending_.size(), .length = line.size()};
  pending_ += line;
  return slot;
}

Result<void> BatchJournal::commit() {
  if (pending_.empty()) return {};
  TRY_VOID(log_->append(pending_));
  pending_.clear();
  return log_->sync();
}

Result<std::string> BatchJournal::read(const JournalSlot& slot) const {
  Bytes line(slot.length);
  std::size_t count = TRY(log_->read_at(slot.offset, line));
  std::string_view text = as_text(ByteView(line).first(count));
  auto record = count == slot.length ? checked(text.substr(0, count - 1)) : std::nullopt;
  auto parsed = record ? parse_record(*record) : std::nullopt;
  if (!parsed) return failure(Rule::IoRead, slot.offset, path_ + ": was changed meanwhile");
  return std::string(parsed->json);
}

}  // namespace bulla::cli
