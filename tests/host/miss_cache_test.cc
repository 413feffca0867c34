#include "host/miss_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "host/temporary_folder.h"

namespace bulla::host {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

std::size_t count(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(MissCache, CERT75_remembers_until_its_time_is_over) {
  TemporaryFolder folder;
  MissCache cache(folder.path("a/b"));
  EXPECT_FALSE(cache.find("smimea bob", kNow));
  cache.remember("smimea bob", {.until = kNow + minutes(5), .why = "io.network no\nanswer"}, kNow);
  MissCache other(folder.path("a/b"));  // of another process
  auto miss = other.find("smimea bob", kNow + minutes(4));
  ASSERT_TRUE(miss);
  EXPECT_EQ(miss->why, "io.network no\\x0aanswer");
  EXPECT_FALSE(other.find("smimea bob", kNow + minutes(5)));
  EXPECT_FALSE(other.find("smimea Bob", kNow));
  other.forget("smimea bob");
  EXPECT_FALSE(cache.find("smimea bob", kNow));
}

TEST(MissCache, does_not_show_what_was_asked_for) {
  TemporaryFolder folder;
  MissCache cache(folder.path("misses"));
  cache.remember("bob@example.com", {.until = kNow + minutes(5), .why = "-"}, kNow);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("misses"))) {
    EXPECT_EQ(entry.path().filename().string().find("bob"), std::string::npos);
    EXPECT_EQ(entry.path().filename().string().size(), 64u);
  }
}

TEST(MissCache, a_file_that_is_none_of_its_own_is_nothing) {
  TemporaryFolder folder;
  MissCache cache(folder.path("misses"));
  cache.remember("x", {.until = kNow + minutes(5), .why = "-"}, kNow);
  std::string path = std::filesystem::directory_iterator(folder.path("misses"))->path().string();
  for (const std::string& text :
       {std::string(), std::string("no number"), std::string("99999999999999999999 x"),
        std::to_string((kNow + hours(25)).time_since_epoch().count()) + " far ahead",
        std::to_string((kNow + hours(1)).time_since_epoch().count()) + std::string(2'000, 'x')}) {
    std::ofstream(path) << text;
    EXPECT_FALSE(cache.find("x", kNow)) << text.substr(0, 40);
  }
}

TEST(MissCache, what_is_over_is_removed_and_their_number_is_bounded) {
  TemporaryFolder folder;
  MissCache cache(folder.path("misses"));
  cache.remember("old", {.until = kNow + minutes(1), .why = "-"}, kNow);
  cache.remember("new", {.until = kNow + minutes(9), .why = "-"}, kNow + minutes(2));
  EXPECT_EQ(count(folder.path("misses")), 1u);
  std::string line = std::to_string((kNow + minutes(9)).time_since_epoch().count()) + " -\n";
  for (int i = 0; i < 1'000; ++i) {
    std::ofstream(folder.path("misses/" + std::to_string(i))) << line;
  }
  cache.remember("another", {.until = kNow + minutes(9), .why = "-"}, kNow);
  EXPECT_LE(count(folder.path("misses")), 3u);
  EXPECT_TRUE(cache.find("another", kNow));
}

TEST(MissCache, without_a_folder_nothing_is_remembered) {
  for (const std::string& folder : {std::string(), std::string("/proc/nowhere/misses")}) {
    MissCache cache(folder);
    cache.remember("x", {.until = kNow + minutes(5), .why = "-"}, kNow);
    EXPECT_FALSE(cache.find("x", kNow));
  }
}

}  // namespace
}  // namespace bulla::host
