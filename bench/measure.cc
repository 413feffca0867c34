// bench_measure REPORT COMMAND [ARGUMENT]...: runs the command with no standard input and writes
// what it cost into the file REPORT:
//
//   exit code, user microseconds, system microseconds, wall microseconds, peak KiB
//
// with tabs between. The peak is that of its largest process. It is a program of its own because
// a child inherits the peak of whoever starts it: that of an interpreter would hide small ones.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

namespace {

long long microseconds(const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; }

long long now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000LL + time.tv_nsec / 1000;
}

[[noreturn]] void become(char** command) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  ::execvp(command[0], command);
  std::perror(command[0]);
  ::_exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: bench_measure REPORT COMMAND [ARGUMENT]...\n", stderr);
    return 64;
  }
  const long long start = now();
  const pid_t child = ::vfork();
  if (child < 0) return 71;
  if (child == 0) become(argv + 2);
  int status = 0;
  rusage used{};
  while (::wait4(child, &status, 0, &used) < 0) {
    if (errno != EINTR) return 71;
  }
  const long long wall = now() - start;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::FILE* report = std::fopen(argv[1], "w");
  if (report == nullptr) return 73;
  std::fprintf(report, "%d\t%lld\t%lld\t%lld\t%ld\n", code, microseconds(used.ru_utime),
               microseconds(used.ru_stime), wall, used.ru_maxrss);
  return std::fclose(report) == 0 ? 0 : 74;
}
