// The people of the message tests: identities from tests/data/x509.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "bulla/open.h"
#include "bulla/seal.h"
#include "x509/pem.h"

namespace bulla::testing {

inline Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline Certificate certificate(const std::string& name) {
  auto found =
      load_certificates(read_file(std::string(BULLA_TEST_DATA) + "/x509/" + name + ".pem"));
  return found.value().at(0);
}

inline PrivateKeyPtr key(const std::string& name) {
  Bytes file = read_file(std::string(BULLA_TEST_DATA) + "/x509/" + name + ".key.pem");
  auto blocks = x509::read_pem(file);
  return load_private_key(blocks.value().at(0).contents.view()).value();
}

// The certificate `name` with the key `key_name`, and the intermediate.
inline Identity identity(const std::string& name, const std::string& key_name) {
  return {.key = key(key_name),
          .certificate = certificate(name),
          .chain = {certificate("intermediate")}};
}

inline const Time kNow = *parse_time("2026-06-01T12:00:00Z");

// Hands out chunks of a fixed size, or of random sizes.
class ChunkedSource final : public Source {
 public:
  ChunkedSource(ByteView bytes, std::size_t chunk) : bytes_(bytes), chunk_(chunk) {}
  Result<std::size_t> read(MutableByteView buffer) override {
    std::size_t wanted = chunk_ != 0 ? chunk_ : 1 + random_() % 300;
    std::size_t count = std::min({wanted, buffer.size(), bytes_.size() - position_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), count, buffer.begin());
    position_ += count;
    return count;
  }
  Result<bool> rewind() override {
    position_ = 0;
    return true;
  }

 private:
  ByteView bytes_;
  std::size_t chunk_;
  std::size_t position_ = 0;
  std::minstd_rand random_{1};
};

// A pipe: cannot be read twice.
class PipeSource final : public Source {
 public:
  explicit PipeSource(ByteView bytes) : inner_(bytes) {}
  Result<std::size_t> read(MutableByteView buffer) override { return inner_.read(buffer); }

 private:
  MemorySource inner_;
};

// One reader with everything at hand.
struct World {
  std::unique_ptr<TrustStore> trust = make_trust_store({certificate("root")});
  std::unique_ptr<KeySource> keys =
      make_key_source({identity("alice", "alice"), identity("ec", "ec")});
  OpenOptions options;

  World() {
    options.at = kNow;
    options.trust = trust.get();
    options.keys = keys.get();
  }
};

struct Opened {
  Result<Verdict> verdict;
  std::string content;

  Status status() const { return verdict ? verdict->status : Status::Invalid; }
  bool has(Rule rule) const {
    if (!verdict) return verdict.error().rule == rule;
    for (const Finding& finding : verdict->findings) {
      if (finding.rule == rule) return true;
    }
    return false;
  }
  std::string text() const {
    if (!verdict) return describe(verdict.error());
    std::string all(name(verdict->status));
    for (const Finding& finding : verdict->findings) {
      all += "\n  " + std::string(info(finding.rule).slug) + " " + finding.place + " " +
             finding.detail;
    }
    return all;
  }
};

inline Opened open_from(Source& source, const OpenOptions& options) {
  MemorySink content;
  Opened opened{open(source, content, options), {}};
  opened.content = as_text(content.bytes());
  return opened;
}

inline Opened open_mail(std::string_view mail, const OpenOptions& options) {
  MemorySource source(as_bytes(mail));
  return open_from(source, options);
}

inline std::string seal_mail(std::string_view mail, const Recipe& recipe,
                             SealOptions options = {.at = kNow, .limits = {}}) {
  MemorySource source(as_bytes(mail));
  MemorySink out;
  auto report = seal(source, out, recipe, options);
  EXPECT_TRUE(report) << describe(report.error());
  return std::string(as_text(out.bytes()));
}

inline Sign sign_as(const std::string& name, const std::string& key_name,
                    Sign::Form form = Sign::Form::Clear) {
  Sign step;
  step.signers.push_back({.identity = identity(name, key_name), .digest = {}});
  step.form = form;
  return step;
}

inline Encrypt encrypt_to(const std::string& name,
                          std::optional<ContentCipher> cipher = std::nullopt) {
  Encrypt step;
  step.recipients.push_back(certificate(name));
  step.cipher = cipher;
  return step;
}

}  // namespace bulla::testing
