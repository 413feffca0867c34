// What was fetched from where certificates say, shared by all who use the store: a cache, no part
// of its history, and copied with no backup. What stands there is signed by others, and is checked
// again whenever it is used (T-76).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/fetch.h"
#include "store/database.h"

namespace bulla::store {

class FetchTable {
 public:
  explicit FetchTable(Database& database) : database_(database) {}

  // In place of what came from the same URL before. What is out of date goes. One statement each:
  // it may be called from several threads.
  [[nodiscard]] Result<void> keep(const Fetched& fetched, Time at);
  // Of an answer, `serial` is that of the certificate that it is about; else empty.
  Result<std::vector<Bytes>> find(Fetched::Kind kind, ByteView name, ByteView serial) const;

  // That nothing came from this URL: whoever asks before `until` is told why.
  [[nodiscard]] Result<void> keep_failure(const std::string& url, const std::string& why,
                                          Time until);
  Result<std::optional<std::string>> find_failure(const std::string& url, Time at) const;

 private:
  Database& database_;
};

}  // namespace bulla::store
