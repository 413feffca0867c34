// What the tests of sealing share: people of tests/data/x509, sources that cut their octets
// anywhere, sinks that remember, and open() with everything at hand.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "bulla/open.h"
#include "bulla/seal.h"
#include "x509/test_files.h"

namespace bulla::seal_testing {

inline Time now() { return *parse_time("2026-06-01T12:00:00Z"); }

inline PrivateKeyPtr load_key(const std::string& name) {
  return load_private_key(load_block(name + ".key.pem")).value();
}

// The certificate with the key that belongs to it.
inline Identity person(const std::string& certificate, const std::string& key) {
  return {.key = load_key(key), .certificate = load(certificate), .chain = {load("intermediate")}};
}
inline Identity person(const std::string& name) { return person(name, name); }

inline Sign sign_by(const std::string& name, Sign::Form form = Sign::Form::Clear) {
  Sign step;
  SignerChoice signer;
  signer.identity = person(name);
  step.signers.push_back(std::move(signer));
  step.form = form;
  return step;
}

inline Encrypt encrypt_to(const std::vector<std::string>& names,
                          std::optional<ContentCipher> cipher = std::nullopt) {
  Encrypt step;
  for (const std::string& name : names) step.recipients.push_back(load(name));
  step.cipher = cipher;
  return step;
}

inline Recipe recipe_of(std::vector<Step> steps) {
  Recipe recipe;
  recipe.steps = std::move(steps);
  return recipe;
}

// Gives at most `size` octets at a time, or random numbers of them for 0. Fails after
// `good` octets.
class ChunkSource final : public Source {
 public:
  explicit ChunkSource(std::string_view text, std::size_t size = ~std::size_t{0},
                       std::size_t good = ~std::size_t{0})
      : rest_(as_bytes(text)), size_(size), good_(good) {}

  Result<std::size_t> read(MutableByteView buffer) override {
    if (good_ == 0) return failure(Rule::IoRead);
    std::size_t count = size_ != 0 ? size_ : 1 + random_() % 100;
    count = std::min({count, buffer.size(), rest_.size(), good_});
    std::copy_n(rest_.begin(), count, buffer.begin());
    rest_ = rest_.subspan(count);
    good_ -= count;
    return count;
  }

 private:
  ByteView rest_;
  std::size_t size_;
  std::size_t good_;
  std::mt19937 random_{5};
};

// Remembers what was done to it. Fails at write number `good`.
class WatchedSink final : public Sink {
 public:
  explicit WatchedSink(std::size_t good = ~std::size_t{0}) : good_(good) {}

  Result<void> write(ByteView bytes) override {
    if (writes_++ == good_) return failure(Rule::IoWrite);
    text_ += as_text(bytes);
    return {};
  }
  Result<void> finish() override {
    ++finishes_;
    return {};
  }

  const std::string& text() const { return text_; }
  std::size_t writes() const { return writes_; }
  std::size_t finishes() const { return finishes_; }

 private:
  std::size_t good_;
  std::string text_;
  std::size_t writes_ = 0;
  std::size_t finishes_ = 0;
};

struct Sealed {
  std::string text;
  SealReport report;
};

inline SealOptions options(SealOptions::Form form = SealOptions::Form::Mail) {
  SealOptions result;
  result.at = now();
  result.form = form;
  return result;
}

inline Sealed seal_text(std::string_view text, const Recipe& recipe,
                        const SealOptions& how = options(), std::size_t chunk = ~std::size_t{0}) {
  ChunkSource in(text, chunk);
  WatchedSink out;
  auto report = seal(in, out, recipe, how);
  if (!report) {
    ADD_FAILURE() << describe(report.error());
    return {};
  }
  EXPECT_EQ(out.finishes(), 1u);
  return {.text = out.text(), .report = *report};
}

// The rule that sealing ends with; nothing may have been written then.
inline std::string refusal(std::string_view text, const Recipe& recipe,
                           const SealOptions& how = options()) {
  ChunkSource in(text);
  WatchedSink out;
  auto report = seal(in, out, recipe, how);
  EXPECT_EQ(out.writes(), 0u);
  EXPECT_EQ(out.finishes(), 0u);
  return report ? "none" : std::string(info(report.error().rule).slug);
}

struct Opened {
  std::string text;
  Verdict verdict;
};

inline Opened open_text(std::string_view text, OpenOptions how = {}) {
  auto roots = make_trust_store({load("root")});
  auto keys = make_key_source({person("alice"), person("ec")});
  how.at = now();
  how.trust = roots.get();
  how.keys = keys.get();
  how.policy.require = Policy::Require::Nothing;
  how.policy.release = Policy::Release::Any;
  MemorySource in(as_bytes(text));
  MemorySink out;
  auto verdict = open(in, out, how);
  if (!verdict) {
    ADD_FAILURE() << describe(verdict.error());
    return {};
  }
  return {.text = std::string(as_text(out.bytes())), .verdict = *verdict};
}

inline std::string with_crlf(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\n' && !result.ends_with('\r')) result += '\r';
    result += c;
  }
  return result;
}

inline std::vector<std::string> slugs(const Findings& findings) {
  std::vector<std::string> result;
  for (const Finding& finding : findings) result.emplace_back(info(finding.rule).slug);
  return result;
}

}  // namespace bulla::seal_testing
