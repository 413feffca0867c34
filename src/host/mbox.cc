#include "host/mbox.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"
#include "base/try.h"

namespace bulla::host {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::size_t kWindow = 256u << 10;
// A From_ line has an address (320 octets at most) and a date.
constexpr std::size_t kMaxFromLine = 512;

Result<std::size_t> read_at(int descriptor, MutableByteView buffer, std::uint64_t offset,
                            const std::string& name) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    ssize_t count = ::pread(descriptor, buffer.data() + done, buffer.size() - done,
                            static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(Rule::IoRead, offset, system_message(name, errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

template <std::size_t N>
std::optional<unsigned> find_name(const std::array<std::string_view, N>& names,
                                  std::string_view word) {
  auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) return std::nullopt;
  return static_cast<unsigned>(found - names.begin());
}

bool is_weekday(std::string_view word) {
  constexpr std::array<std::string_view, 7> kNames = {"Mon", "Tue", "Wed", "Thu",
                                                      "Fri", "Sat", "Sun"};
  return find_name(kNames, word).has_value();
}

std::optional<unsigned> parse_month(std::string_view word) {
  constexpr std::array<std::string_view, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto index = find_name(kNames, word);
  return index ? std::optional(*index + 1) : std::nullopt;
}

struct Clock {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

std::optional<Clock> parse_clock(std::string_view word) {
  std::vector<std::string_view> pieces = split(word, ':');
  if (pieces.size() != 2 && pieces.size() != 3) return std::nullopt;
  std::array<unsigned, 3> numbers{};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto number = pieces[i].size() <= 2 ? parse_decimal(pieces[i]) : std::nullopt;
    if (!number) return std::nullopt;
    numbers.at(i) = static_cast<unsigned>(*number);
  }
  return Clock{numbers[0], numbers[1], numbers[2]};
}

// "+0130" as seconds; 0 for names of zones, which say nothing certain.
std::chrono::seconds parse_zone(std::string_view word) {
  bool is_numeric = word.size() == 5 && (word[0] == '+' || word[0] == '-');
  auto number = is_numeric ? parse_decimal(word.substr(1)) : std::nullopt;
  if (!number) return std::chrono::seconds(0);
  auto minutes = static_cast<int>(*number / 100 * 60 + *number % 100);
  return std::chrono::minutes(word[0] == '-' ? -minutes : minutes);
}

// Words from the weekday on: "Mon", "Jan", "1", "12:00:00", zone and year in any order.
std::optional<Time> parse_date(std::span<const std::string_view> words) {
  if (words.size() < 5 || !is_weekday(words[0])) return std::nullopt;
  auto month = parse_month(words[1]);
  auto day = words[2].size() <= 2 ? parse_decimal(words[2]) : std::nullopt;
  auto clock = parse_clock(words[3]);
  if (!month || !day || !clock) return std::nullopt;
  std::chrono::seconds zone(0);
  for (std::string_view word : words.subspan(4, std::min<std::size_t>(words.size() - 4, 3))) {
    auto year = word.size() == 4 ? parse_decimal(word) : std::nullopt;
    zone += parse_zone(word);
    if (!year) continue;
    auto time = make_time(static_cast<int>(*year), *month, static_cast<unsigned>(*day), clock->hour,
                          clock->minute, std::min(clock->second, 59u));
    // Gmail writes the zone before the year, others behind it.
    if (time && zone.count() == 0 && words.back().size() == 5) zone = parse_zone(words.back());
    return time ? std::optional(*time - zone) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Time> parse_from_line(std::string_view line) {
  if (line.substr(0, kFrom.size()) != kFrom) return std::nullopt;
  std::vector<std::string_view> words = split(trim(line), ' ');
  words.erase(std::remove(words.begin(), words.end(), std::string_view()), words.end());
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (auto time = parse_date(std::span(words).subspan(i))) return time;
  }
  return std::nullopt;
}

Result<Mbox> Mbox::open(const std::string& path) {
  Mbox mbox;
  mbox.name_ = path;
  mbox.file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (!mbox.file_.is_open() || ::fstat(mbox.descriptor(), &status) != 0) {
    return failure(Rule::IoNoInput, 0, system_message(path, errno));
  }
  if (!S_ISREG(status.st_mode)) return failure(Rule::IoNoInput, 0, path + ": not a regular file");
  mbox.id_ = FileId::of(status);
  mbox.size_ = static_cast<std::uint64_t>(status.st_size);
  if (mbox.size_ == 0) return mbox;
  TRY_VOID(mbox.fill(0));
  if (as_text(mbox.window_).substr(0, kFrom.size()) != kFrom) {
    return failure(Rule::IoNoInput, 0, path + ": no mbox, its first line is no From_ line");
  }
  std::uint64_t end = TRY(mbox.line_end(0));
  std::string_view line = as_text(mbox.window_).substr(0, std::min<std::uint64_t>(end, kWindow));
  mbox.current_ = Separator{.offset = 0, .end = end, .received = parse_from_line(line)};
  return mbox;
}

Result<std::optional<MboxMessage>> Mbox::next() {
  if (!current_) return std::nullopt;
  // The line end of the From_ line counts for a message without any octet.
  auto following = TRY(find_separator(current_->end - 1));
  std::uint64_t end = following ? following->offset : size_;
  end = TRY(without_empty_line(current_->end, end));
  MboxMessage message{
      .offset = current_->end, .size = end - current_->end, .received = current_->received};
  current_ = following;
  return message;
}

Result<void> Mbox::fill(std::uint64_t offset) {
  window_.resize(kWindow);
  window_offset_ = offset;
  window_.resize(TRY(read_at(descriptor(), window_, offset, name_)));
  return {};
}

// Behind the next line end at or after the offset, or the end of the file.
Result<std::uint64_t> Mbox::line_end(std::uint64_t offset) {
  for (;;) {
    TRY_VOID(fill(offset));
    if (window_.empty()) return offset;
    auto end = std::find(window_.begin(), window_.end(), std::uint8_t{'\n'});
    std::uint64_t position = offset + static_cast<std::uint64_t>(end - window_.begin());
    if (end != window_.end()) return position + 1;
    offset = position;
  }
}

// The first From_ line behind a line end at or after the offset.
Result<std::optional<Mbox::Separator>> Mbox::find_separator(std::uint64_t offset) {
  constexpr std::string_view kPattern = "\nFrom ";
  for (;;) {
    bool inside = offset >= window_offset_ && offset < window_offset_ + window_.size();
    if (!inside) TRY_VOID(fill(offset));
    std::size_t start = offset - window_offset_;
    if (window_.size() < start + kPattern.size()) {
      if (window_offset_ + window_.size() >= size_ || window_.size() < kPattern.size()) {
        return std::nullopt;
      }
      TRY_VOID(fill(offset));
      start = 0;
    }
    const void* found =
        ::memmem(window_.data() + start, window_.size() - start, kPattern.data(), kPattern.size());
    if (found == nullptr) {
      offset = window_offset_ + window_.size() - kPattern.size() + 1;
      if (window_offset_ + window_.size() >= size_) return std::nullopt;
      TRY_VOID(fill(offset));
      continue;
    }
    std::size_t at =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - window_.data());
    offset = window_offset_ + at + 1;
    if (auto separator = TRY(read_separator(offset))) return separator;
  }
}

Result<std::optional<Mbox::Separator>> Mbox::read_separator(std::uint64_t offset) {
  std::uint64_t window_end = window_offset_ + window_.size();
  if (window_end < offset + kMaxFromLine && window_end < size_) TRY_VOID(fill(offset));
  std::string_view rest = as_text(window_).substr(offset - window_offset_, kMaxFromLine);
  std::size_t end = rest.find('\n');
  bool complete = end != rest.npos || offset + rest.size() == size_;
  auto received = complete ? parse_from_line(rest.substr(0, end)) : std::nullopt;
  if (!received) return std::nullopt;
  std::size_t length = end == rest.npos ? rest.size() : end + 1;
  return Separator{.offset = offset, .end = offset + length, .received = received};
}

// The empty line before a From_ line belongs to neither message.
Result<std::uint64_t> Mbox::without_empty_line(std::uint64_t start, std::uint64_t end) {
  std::array<std::uint8_t, 3> octets{};
  // With one octet of the From_ line, whose line end makes the first line an empty one.
  std::size_t count = std::min<std::uint64_t>(end - start + 1, octets.size());
  if (TRY(read_at(descriptor(), std::span(octets).first(count), end - count, name_)) != count) {
    return end;
  }
  std::string_view tail = as_text(octets).substr(0, count);
  if (end > start && ends_with_ignoring_case(tail, "\n\n")) return end - 1;
  if (end > start + 1 && ends_with_ignoring_case(tail, "\n\r\n")) return end - 2;
  return end;
}

void FromUnquoter::push(ByteView in, Bytes& out) {
  while (!in.empty()) {
    if (state_ == State::LineStart) {
      push_at_line_start(in[0], out);
      in = in.subspan(1);
      continue;
    }
    const void* found = ::memchr(in.data(), '\n', in.size());
    std::size_t count =
        found == nullptr
            ? in.size()
            : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - in.data()) + 1;
    append(out, in.first(count));
    in = in.subspan(count);
    if (found != nullptr) state_ = State::LineStart;
  }
}

// One mark is held back, however many there are.
void FromUnquoter::push_at_line_start(std::uint8_t octet, Bytes& out) {
  if (matched_ == 0 && octet == '>') {
    if (holds_mark_) out.push_back(octet);
    holds_mark_ = true;
    return;
  }
  if (holds_mark_ && octet == static_cast<std::uint8_t>(kFrom[matched_])) {
    if (++matched_ < kFrom.size()) return;
    holds_mark_ = false;
    give_back(out);
    state_ = State::Text;
    return;
  }
  give_back(out);
  out.push_back(octet);
  state_ = octet == '\n' ? State::LineStart : State::Text;
}

void FromUnquoter::give_back(Bytes& out) {
  if (holds_mark_) out.push_back('>');
  append(out, as_bytes(kFrom.substr(0, matched_)));
  holds_mark_ = false;
  matched_ = 0;
}

void FromUnquoter::finish(Bytes& out) { give_back(out); }

Result<std::size_t> MboxSource::read(MutableByteView buffer) {
  while (taken_ == ready_.size() && !ended_) TRY_VOID(refill());
  std::size_t count = std::min(buffer.size(), ready_.size() - taken_);
  std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count, buffer.begin());
  taken_ += count;
  return count;
}

Result<void> MboxSource::refill() {
  ready_.clear();
  taken_ = 0;
  raw_.resize(kWindow);
  std::uint64_t left = message_.size - position_;
  MutableByteView wanted = MutableByteView(raw_).first(std::min<std::uint64_t>(left, raw_.size()));
  std::size_t count = TRY(read_at(descriptor_, wanted, message_.offset + position_, name_));
  if (count < wanted.size()) {
    return failure(Rule::IoRead, 0, name_ + ": became shorter while it was read");
  }
  position_ += count;
  unquoter_.push(ByteView(raw_).first(count), ready_);
  ended_ = position_ == message_.size;
  if (ended_) unquoter_.finish(ready_);
  return {};
}

Result<bool> MboxSource::rewind() {
  position_ = 0;
  ended_ = false;
  unquoter_ = {};
  ready_.clear();
  taken_ = 0;
  return true;
}

bool looks_like_mbox(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return false;
  }
  std::array<std::uint8_t, kFrom.size()> octets{};
  auto count = read_at(file.number(), octets, 0, path);
  return count && (*count == 0 || as_text(octets) == kFrom);
}

}  // namespace bulla::host
