// Cost against the number of parts and of recipients (row o). The limits are lifted: they would end
// the curve.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "bench/libcrypto_peer.h"
#include "bench/world.h"
#include "bulla/open.h"
#include "bulla/seal.h"

namespace bench {
namespace {

using bulla::as_bytes;

bulla::Limits no_limits() {
  bulla::Limits limits;
  limits.mime_parts = 1'000'000;
  limits.recipients = 100'000;
  limits.recipient_infos_bytes = 256u << 20;
  limits.der_elements = 10'000'000;
  return limits;
}

std::string mail_with_parts(int parts) {
  std::string mail = "Content-Type: multipart/mixed; boundary=\"=_p\"\r\n\r\n";
  for (int i = 0; i < parts; ++i) {
    mail += "--=_p\r\nContent-Type: text/plain\r\n\r\nOne of many.\r\n";
  }
  return mail + "--=_p--\r\n";
}

void open(benchmark::State& state, const std::string& mail) {
  World& world = World::of(Family::Rsa);
  const auto roots = bulla::make_trust_store({parse(world.root())});
  const auto keys = bulla::make_key_source({world.identity()});
  bulla::OpenOptions options;
  options.at = world.now();
  options.limits = no_limits();
  options.trust = roots.get();
  options.keys = keys.get();
  for (auto _ : state) {
    bulla::MemorySource in(as_bytes(mail));
    bulla::NullSink out;
    const auto verdict = bulla::open(in, out, options);
    require(verdict.has_value(), verdict ? "" : bulla::describe(verdict.error()).c_str());
    require(verdict->released, "release");
  }
}

// Skips the rest if it is refused: a limit of seal() may be none of SealOptions.
void seal(benchmark::State& state, const std::string& mail, const bulla::Step& step) {
  bulla::Recipe recipe;
  recipe.steps.push_back(step);
  recipe.header_protection = bulla::Recipe::HeaderProtection::Off;
  bulla::SealOptions options;
  options.at = World::of(Family::Rsa).now();
  options.limits = no_limits();
  for (auto _ : state) {
    bulla::MemorySource in(as_bytes(mail));
    bulla::MemorySink out;
    const auto sealed = bulla::seal(in, out, recipe, options);
    if (!sealed) return state.SkipWithError(bulla::describe(sealed.error()).c_str());
  }
}

void sign_parts(benchmark::State& state) {
  bulla::Sign step;
  step.signers.push_back({.identity = World::of(Family::Rsa).identity(), .digest = {}});
  const std::string mail = mail_with_parts(static_cast<int>(state.range(0)));
  seal(state, mail, step);
}

void verify_parts(benchmark::State& state) {
  const std::string mail = mail_with_parts(static_cast<int>(state.range(0)));
  open(state, CmsPeer(World::of(Family::Rsa)).sign(mail));
}

bulla::Encrypt to_recipients(const benchmark::State& state) {
  bulla::Encrypt step;
  step.recipients =
      World::of(Family::Rsa).recipient_choices(static_cast<std::size_t>(state.range(0)));
  return step;
}

void encrypt_recipients(benchmark::State& state) {
  const std::string mail = make_mail(1024, Header::Entity);
  const bulla::Encrypt step = to_recipients(state);
  seal(state, mail, step);
}

void decrypt_recipients(benchmark::State& state) {
  CmsPeer maker(World::of(Family::Rsa));
  maker.encrypt_to(static_cast<std::size_t>(state.range(0)));
  open(state, maker.encrypt(make_mail(1024, Header::Entity)));
}

}  // namespace

void register_growth() {
  const auto add = [](const char* name, void (*run)(benchmark::State&), std::int64_t most) {
    auto* it = benchmark::RegisterBenchmark(name, run);
    for (std::int64_t n = 1; n <= most; n *= 10) it->Arg(n);
    it->Unit(benchmark::kMicrosecond);
  };
  add("growth/parts/sign", sign_parts, 100'000);
  add("growth/parts/verify", verify_parts, 100'000);
  add("growth/recipients/encrypt", encrypt_recipients, 10'000);
  add("growth/recipients/decrypt", decrypt_recipients, 10'000);
}

}  // namespace bench
