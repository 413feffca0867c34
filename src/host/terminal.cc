#include "host/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/try.h"
#include "host/descriptor.h"

namespace bulla::host {
namespace {

constexpr std::uint8_t kCtrlC = 3;
constexpr std::size_t kMaxPassphrase = 1024;

// Takes the echo away while it lives. Signals are off too, so that Ctrl-C comes as a
// character and the echo always returns.
class Silence {
 public:
  explicit Silence(int descriptor) : descriptor_(descriptor) {
    if (::tcgetattr(descriptor_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    quiet.c_lflag |= ICANON;
    quiet.c_cc[VEOL] = kCtrlC;
    changed_ = ::tcsetattr(descriptor_, TCSAFLUSH, &quiet) == 0;
  }
  ~Silence() {
    if (changed_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int descriptor_;
  termios before_{};
  bool changed_ = false;
};

Result<Secret> read_line(int descriptor) {
  Secret line(kMaxPassphrase);
  std::size_t size = 0;
  while (size < line.size()) {
    MutableByteView next = line.mutable_view().subspan(size, 1);
    if (TRY(read_some(descriptor, next, "/dev/tty")) == 0 || next[0] == kCtrlC) {
      return failure(Rule::KeyPassphraseNeeded, 0, "the question was not answered");
    }
    if (next[0] == '\n') break;
    ++size;
  }
  line.truncate(size);
  return line;
}

}  // namespace

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool wants_colour(Colour choice, int descriptor) {
  if (choice != Colour::Auto) return choice == Colour::Always;
  const char* no_colour = std::getenv("NO_COLOR");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb" && is_terminal(descriptor);
}

Result<Secret> ask_passphrase(const std::string& question) {
  Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open()) return failure(Rule::KeyPassphraseNeeded);
  TRY_VOID(write_all(terminal.number(), as_bytes(question), "/dev/tty"));
  auto answer = [&] {
    Silence silence(terminal.number());
    return read_line(terminal.number());
  }();
  TRY_VOID(write_all(terminal.number(), as_bytes("\n"), "/dev/tty"));
  return answer;
}

}  // namespace bulla::host
