// Mbox: the messages of an mbox file (RFC 4155), one after another, in constant memory.
//
//   Mbox mbox = TRY(Mbox::open("inbox.mbox"));
//   while (auto message = TRY(mbox.next())) {
//     MboxSource source(mbox.descriptor(), *message, "inbox.mbox");
//     … read …
//   }
//
// A message begins behind a line "From SENDER DATE" and ends before the next such line, or
// before the empty line in front of it. A line that begins with "From " and has no date is
// text: writers exist that quote nothing. The quoting of mboxrd is taken off: of ">From ",
// ">>From " … the first ">" goes.
//
// Thread safety: a Mbox belongs to one thread; MboxSources of one file may be used by
// several threads, and the Mbox must outlive them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bulla/stream.h"
#include "bulla/time.h"
#include "host/descriptor.h"

namespace bulla::host {

struct MboxMessage {
  std::uint64_t offset = 0;  // of the first octet behind the From_ line
  std::uint64_t size = 0;    // with its quoting
  std::optional<Time> received;
};

class Mbox {
 public:
  // Errors: io.no-input (absent, no regular file, does not begin with a From_ line).
  static Result<Mbox> open(const std::string& path);

  Result<std::optional<MboxMessage>> next();

  int descriptor() const { return file_.number(); }
  std::uint64_t size() const { return size_; }
  FileId id() const { return id_; }

 private:
  struct Separator {
    std::uint64_t offset = 0;  // of "From "
    std::uint64_t end = 0;     // behind its line end
    std::optional<Time> received;
  };

  Result<void> fill(std::uint64_t offset);
  Result<std::optional<Separator>> find_separator(std::uint64_t offset);
  Result<std::optional<Separator>> read_separator(std::uint64_t offset);
  Result<std::uint64_t> line_end(std::uint64_t offset);
  Result<std::uint64_t> without_empty_line(std::uint64_t start, std::uint64_t end);

  Descriptor file_;
  std::string name_;
  FileId id_;
  std::uint64_t size_ = 0;
  std::optional<Separator> current_;
  Bytes window_;
  std::uint64_t window_offset_ = 0;
};

// Takes ">" off lines like ">From " and ">>From "; input in pieces of any size.
class FromUnquoter {
 public:
  void push(ByteView in, Bytes& out);
  void finish(Bytes& out);

 private:
  void push_at_line_start(std::uint8_t octet, Bytes& out);
  void give_back(Bytes& out);

  enum class State { LineStart, Text } state_ = State::LineStart;
  bool holds_mark_ = false;  // a ">" of the marks at the start of this line
  std::size_t matched_ = 0;  // octets of "From " seen behind them
};

class MboxSource final : public Source {
 public:
  MboxSource(int descriptor, const MboxMessage& message, std::string name)
      : descriptor_(descriptor), message_(message), name_(std::move(name)) {}

  Result<std::size_t> read(MutableByteView buffer) override;
  Result<bool> rewind() override;

 private:
  Result<void> refill();

  int descriptor_;
  MboxMessage message_;
  std::string name_;
  std::uint64_t position_ = 0;
  bool ended_ = false;
  FromUnquoter unquoter_;
  Bytes raw_;
  Bytes ready_;
  std::size_t taken_ = 0;
};

// The date of a From_ line without its line end, such as
// "From alice@example.org Mon Jan  1 12:00:00 2024"; nothing if it is none.
std::optional<Time> parse_from_line(std::string_view line);

// Whether the file is empty or begins with "From ".
bool looks_like_mbox(const std::string& path);

}  // namespace bulla::host
