#include "host/terminal.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "host/environment.h"
#include "host/progress.h"
#include "host/sink.h"

namespace bulla::host {
namespace {

struct Pty {
  Pty() { good = ::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0; }
  ~Pty() {
    ::close(master);
    ::close(slave);
  }
  int master = -1;
  int slave = -1;
  bool good = false;
};

TEST(StreamSink, a_terminal_gets_text) {
  Pty pty;
  ASSERT_TRUE(pty.good);
  StreamSink sink(pty.slave, "terminal");
  ASSERT_TRUE(sink.write(as_bytes("Gr\xc3\xbc\xc3\x9f\x65\n")));
  ASSERT_TRUE(sink.finish());
  std::string text(64, '\0');
  ssize_t count = ::read(pty.master, text.data(), text.size());
  EXPECT_EQ(text.substr(0, static_cast<std::size_t>(count)), "Gr\xc3\xbc\xc3\x9f\x65\r\n");
}

TEST(StreamSink, a_terminal_never_gets_binary_data) {
  Pty pty;
  ASSERT_TRUE(pty.good);
  for (std::string_view bytes :
       {std::string_view("0\x82\x00\x01", 4), std::string_view("\x1b[2J")}) {
    StreamSink sink(pty.slave, "terminal");
    ASSERT_TRUE(sink.write(as_bytes("text first\n")));
    ASSERT_TRUE(sink.write(as_bytes(bytes)));
    auto finished = sink.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().rule, Rule::IoTerminal);
  }
  int waiting = -1;
  ASSERT_EQ(::ioctl(pty.master, FIONREAD, &waiting), 0);
  EXPECT_EQ(waiting, 0);
}

TEST(Terminal, colour_follows_the_choice_then_NO_COLOR_then_the_terminal) {
  Pty pty;
  ASSERT_TRUE(pty.good);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  EXPECT_TRUE(wants_colour(Colour::Auto, pty.slave));
  EXPECT_FALSE(wants_colour(Colour::Never, pty.slave));
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(wants_colour(Colour::Auto, pty.slave));
  EXPECT_TRUE(wants_colour(Colour::Always, pty.slave));
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(wants_colour(Colour::Auto, pty.slave));
}

// Runs ask_passphrase() in a child whose terminal is a new one; answers what the
// terminal showed, and by exit code whether the passphrase was `expected`.
std::string ask_in_child(const std::string& typed, const std::string& expected, int& status) {
  int master = -1;
  pid_t child = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (child == 0) {
    auto answer = ask_passphrase("Passphrase: ");
    if (!answer) ::_exit(2);
    ::_exit(as_text(answer->view()) == expected ? 0 : 1);
  }
  std::string shown;
  char octet = 0;
  while (shown.find(": ") == std::string::npos && ::read(master, &octet, 1) == 1) shown += octet;
  ::usleep(50'000);  // let the echo go before typing
  (void)!::write(master, typed.data(), typed.size());
  while (::read(master, &octet, 1) == 1) shown += octet;
  ::waitpid(child, &status, 0);
  ::close(master);
  return shown;
}

TEST(Terminal, T124_a_passphrase_is_asked_without_echo) {
  int status = -1;
  std::string shown = ask_in_child("sesame\n", "sesame", status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(shown.find("sesame"), std::string::npos);
}

TEST(Terminal, control_c_is_no_answer) {
  int status = -1;
  ask_in_child("ses\x03", "", status);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
}

TEST(Progress, sizes_are_readable) {
  EXPECT_EQ(readable_size(0), "0 B");
  EXPECT_EQ(readable_size(1023), "1023 B");
  EXPECT_EQ(readable_size(1536), "1.5 KiB");
  EXPECT_EQ(readable_size(5ull << 30), "5.0 GiB");
  EXPECT_EQ(progress_text(512u << 20, 1u << 30), "512.0 MiB of 1.0 GiB (50 %)");
  EXPECT_EQ(progress_text(1024, std::nullopt), "1.0 KiB");
}

TEST(Progress, passes_octets_through) {
  Bytes bytes(1000, 'x');
  MemorySource inner(bytes);
  ProgressSource source(inner, ProgressSource::Show::Never);
  Bytes buffer(4096);
  EXPECT_EQ(source.read(buffer), 1000u);
  EXPECT_EQ(source.rewind(), true);
  EXPECT_EQ(source.size(), 1000u);
}

TEST(Environment, the_data_folder_follows_xdg) {
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(data_folder(), "/data/bulla");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  ::setenv("HOME", "/home/a", 1);
  EXPECT_EQ(data_folder(), "/home/a/.local/share/bulla");
  ::unsetenv("XDG_DATA_HOME");
}

}  // namespace
}  // namespace bulla::host
