#include "bulla/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "host/copy_past_cache.h"

namespace bulla {
namespace {

// Octets on their way. Plaintext may be among them: they are wiped.
struct Block {
  Secret octets;
  std::size_t used = 0;
};

// The number of the lane that this thread is at work for. Lanes write to older ones alone, and
// whoever waits in one works for older ones alone: so the oldest that is busy never waits, and
// nobody waits for what lies below on his own stack.
constexpr std::uint64_t kNoLane = std::numeric_limits<std::uint64_t>::max();
thread_local std::uint64_t current_lane = kNoLane;

bool is_in_lane() { return current_lane != kNoLane; }

// For the time of one block.
class AtWork {
 public:
  explicit AtWork(std::uint64_t lane) : before_(std::exchange(current_lane, lane)) {}
  ~AtWork() { current_lane = before_; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;

 private:
  std::uint64_t before_;
};

}  // namespace

// What the threads share. One mutex is enough: it is taken a few times for each block.
class ThreadPool::Shared {
 public:
  Shared(std::size_t helpers, std::size_t block) : block_size(block), helpers_(helpers) {}
  ~Shared();

  const std::size_t block_size;
  std::mutex mutex;
  std::condition_variable ready;  // there is something to do
  std::condition_variable moved;  // a lane has room or is empty, a loop has ended
  std::vector<Lane*> lanes;
  std::vector<Loop*> loops;
  std::uint64_t lanes_made = 0;
  std::size_t waiting_in_lanes = 0;

  bool has_helpers() const { return helpers_ > 0; }

  // REQUIRES, of all below: the lock is held.
  void start_threads();
  // Does something that there is to do.
  bool work_once(std::unique_lock<std::mutex>& lock);
  template <typename Condition>
  void work_until(std::unique_lock<std::mutex>& lock, Condition condition) {
    while (!condition()) {
      if (work_once(lock)) continue;
      waiting_in_lanes += is_in_lane() ? 1 : 0;
      moved.wait(lock);
      waiting_in_lanes -= is_in_lane() ? 1 : 0;
    }
  }

 private:
  void run();

  const std::size_t helpers_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

// One Handover. `filling_` belongs to the near side, `next_` to whoever made the lane busy;
// the rest is guarded by the mutex.
class ThreadPool::Lane final : public Handover {
 public:
  Lane(Shared& shared, Sink& next) : shared_(shared), next_(next) {
    std::scoped_lock lock(shared_.mutex);
    number_ = shared_.lanes_made++;
    shared_.lanes.push_back(this);
  }

  ~Lane() override {
    std::unique_lock lock(shared_.mutex);
    queue_.clear();
    shared_.moved.wait(lock, [this] { return !is_busy_; });
    std::erase(shared_.lanes, this);
  }

  Result<void> write(ByteView bytes) override {
    while (!bytes.empty()) {
      if (filling_.octets.empty()) filling_.octets = Secret(shared_.block_size);
      std::size_t count = std::min(shared_.block_size - filling_.used, bytes.size());
      host::copy_past_cache(filling_.octets.mutable_view().subspan(filling_.used),
                            bytes.first(count));
      filling_.used += count;
      bytes = bytes.subspan(count);
      if (filling_.used < shared_.block_size) return {};
      if (Result<void> pushed = push(); !pushed) return pushed;
    }
    return {};
  }

  // The last octets are not worth another thread.
  Result<void> settle() override {
    std::unique_lock lock(shared_.mutex);
    shared_.work_until(lock, [this] { return queue_.empty() && !is_busy_; });
    if (Result<void> until_now = outcome(); !until_now) return until_now;
    std::size_t used = std::exchange(filling_.used, 0);
    if (used == 0) return {};
    lock.unlock();
    Result<void> written = next_.write(filling_.octets.view().first(used));
    if (!written) error_ = written.error();
    return written;
  }

  // For this thread.
  bool is_ready() const { return !is_busy_ && !queue_.empty() && number_ < current_lane; }
  std::size_t waiting() const { return queue_.size(); }

  // Writes the first block. REQUIRES: is_ready(), and the lock is held.
  void run(std::unique_lock<std::mutex>& lock) {
    is_busy_ = true;
    Block block = std::move(queue_.front());
    queue_.pop_front();
    bool goes_on = !error_ && !thrown_;
    lock.unlock();
    if (goes_on) write_block(block);
    lock.lock();
    is_busy_ = false;
    block.used = 0;
    spare_.push_back(std::move(block));
    // Whoever waits for room is woken for half of it, not for each block; but in a lane, where
    // he keeps others waiting, whenever there may be something to do for him.
    if (queue_.size() <= kBlocks / 2 || shared_.waiting_in_lanes > 0) shared_.moved.notify_all();
  }

 private:
  void write_block(const Block& block) {
    AtWork at_work(number_);
    std::exception_ptr thrown;
    Result<void> written;
    try {
      written = next_.write(block.octets.view().first(block.used));
    } catch (...) {  // std::bad_alloc, which is for the near side
      thrown = std::current_exception();
    }
    if (written && !thrown) return;
    std::scoped_lock lock(shared_.mutex);
    thrown_ = thrown;
    if (!written) error_ = std::move(written).error();
  }

  Result<void> outcome() const {
    if (thrown_) std::rethrow_exception(thrown_);
    if (error_) return tl::unexpected<Error>(*error_);
    return {};
  }

  Result<void> push() {
    std::unique_lock lock(shared_.mutex);
    shared_.start_threads();
    if (queue_.size() >= kBlocks) {
      shared_.work_until(lock, [this] { return queue_.size() <= kBlocks / 2; });
    }
    if (Result<void> until_now = outcome(); !until_now) return until_now;
    queue_.push_back(std::move(filling_));
    filling_ = Block{};
    if (!spare_.empty()) {
      filling_ = std::move(spare_.back());
      spare_.pop_back();
    }
    shared_.ready.notify_one();
    return {};
  }

  Shared& shared_;
  Sink& next_;
  Block filling_;
  std::deque<Block> queue_;
  std::vector<Block> spare_;
  std::optional<Error> error_;
  std::exception_ptr thrown_;
  bool is_busy_ = false;
  std::uint64_t number_ = 0;
};

// One for_each().
class ThreadPool::Loop {
 public:
  Loop(std::size_t count, const std::function<void(std::size_t)>& work)
      : count_(count), work_(work) {}

  bool is_ready() const { return next_ < count_; }
  bool is_over() const { return !is_ready() && active_ == 0; }

  // Does what is left, beside others. REQUIRES: the lock is held.
  void run(std::unique_lock<std::mutex>& lock, Shared& shared) {
    ++active_;
    lock.unlock();
    std::exception_ptr thrown;
    try {
      for (std::size_t i = next_++; i < count_; i = next_++) work_(i);
    } catch (...) {
      thrown = std::current_exception();
      next_ = count_;
    }
    lock.lock();
    if (thrown) thrown_ = thrown;
    --active_;
    if (is_over()) shared.moved.notify_all();
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_ = 0;
  std::size_t active_ = 0;
  std::exception_ptr thrown_;
};

ThreadPool::Shared::~Shared() {
  {
    std::scoped_lock lock(mutex);
    CHECK(lanes.empty() && loops.empty());
    stopping_ = true;
    ready.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

// Without a thread everything is done by whoever waits.
void ThreadPool::Shared::start_threads() {
  if (!threads_.empty()) return;
  try {
    while (threads_.size() < helpers_) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    return;
  }
}

bool ThreadPool::Shared::work_once(std::unique_lock<std::mutex>& lock) {
  Lane* fullest = nullptr;
  for (Lane* lane : lanes) {
    bool fuller = fullest == nullptr || lane->waiting() > fullest->waiting();
    if (lane->is_ready() && fuller) fullest = lane;
  }
  if (fullest != nullptr) {
    fullest->run(lock);
    return true;
  }
  for (Loop* loop : loops) {
    if (is_in_lane()) break;
    if (!loop->is_ready()) continue;
    loop->run(lock, *this);
    return true;
  }
  return false;
}

void ThreadPool::Shared::run() {
  std::unique_lock lock(mutex);
  while (!stopping_) {
    if (!work_once(lock)) ready.wait(lock);
  }
}

ThreadPool::ThreadPool(std::size_t threads, std::size_t block)
    : shared_(std::make_unique<Shared>(threads - 1, block)) {
  CHECK(threads > 0 && block > 0);
}

ThreadPool::~ThreadPool() = default;

std::unique_ptr<Handover> ThreadPool::hand_over(Sink& next) const {
  if (!shared_->has_helpers()) return nullptr;
  {
    std::scoped_lock lock(shared_->mutex);
    if (shared_->lanes.size() >= kHandovers) return nullptr;
  }
  return std::make_unique<Lane>(*shared_, next);
}

void ThreadPool::for_each(std::size_t count, const std::function<void(std::size_t)>& work) const {
  if (!shared_->has_helpers() || count < 2) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  Loop loop(count, work);
  std::unique_lock lock(shared_->mutex);
  shared_->start_threads();
  shared_->loops.push_back(&loop);
  shared_->ready.notify_all();
  loop.run(lock, *shared_);
  shared_->moved.wait(lock, [&] { return loop.is_over(); });
  std::erase(shared_->loops, &loop);
  lock.unlock();
  loop.rethrow();
}

}  // namespace bulla
