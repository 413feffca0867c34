// Parsing MIME (row m): bulla's tree of parts beside GMime's, over one large mail and over a folder
// of real ones.
//
// BULLA_BENCH_MAILS names the folder; without it there is the large mail alone. GMime reads through
// its own buffered stream over the same octets and builds its objects lazily, as its users have it.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bench/world.h"
#include "mime/tree.h"

#ifdef BENCH_GMIME
#include <gmime/gmime.h>
#endif

namespace bench {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr std::size_t kMostMails = 1000;

using Mails = std::vector<std::string>;

void parse_with_bulla(const std::string& mail) {
  bulla::mime::TreeBuilder builder;
  bulla::ByteView rest = bulla::as_bytes(mail);
  while (!rest.empty()) {
    const bulla::ByteView chunk = rest.first(std::min(rest.size(), kChunk));
    if (!builder.push(chunk)) return;  // over a limit: some mails of a corpus are meant to be
    rest = rest.subspan(chunk.size());
  }
  benchmark::DoNotOptimize(builder.finish());
}

#ifdef BENCH_GMIME
void parse_with_gmime(const std::string& mail) {
  GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(mail.data(), mail.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  g_object_unref(stream);
  GMimeMessage* const message = g_mime_parser_construct_message(parser, nullptr);
  g_object_unref(parser);
  if (message != nullptr) g_object_unref(message);
}
#endif

template <typename Parse>
void add(const std::string& name, const Mails& mails, Parse parse) {
  auto* it = benchmark::RegisterBenchmark(name.c_str(), [&mails, parse](benchmark::State& state) {
    std::size_t octets = 0;
    for (const std::string& mail : mails) octets += mail.size();
    for (auto _ : state) {
      for (const std::string& mail : mails) parse(mail);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(octets) * state.iterations());
  });
  it->Unit(benchmark::kMicrosecond);
}

void add_all(const std::string& name, const Mails& mails) {
  add("mime/" + name + "/bulla", mails, parse_with_bulla);
#ifdef BENCH_GMIME
  add("mime/" + name + "/gmime", mails, parse_with_gmime);
#endif
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Mails read_mails(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".eml")
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  if (paths.size() > kMostMails) paths.resize(kMostMails);
  Mails mails;
  for (const auto& path : paths) mails.push_back(read_file(path));
  return mails;
}

}  // namespace

void register_mime() {
#ifdef BENCH_GMIME
  g_mime_init();
#endif
  static const Mails large = {make_mail(64 << 20, Header::Mail)};
  static const Mails small = {make_mail(20 << 10, Header::Mail)};
  add_all("64M", large);
  add_all("20k", small);
  if (const char* folder = std::getenv("BULLA_BENCH_MAILS"); folder != nullptr) {
    static const Mails real = read_mails(folder);
    add_all("real_" + std::to_string(real.size()), real);
  }
}

}  // namespace bench
