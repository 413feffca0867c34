#include "base/lru_cache.h"

#include <gtest/gtest.h>

namespace bulla {
namespace {

TEST(LruCache, ForgetsWhatWasAskedForLongestAgo) {
  LruCache<int> cache(2);
  cache.keep("a", 1);
  cache.keep("b", 2);
  EXPECT_EQ(cache.find("a"), 1);
  cache.keep("c", 3);
  EXPECT_EQ(cache.find("b"), std::nullopt);
  EXPECT_EQ(cache.find("a"), 1);
  EXPECT_EQ(cache.find("c"), 3);
  EXPECT_EQ(cache.counters().dropped, 1u);
  EXPECT_EQ(cache.counters().entries, 2u);
}

TEST(LruCache, CountsWhatItKnewAndWhatNot) {
  LruCache<int> cache(2);
  EXPECT_EQ(cache.find("a"), std::nullopt);
  cache.keep("a", 1);
  EXPECT_EQ(cache.find("a"), 1);
  EXPECT_EQ(cache.find("a", [](int value) { return value == 2; }), std::nullopt);
  EXPECT_EQ(cache.counters().hits, 1u);
  EXPECT_EQ(cache.counters().misses, 2u);
}

TEST(LruCache, TakesANewValueForAKnownKey) {
  LruCache<int> cache(2);
  cache.keep("a", 1);
  cache.keep("a", 2);
  EXPECT_EQ(cache.find("a"), 2);
  EXPECT_EQ(cache.counters().entries, 1u);
}

TEST(LruCache, KeepsNothingWithoutRoomAndAfterClear) {
  LruCache<int> none(0);
  none.keep("a", 1);
  EXPECT_EQ(none.find("a"), std::nullopt);
  LruCache<int> cache(2);
  cache.keep("a", 1);
  cache.clear();
  EXPECT_EQ(cache.find("a"), std::nullopt);
}

}  // namespace
}  // namespace bulla
