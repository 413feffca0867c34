#include "message/session.h"

namespace bulla {

Session::Session(const SessionOptions& options) : inner_(std::make_unique<Inner>(options)) {}
Session::~Session() = default;

CacheCounters Session::certificates() const { return inner_->certificates.counters(); }
CacheCounters Session::paths() const { return inner_->paths.counters(); }

void Session::clear() {
  inner_->certificates.clear();
  inner_->paths.clear();
}

}  // namespace bulla
