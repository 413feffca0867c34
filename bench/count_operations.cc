// bulla_count DATA: runs a fixed set of operations under callgrind, each alone between two dumps.
// Run by bench/count.py.
//
// DATA is tests/data/x509. Keys, time and content are the same each time; only random octets and
// blinding differ, and those are libcrypto's. Each operation runs once before it is counted, so
// that what is set up on first use is not part of it.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "bench/world.h"
#include "bulla/identity.h"
#include "bulla/open.h"
#include "bulla/seal.h"
#include "mime/tree.h"

namespace {

using bulla::as_bytes;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bulla_count: %s\n", what.c_str());
  std::exit(1);
}

template <typename T>
T need(bulla::Result<T> result) {
  if (!result) fail(bulla::describe(result.error()));
  return *std::move(result);
}

class Operations {
 public:
  explicit Operations(const std::filesystem::path& data)
      : now_(*bulla::parse_time("2026-06-01")), middle_pem_(read(data / "intermediate.pem")) {
    const std::string file = read(data / "alice.key.pem") + read(data / "alice.pem") + middle_pem_;
    alice_ = need(bulla::load_identities(as_bytes(file))).front();
    roots_ =
        bulla::make_trust_store(need(bulla::load_certificates(as_bytes(read(data / "root.pem")))));
    keys_ = bulla::make_key_source({alice_});
  }

  void run_all() {
    for (const auto& [name, size] : {std::pair{"4k", 4u << 10}, std::pair{"1m", 1u << 20}}) {
      const std::string mail = bench::make_mail(size, bench::Header::Mail);
      const std::string signed_mail = seal(mail, {sign()});
      const std::string encrypted = seal(mail, {encrypt()});
      const std::string sealed = seal(mail, {sign(), encrypt()});
      const std::string suffix = std::string("_") + name;
      count("sign" + suffix, [&] { seal(mail, {sign()}); });
      count("encrypt" + suffix, [&] { seal(mail, {encrypt()}); });
      count("seal" + suffix, [&] { seal(mail, {sign(), encrypt()}); });
      count("verify" + suffix, [&] { open(signed_mail, bulla::OpenOptions::Peel::All); });
      count("decrypt" + suffix, [&] { open(encrypted, bulla::OpenOptions::Peel::EncryptionOnly); });
      count("open" + suffix, [&] { open(sealed, bulla::OpenOptions::Peel::All); });
      count("mime_tree" + suffix, [&] { parse(mail); });
    }
    count("certificate", [&] { need(bulla::load_certificates(as_bytes(middle_pem_))); });
  }

 private:
  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty()) fail("cannot read " + path.string());
    return text;
  }

  static void count(const std::string& name, const std::function<void()>& operation) {
    operation();
    CALLGRIND_ZERO_STATS;
    CALLGRIND_TOGGLE_COLLECT;
    operation();
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT(name.c_str());
  }

  bulla::Step sign() const {
    bulla::Sign step;
    step.signers.push_back({.identity = alice_, .digest = {}});
    return step;
  }

  bulla::Step encrypt() const {
    bulla::Encrypt step;
    step.recipients.push_back(*alice_.certificate);
    return step;
  }

  std::string seal(const std::string& mail, std::vector<bulla::Step> steps) const {
    bulla::Recipe recipe;
    recipe.steps = std::move(steps);
    bulla::SealOptions options;
    options.at = now_;
    bulla::MemorySource in(as_bytes(mail));
    bulla::MemorySink out;
    need(bulla::seal(in, out, recipe, options));
    return std::string(bulla::as_text(out.bytes()));
  }

  void open(const std::string& mail, bulla::OpenOptions::Peel peel) const {
    bulla::OpenOptions options;
    options.at = now_;
    options.trust = roots_.get();
    options.keys = keys_.get();
    options.peel = peel;
    bulla::MemorySource in(as_bytes(mail));
    bulla::MemorySink out;
    if (!need(bulla::open(in, out, options)).released) fail("nothing was released");
  }

  static void parse(const std::string& mail) {
    bulla::mime::TreeBuilder builder;
    if (!builder.push(as_bytes(mail))) fail("no tree");
    need(builder.finish());
  }

  bulla::Time now_;
  std::string middle_pem_;
  bulla::Identity alice_;
  std::unique_ptr<bulla::TrustStore> roots_;
  std::unique_ptr<bulla::KeySource> keys_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) fail("usage: bulla_count DATA");
  Operations(argv[1]).run_all();
  return 0;
}
