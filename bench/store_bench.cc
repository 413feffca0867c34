// bulla_store_bench STORE COUNT: fills a store with that many certificates, then looks for people
// by address, and says how long that took (issue 5, row e). STORE is a folder, or postgresql://….
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "net/postgresql.h"
#include "store/store.h"
#include "tests/store/many_certificates.h"

namespace bulla::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kBatch = 10'000;
constexpr unsigned kLookups = 20'000;

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

long peak_kibibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", describe(error).c_str());
  return 1;
}

Result<std::unique_ptr<Store>> open(const std::string& place) {
  if (!net::is_postgresql_uri(place)) return Store::open(place, Missing::Create);
  auto database = net::open_postgresql(place, Missing::Create);
  if (!database) return tl::unexpected(database.error());
  return Store::open(std::move(*database));
}

int run(const std::string& place, unsigned count) {
  auto alice = load_certificate_file("tests/data/x509/brief.pem");
  if (!alice) return fail(alice.error());
  ManyCertificates many(alice->front());
  auto store = open(place);
  if (!store) return fail(store.error());
  auto start = Clock::now();
  unsigned number = static_cast<unsigned>((*store)->count()->certificates);
  while (number < count) {
    Import batch;
    for (unsigned i = 0; i < kBatch && number < count; ++i) {
      batch.certificates.push_back(many.make(number++));
    }
    auto done = (*store)->import({{batch, {.at = Time(), .source = "from the bench"}}});
    if (!done) return fail(done.error());
  }
  std::printf("filled to %u in %.1f s, peak %ld KiB\n", count,
              milliseconds(Clock::now() - start) / 1'000, peak_kibibytes());
  std::mt19937 random(1);
  std::vector<double> times;
  for (unsigned i = 0; i < kLookups; ++i) {
    std::string address = ManyCertificates::address(static_cast<unsigned>(random() % count));
    auto before = Clock::now();
    auto found = (*store)->find_certificates(address);
    times.push_back(milliseconds(Clock::now() - before));
    if (!found || found->size() != 1) return 1;
  }
  std::sort(times.begin(), times.end());
  std::printf("find by address: p50 %.3f ms, p99 %.3f ms, max %.3f ms; peak %ld KiB\n",
              times[kLookups / 2], times[kLookups / 100 * 99], times.back(), peak_kibibytes());
  std::int64_t rows = 0;
  start = Clock::now();
  auto all = (*store)->certificates().each([&](const CertificateRow&) -> Result<void> {
    ++rows;
    return {};
  });
  if (!all) return fail(all.error());
  std::printf("read %lld of all in %.1f s; peak %ld KiB\n", static_cast<long long>(rows),
              milliseconds(Clock::now() - start) / 1'000, peak_kibibytes());
  return 0;
}

}  // namespace
}  // namespace bulla::store

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bulla_store_bench STORE COUNT, where tests/data is\n");
    return 64;
  }
  return bulla::store::run(argv[1], static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
}
