// The loops that see every octet: MiB per second of input, in the first caches.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/simd_base64.h"
#include "bench/world.h"
#include "bulla/stream.h"
#include "mime/base64.h"
#include "mime/canonical.h"
#include "mime/kernels.h"

namespace bench {
namespace {

using bulla::as_bytes;
using bulla::ByteView;

constexpr std::size_t kSize = 256 << 10;

void count(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets) * state.iterations());
}

template <typename Kernel>
void scan(const char* name, const std::string& text, Kernel kernel) {
  benchmark::RegisterBenchmark(name, [&text, kernel](benchmark::State& state) {
    for (auto _ : state) {
      // On through the text from where the last one was found.
      ByteView rest = as_bytes(text);
      while (!rest.empty()) {
        const std::size_t place = kernel(rest);
        rest = rest.subspan(std::min(rest.size(), place + 1));
      }
    }
    count(state, text.size());
  });
}

void encode(benchmark::State& state) {
  const bulla::Bytes octets(kSize / 57 * 57, 0xa5);
  for (auto _ : state) {
    bulla::NullSink out;
    bulla::mime::Base64Encoder encoder(out);
    require(encoder.write(octets).has_value() && encoder.finish().has_value(), "Base64Encoder");
  }
  count(state, octets.size());
}

void decode(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    bulla::NullSink out;
    bulla::mime::Base64Decoder decoder(out);
    require(decoder.write(as_bytes(text)).has_value() && decoder.finish().has_value(),
            "Base64Decoder");
  }
  count(state, text.size());
}

// The floor's, and libcrypto's.
void floor_encode(benchmark::State& state) {
  const bulla::Bytes octets(kSize / 57 * 57 + kSlack, 0xa5);
  bulla::Bytes out(kSize / 57 * 78 + kSlack);
  const ByteView input = ByteView(octets).first(kSize / 57 * 57);
  for (auto _ : state) benchmark::DoNotOptimize(encode_lines(input, out.data()));
  count(state, input.size());
}

void floor_decode(benchmark::State& state, const std::string& text) {
  bulla::Bytes out(text.size() + kSlack);
  for (auto _ : state)
    require(decode_lines(as_bytes(text), out.data()).has_value(), "decode_lines");
  count(state, text.size());
}

void libcrypto_encode(benchmark::State& state) {
  const bulla::Bytes octets(kSize, 0xa5);
  bulla::Bytes out(kSize * 2);
  EVP_ENCODE_CTX* const context = EVP_ENCODE_CTX_new();
  for (auto _ : state) {
    int size = 0;
    EVP_EncodeInit(context);
    EVP_EncodeUpdate(context, out.data(), &size, octets.data(), static_cast<int>(octets.size()));
  }
  EVP_ENCODE_CTX_free(context);
  count(state, octets.size());
}

void libcrypto_decode(benchmark::State& state, const std::string& text) {
  bulla::Bytes out(text.size());
  EVP_ENCODE_CTX* const context = EVP_ENCODE_CTX_new();
  for (auto _ : state) {
    int size = 0;
    EVP_DecodeInit(context);
    require(EVP_DecodeUpdate(context, out.data(), &size, as_bytes(text).data(),
                             static_cast<int>(text.size())) >= 0,
            "EVP_DecodeUpdate");
  }
  EVP_ENCODE_CTX_free(context);
  count(state, text.size());
}

void convert(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    bulla::NullSink out;
    bulla::mime::Canonicalizer filter(out);
    require(filter.write(as_bytes(text)).has_value() && filter.finish().has_value(),
            "Canonicalizer");
  }
  count(state, text.size());
}

std::string with_line_feeds(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::string base64_alone(const std::string& mail) {
  const std::size_t start = mail.find("base64\r\n\r\n") + 10;
  return mail.substr(start, mail.rfind("--=_bench") - start);
}

}  // namespace

void register_kernels() {
  namespace kernels = bulla::mime::kernels;
  static const std::string mail = make_mail(kSize, Header::Mail);
  static const std::string unix_mail = with_line_feeds(mail);
  static const std::string text = base64_alone(mail);
  scan("kernel/find_uneven_line_end/bulla", mail, kernels::find_uneven_line_end);
  scan("kernel/find_uneven_line_end/scalar", mail, kernels::scalar::find_uneven_line_end);
  scan("kernel/find_dash_line/bulla", mail, kernels::find_dash_line);
  scan("kernel/find_dash_line/scalar", mail, kernels::scalar::find_dash_line);
  scan("kernel/find_not_seven_bit/bulla", mail, kernels::find_not_seven_bit);
  scan("kernel/find_not_seven_bit/scalar", mail, kernels::scalar::find_not_seven_bit);
  benchmark::RegisterBenchmark("kernel/base64_encode/bulla", encode);
  benchmark::RegisterBenchmark("kernel/base64_encode/floor", floor_encode);
  benchmark::RegisterBenchmark("kernel/base64_encode/libcrypto", libcrypto_encode);
  benchmark::RegisterBenchmark("kernel/base64_decode/bulla", [](auto& s) { decode(s, text); });
  benchmark::RegisterBenchmark("kernel/base64_decode/floor",
                               [](auto& s) { floor_decode(s, text); });
  benchmark::RegisterBenchmark("kernel/base64_decode/libcrypto",
                               [](auto& s) { libcrypto_decode(s, text); });
  benchmark::RegisterBenchmark("kernel/canonicalize_crlf/bulla", [](auto& s) { convert(s, mail); });
  benchmark::RegisterBenchmark("kernel/canonicalize_lf/bulla",
                               [](auto& s) { convert(s, unix_mail); });
}

}  // namespace bench
