#include "bulla/thread_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <new>
#include <numeric>
#include <random>

#include "host/copy_past_cache.h"
#include "message/seal_support.h"

namespace bulla::host {
namespace {

using seal_testing::encrypt_to;
using seal_testing::person;
using seal_testing::recipe_of;
using seal_testing::sign_by;
using Steps = std::vector<Step>;

constexpr std::size_t kWhole = ~std::size_t{0};

std::string text_of(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(text.size()) + "\r\n";
  return text;
}

std::string mail_of(std::size_t size, std::string_view line_end = "\r\n") {
  std::string text =
      "From: Alice <alice@example.org>\r\nTo: ec@example.org\r\nSubject: Figures\r\n"
      "Date: Mon, 01 Jun 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain\r\n\r\n" +
      text_of(size);
  if (line_end == "\n") std::erase(text, '\r');
  return text;
}

// Fails when it would get more than `room` octets.
class NarrowSink final : public Sink {
 public:
  explicit NarrowSink(std::size_t room = kWhole) : room_(room) {}
  Result<void> write(ByteView bytes) override {
    if (text_.size() + bytes.size() > room_) return failure(Rule::IoWrite, 0, "no room");
    text_ += as_text(bytes);
    return {};
  }
  Result<void> finish() override {
    ++finishes;
    return {};
  }
  const std::string& text() const { return text_; }
  int finishes = 0;

 private:
  std::size_t room_;
  std::string text_;
};

std::string shown(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text +=
        "\n  " + std::string(info(finding.rule).slug) + " " + finding.place + " " + finding.detail;
  }
  return text;
}

std::string shown(const Verdict& verdict) {
  std::string text = std::string(name(verdict.status)) + (verdict.released ? " released" : "");
  for (const Layer& layer : verdict.layers) {
    text += "\n " + layer.place + " " + std::string(name(layer.kind)) + " " + layer.algorithm;
    for (const SignerVerdict& signer : layer.signers) {
      text += "\n  " + std::string(name(signer.status)) + " " + signer.identifier;
    }
  }
  return text + shown(verdict.findings);
}

struct World {
  std::unique_ptr<TrustStore> roots = make_trust_store({load("root")});
  std::unique_ptr<KeySource> keys = make_key_source({person("alice"), person("ec")});

  // Everything that open() says and gives.
  std::string open(std::string_view text, const Workers* workers, std::size_t chunk = kWhole,
                   std::size_t room = kWhole, std::size_t good = kWhole) const {
    OpenOptions how;
    how.at = seal_testing::now();
    how.trust = roots.get();
    how.keys = keys.get();
    how.workers = workers;
    seal_testing::ChunkSource in(text, chunk, good);
    NarrowSink out(room);
    auto verdict = bulla::open(in, out, how);
    if (!verdict) return describe(verdict.error()) + (out.finishes == 0 ? "" : " finished");
    EXPECT_EQ(out.finishes, verdict->released ? 1 : 0);
    return shown(*verdict) + "\n" + (verdict->released ? out.text() : "");
  }
};

const World& world() {
  static const World world;
  return world;
}

std::string seal(std::string_view text, const Recipe& recipe, const Workers* workers,
                 SealOptions::Form form = SealOptions::Form::Mail, std::size_t room = kWhole) {
  SealOptions how = seal_testing::options(form);
  how.workers = workers;
  seal_testing::ChunkSource in(text);
  NarrowSink out(room);
  auto report = bulla::seal(in, out, recipe, how);
  if (!report) return describe(report.error()) + (out.finishes == 0 ? "" : " finished");
  EXPECT_EQ(out.finishes, 1);
  return out.text();
}

std::vector<Recipe> recipes() {
  std::vector<Recipe> all;
  Encrypt cbc = encrypt_to({"alice", "ec"});
  Encrypt gcm = encrypt_to({"ec"}, ContentCipher::Aes256Gcm);
  Sign clear = sign_by("alice");
  Sign opaque = sign_by("alice", Sign::Form::Opaque);
  for (const Steps& steps : {Steps{clear}, Steps{opaque}, Steps{cbc}, Steps{gcm}, Steps{Compress{}},
                             Steps{clear, cbc}, Steps{clear, gcm}, Steps{clear, cbc, clear},
                             Steps{opaque, gcm, opaque}, Steps{Compress{}, clear, cbc}}) {
    all.push_back(recipe_of(steps));
  }
  return all;
}

TEST(ThreadPool, a_handover_keeps_the_order_whatever_is_written) {
  std::string text = text_of(200'000);
  for (std::size_t threads : {2u, 3u, 5u}) {
    for (std::size_t block : {1u, 7u, 4096u, 1u << 20}) {
      ThreadPool pool(threads, block);
      NarrowSink out;
      std::unique_ptr<Handover> lane = pool.hand_over(out);
      ASSERT_TRUE(lane);
      std::mt19937 random(3);
      for (ByteView rest = as_bytes(text); !rest.empty();) {
        ByteView piece = rest.first(std::min<std::size_t>(random() % 10'000, rest.size()));
        ASSERT_TRUE(lane->write(piece));
        rest = rest.subspan(piece.size());
        if (random() % 16 != 0) continue;
        ASSERT_TRUE(lane->settle());
        EXPECT_EQ(out.text().size(), text.size() - rest.size());
      }
      ASSERT_TRUE(lane->settle());
      EXPECT_EQ(out.text(), text);
      EXPECT_EQ(out.finishes, 0);
    }
  }
}

TEST(ThreadPool, several_handovers_do_not_mix) {
  ThreadPool pool(2, 100);
  std::vector<NarrowSink> sinks(5);
  std::vector<std::unique_ptr<Handover>> lanes;
  for (NarrowSink& sink : sinks) lanes.push_back(pool.hand_over(sink));
  for (int i = 0; i < 3'000; ++i) {
    for (std::size_t n = 0; n < lanes.size(); ++n) {
      ASSERT_TRUE(lanes[n]->write(as_bytes(std::to_string(n) + ":" + std::to_string(i) + "\n")));
    }
  }
  for (std::size_t n = 0; n < lanes.size(); ++n) {
    ASSERT_TRUE(lanes[n]->settle());
    std::string expected;
    for (int i = 0; i < 3'000; ++i) expected += std::to_string(n) + ":" + std::to_string(i) + "\n";
    EXPECT_EQ(sinks[n].text(), expected);
  }
}

// Writes everything to a Handover.
class Onwards final : public Sink {
 public:
  explicit Onwards(Handover& next) : next_(next) {}
  Result<void> write(ByteView bytes) override { return next_.write(bytes); }
  Result<void> finish() override { return {}; }

 private:
  Handover& next_;
};

TEST(ThreadPool, handovers_may_follow_each_other) {
  std::string text = text_of(100'000);
  for (std::size_t threads : {2u, 3u, 6u}) {
    for (int end = 0; end < 40; ++end) {
      ThreadPool pool(threads, 50);
      NarrowSink out;
      NarrowSink aside;
      std::unique_ptr<Handover> third = pool.hand_over(out);
      Onwards to_third(*third);
      std::unique_ptr<Handover> second = pool.hand_over(to_third);
      Onwards to_second(*second);
      std::unique_ptr<Handover> first = pool.hand_over(to_second);
      std::unique_ptr<Handover> other = pool.hand_over(aside);
      std::size_t count = end % 2 == 0 ? text.size() : static_cast<std::size_t>(end) * 500;
      ASSERT_TRUE(first->write(as_bytes(text).first(count)));
      ASSERT_TRUE(other->write(as_bytes(text).first(count)));
      if (end % 2 == 1) {  // dropped in the middle, the near side first
        first.reset();
        second.reset();
        continue;
      }
      for (Handover* one : {first.get(), second.get(), third.get(), other.get()}) {
        ASSERT_TRUE(one->settle());
      }
      EXPECT_EQ(out.text(), text);
      EXPECT_EQ(aside.text(), text);
    }
  }
}

TEST(ThreadPool, T132_what_the_far_side_refuses_is_told_and_stays) {
  for (std::size_t room : {0u, 99u, 100u, 5'000u}) {
    ThreadPool pool(2, 100);
    NarrowSink out(room);
    std::unique_ptr<Handover> lane = pool.hand_over(out);
    Result<void> result;
    for (int i = 0; i < 1'000 && result; ++i) result = lane->write(as_bytes("0123456789"));
    ASSERT_FALSE(result) << "1,000 writes are more than can wait";
    EXPECT_EQ(result.error().rule, Rule::IoWrite);
    EXPECT_EQ(lane->settle().error().rule, Rule::IoWrite);
    EXPECT_EQ(lane->settle().error().rule, Rule::IoWrite);
    EXPECT_LE(out.text().size(), room);
  }
}

TEST(ThreadPool, a_handover_that_is_dropped_leaves_nobody_at_its_sink) {
  ThreadPool pool(3, 10);
  for (int i = 0; i < 300; ++i) {
    NarrowSink out;
    std::unique_ptr<Handover> lane = pool.hand_over(out);
    ASSERT_TRUE(lane->write(as_bytes("0123456789012345678901234567")));
  }
}

TEST(ThreadPool, memory_that_ran_out_on_the_far_side_is_told_on_the_near_one) {
  struct Hungry final : Sink {
    Result<void> write(ByteView) override { throw std::bad_alloc(); }
    Result<void> finish() override { return {}; }
  } hungry;
  ThreadPool pool(2, 10);
  std::unique_ptr<Handover> lane = pool.hand_over(hungry);
  EXPECT_THROW(
      {
        for (int i = 0; i < 1'000 && lane->write(as_bytes("0123456789")); ++i) continue;
        if (lane->settle()) ADD_FAILURE();
      },
      std::bad_alloc);
}

TEST(ThreadPool, one_thread_lends_none_and_handovers_are_few) {
  NullSink nowhere;
  EXPECT_FALSE(ThreadPool(1).hand_over(nowhere));
  ThreadPool pool(2);
  std::vector<std::unique_ptr<Handover>> lanes;
  for (std::size_t i = 0; i < ThreadPool::kHandovers; ++i) {
    lanes.push_back(pool.hand_over(nowhere));
    EXPECT_TRUE(lanes.back());
  }
  EXPECT_FALSE(pool.hand_over(nowhere));
  lanes.pop_back();
  EXPECT_TRUE(pool.hand_over(nowhere));
}

TEST(ThreadPool, for_each_does_everything_once) {
  for (std::size_t threads : {1u, 2u, 4u}) {
    ThreadPool pool(threads);
    for (std::size_t count : {0u, 1u, 2u, 1'000u}) {
      std::vector<int> done(count);
      pool.for_each(count, [&](std::size_t i) { ++done[i]; });
      EXPECT_EQ(std::accumulate(done.begin(), done.end(), 0), static_cast<int>(count));
      EXPECT_EQ(std::count(done.begin(), done.end(), 1), static_cast<std::ptrdiff_t>(count));
    }
    auto hungry = [](std::size_t i) {
      if (i == 5) throw std::bad_alloc();
    };
    EXPECT_THROW(pool.for_each(10, hungry), std::bad_alloc);
  }
}

TEST(ThreadPool, copies_are_whole_at_every_alignment) {
  std::array<std::uint8_t, 400> from{};
  std::iota(from.begin(), from.end(), std::uint8_t{1});
  for (std::size_t start = 0; start < 20; ++start) {
    for (std::size_t size = 0; size < 200; ++size) {
      std::array<std::uint8_t, 400> to{};
      copy_past_cache(MutableByteView(to).subspan(start), ByteView(from).subspan(start / 2, size));
      EXPECT_TRUE(
          equal(ByteView(to).subspan(start, size), ByteView(from).subspan(start / 2, size)));
      EXPECT_EQ(to[start + size], 0);
      if (start > 0) {
        EXPECT_EQ(to[start - 1], 0);
      }
    }
  }
}

TEST(Threads, every_sealed_mail_opens_alike_with_any_number_of_threads) {
  std::array<ThreadPool, 3> pools{ThreadPool(2), ThreadPool(2, 64), ThreadPool(4, 1'000)};
  for (const Recipe& recipe : recipes()) {
    for (std::string_view line_end : {"\n", "\r\n"}) {
      std::string mail = mail_of(700'000, line_end);
      std::string alone = seal(mail, recipe, nullptr);
      std::string expected = world().open(alone, nullptr);
      for (const ThreadPool& pool : pools) {
        EXPECT_EQ(world().open(alone, &pool), expected);
        EXPECT_EQ(world().open(alone, &pool, 0), expected);
        EXPECT_EQ(world().open(seal(mail, recipe, &pool), nullptr), expected);
      }
    }
  }
}

TEST(Threads, what_has_nothing_random_is_sealed_to_the_same_octets) {
  ThreadPool pool(2, 500);
  std::string content = text_of(1'500'000);
  for (const Steps& steps : {Steps{sign_by("alice", Sign::Form::Opaque)}, Steps{sign_by("alice")},
                             Steps{Compress{}}, Steps{Compress{}, sign_by("alice")}}) {
    for (auto form : {SealOptions::Form::Der, SealOptions::Form::Pem}) {
      Recipe recipe = recipe_of(steps);
      EXPECT_EQ(seal(content, recipe, &pool, form), seal(content, recipe, nullptr, form));
    }
  }
}

TEST(Threads, T02_T156_damaged_mail_gets_the_same_answer) {
  ThreadPool pool(2, 64);
  std::mt19937 random(11);
  for (const Recipe& recipe : recipes()) {
    std::string sealed = seal(mail_of(20'000), recipe, nullptr);
    for (int i = 0; i < 25; ++i) {
      std::string cut = sealed.substr(0, random() % sealed.size());
      EXPECT_EQ(world().open(cut, &pool), world().open(cut, nullptr));
      std::string changed = sealed;
      changed[random() % changed.size()] ^= static_cast<char>(1u << random() % 7);
      EXPECT_EQ(world().open(changed, &pool, 0), world().open(changed, nullptr, 0));
      std::size_t good = random() % sealed.size();
      EXPECT_EQ(world().open(sealed, &pool, 500, kWhole, good),
                world().open(sealed, nullptr, 500, kWhole, good));
    }
  }
}

TEST(Threads, T132_an_output_that_fails_anywhere_is_told_alike_and_not_finished) {
  ThreadPool pool(2, 64);
  std::mt19937 random(12);
  std::string mail = mail_of(20'000);
  for (const Recipe& recipe : recipes()) {
    std::string sealed = seal(mail, recipe, nullptr);
    for (int i = 0; i < 20; ++i) {
      std::size_t room = random() % 19'000;
      std::string expected = describe(Error{Rule::IoWrite, 0, "no room"});
      EXPECT_EQ(world().open(sealed, nullptr, kWhole, room), expected);
      EXPECT_EQ(world().open(sealed, &pool, kWhole, room), expected);
      // What is wrong behind it does not hide it.
      std::string changed = sealed;
      changed[changed.size() - 2'000] ^= 1;
      EXPECT_EQ(world().open(changed, &pool, kWhole, room / 10),
                world().open(changed, nullptr, kWhole, room / 10));
      if (std::holds_alternative<Compress>(recipe.steps.front())) continue;
      EXPECT_EQ(seal(mail, recipe, &pool, SealOptions::Form::Mail, room), expected);
    }
  }
}

TEST(Threads, every_file_of_the_other_tests_is_read_alike) {
  ThreadPool pool(2, 64);
  std::size_t count = 0;
  for (const char* folder : {"attack", "cms", "cms_old", "cms_writer"}) {
    auto path = std::filesystem::path(BULLA_TEST_DATA) / folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      std::ifstream in(entry.path(), std::ios::binary);
      std::string text(std::istreambuf_iterator<char>(in), {});
      for (std::size_t chunk : {kWhole, std::size_t{1}, std::size_t{0}}) {
        EXPECT_EQ(world().open(text, &pool, chunk), world().open(text, nullptr, chunk))
            << entry.path();
      }
      ++count;
    }
  }
  EXPECT_GT(count, 50u);
}

TEST(Threads, KM02_the_keys_of_many_recipients_are_encrypted_by_all_threads) {
  ThreadPool pool(4);
  std::vector<std::string> names = {"alice", "ec"};
  for (auto transport :
       {Encrypt::Transport::Pkcs1, Encrypt::Transport::Oaep, Encrypt::Transport::Kem}) {
    Encrypt step = encrypt_to(names);
    step.transport = transport;
    std::string sealed = seal(mail_of(100), recipe_of({step}), &pool);
    for (const std::string& name : names) {
      World one;
      one.keys = make_key_source({person(name)});
      EXPECT_NE(one.open(sealed, nullptr).find("line 0"), std::string::npos) << name;
    }
  }
}

}  // namespace
}  // namespace bulla::host
