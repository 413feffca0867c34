// bulla_bench: the measurements inside one process, with Google Benchmark. bench/small.py runs it
// and makes the table.
#include <benchmark/benchmark.h>

#include <cstring>

namespace bench {
void register_growth();
void register_kernels();
void register_mime();
void register_operations();
}  // namespace bench

int main(int argc, char** argv) {
  // `bulla_bench kernel|mime|operation|growth … [options of Google Benchmark]`; no word: all but
  // growth.
  const auto wants = [&](const char* group) {
    bool any = std::strcmp(group, "growth") == 0;
    for (int i = 1; i < argc; ++i) {
      if (argv[i][0] == '-') continue;
      any = true;
      if (std::strcmp(argv[i], group) == 0) return true;
    }
    return !any;
  };
  if (wants("kernel")) bench::register_kernels();
  if (wants("mime")) bench::register_mime();
  if (wants("operation")) bench::register_operations();
  if (wants("growth")) bench::register_growth();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
