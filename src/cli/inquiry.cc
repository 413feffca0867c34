#include "cli/inquiry.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "x509/address_match.h"

namespace bulla::cli {
namespace {

using store::DirectoryAnswer;
using Answers = std::vector<std::optional<Result<DirectoryAnswer>>>;
using Clock = std::chrono::steady_clock;

// For those who keep to their time to say what was wrong.
constexpr std::chrono::milliseconds kGrace{500};

// A failure may be over soon; what is not published is published some day.
constexpr std::chrono::minutes kFailure{5};
constexpr std::chrono::minutes kLeast{1};
constexpr std::chrono::hours kMost{1};

// What the threads share. They may outlive the inquiry: libraries that look names up, or read from
// a server that sends an octet a second, cannot be stopped.
class Board {
 public:
  explicit Board(std::size_t count) : answers_(count) {}

  void put(std::size_t number, Result<DirectoryAnswer> answer) {
    std::lock_guard lock(mutex_);
    answers_[number] = std::move(answer);
    changed_.notify_all();
  }

  // What is there at that time, or as soon as all is.
  Answers take(Clock::time_point end) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, end, [this] {
      return std::all_of(answers_.begin(), answers_.end(),
                         [](const auto& one) { return one.has_value(); });
    });
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Answers answers_;
};

void ask(const std::shared_ptr<Board>& board, std::size_t number, const net::DirectoryPtr& whom,
         const std::string& address, std::chrono::milliseconds time) {
  try {
    board->put(number, whom->look_up(address, time));
  } catch (const std::bad_alloc&) {
    board->put(number, failure(Rule::Internal));
  }
}

Attempt no_answer(const net::DirectoryPtr& whom) {
  return {.whom = whom,
          .answer = failure(Rule::IoNetwork, 0, whom->place() + ": no answer in time")};
}

std::string question(const store::Directory& whom, const std::string& address) {
  std::string text(name(whom.origin()));
  return text + "\n" + whom.place() + "\n" + x509::filing_name(address).value_or(address);
}

// "RULE DETAIL" of a failure, "- DETAIL" of nothing.
std::string note(const Attempt& attempt) {
  if (attempt.answer) return "-";
  return std::string(info(attempt.answer.error().rule).slug) + " " + attempt.answer.error().detail;
}

Attempt remembered(const net::DirectoryPtr& whom, const host::MissCache::Miss& miss) {
  std::size_t blank = std::min(miss.why.find(' '), miss.why.size());
  auto rule = find_rule(std::string_view(miss.why).substr(0, blank));
  Attempt attempt{.whom = whom, .answer = DirectoryAnswer(), .is_remembered = true};
  if (!rule) return attempt;
  attempt.answer = failure(*rule, 0, miss.why.substr(std::min(blank + 1, miss.why.size())));
  return attempt;
}

void remember(const Attempt& attempt, const std::string& address, const InquiryOptions& options) {
  std::string asked = question(*attempt.whom, address);
  Time until = options.now + kFailure;
  if (attempt.answer) {
    const DirectoryAnswer& answer = *attempt.answer;
    bool is_nothing =
        answer.certificates.empty() && answer.records.empty() && answer.findings.empty();
    if (!is_nothing) return options.misses.forget(asked);
    auto lifetime = answer.lifetime.value_or(kMost);
    until = options.now + std::clamp<std::chrono::seconds>(lifetime, kLeast, kMost);
  } else if (attempt.answer.error().rule != Rule::IoNetwork &&
             attempt.answer.error().rule != Rule::AddressDnsBogus) {
    return;
  }
  options.misses.remember(asked, {.until = until, .why = note(attempt)}, options.now);
}

}  // namespace

std::vector<Attempt> inquire(const std::vector<net::DirectoryPtr>& whom, const std::string& address,
                             const InquiryOptions& options) {
  auto end = Clock::now() + options.time + kGrace;
  auto board = std::make_shared<Board>(whom.size());
  std::vector<std::optional<Attempt>> known(whom.size());
  for (std::size_t i = 0; i < whom.size(); ++i) {
    std::optional<host::MissCache::Miss> miss;
    if (options.again == InquiryOptions::Again::No) {
      miss = options.misses.find(question(*whom[i], address), options.now);
    }
    if (miss) {
      known[i] = remembered(whom[i], *miss);
      board->put(i, DirectoryAnswer());
    } else {
      std::thread(&ask, board, i, whom[i], address, options.time).detach();
    }
  }
  Answers answers = board->take(end);
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < whom.size(); ++i) {
    if (known[i]) {
      attempts.push_back(std::move(*known[i]));
      continue;
    }
    attempts.push_back(answers[i] ? Attempt{.whom = whom[i], .answer = std::move(*answers[i])}
                                  : no_answer(whom[i]));
    remember(attempts.back(), address, options);
  }
  return attempts;
}

}  // namespace bulla::cli
