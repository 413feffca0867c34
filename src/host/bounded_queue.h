// BoundedQueue: what threads hand to each other. Whoever is too fast waits, and is woken when
// half of the room is there again: threads that wake each other for every single value spend
// their time on that.
//
//   BoundedQueue<Task> tasks(16);
//   … one thread: tasks.push(std::move(task)); at the end tasks.close();
//   … others: while (auto task = tasks.pop()) work(*task);
//
// Thread safety: all functions may be called from several threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace bulla::host {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  // Waits for room. False, and nothing was taken, if the queue is closed.
  bool push(T value) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(value));
    filled_.notify_one();
    if (is_half_full()) half_.notify_one();
    return true;
  }

  // Waits for a value; nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
    return take();
  }

  // Everything that is there once the queue is half full or closed, or the time is over.
  std::deque<T> pop_all_within(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    half_.wait_for(lock, time, [&] { return closed_ || is_half_full(); });
    room_.notify_all();
    return std::exchange(items_, {});
  }

  // No more comes in; what is there can still be taken.
  void close() {
    std::scoped_lock lock(mutex_);
    closed_ = true;
    room_.notify_all();
    filled_.notify_all();
    half_.notify_all();
  }

  // No more comes in, and what is there is dropped.
  void abandon() {
    std::scoped_lock lock(mutex_);
    closed_ = true;
    items_.clear();
    room_.notify_all();
    filled_.notify_all();
    half_.notify_all();
  }

  bool is_drained() const {
    std::scoped_lock lock(mutex_);
    return closed_ && items_.empty();
  }

 private:
  bool is_half_full() const { return items_.size() > capacity_ / 2; }

  std::optional<T> take() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> value(std::move(items_.front()));
    items_.pop_front();
    if (!is_half_full()) room_.notify_all();
    return value;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::condition_variable half_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace bulla::host
