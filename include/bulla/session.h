// Session: what a program that opens many messages need not find out twice.
//
//   bulla::Session session;                       // for the life of the program
//   auto verdict = bulla::open(in, out, {.at = now, .trust = &roots, .session = &session});
//
// It remembers certificates that were read, with their keys, and the outcome of path
// validations. An outcome is used again only for the same certificate, the same
// certificates and CRLs in the message, the same policy, the same sources in the same
// version (Versioned), and only as long as no certificate or list that was looked
// at becomes valid or expires. No signature of a message is ever remembered.
//
// Thread safety: all functions may be called from several threads; open() with one
// Session too. Memory is bounded by the options.
#pragma once

#include <cstddef>
#include <memory>

#include "bulla/cache.h"

namespace bulla {

struct SessionOptions {
  std::size_t certificates = 2'048;  // about 12 KB each
  std::size_t paths = 4'096;         // about 1 KB each
};

class Session {
 public:
  explicit Session(const SessionOptions& options = {});
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  CacheCounters certificates() const;
  CacheCounters paths() const;

  // Forgets everything; for tests, and to give memory back.
  void clear();

  struct Inner;  // private to the library
  Inner& inner() const { return *inner_; }

 private:
  std::unique_ptr<Inner> inner_;
};

}  // namespace bulla
