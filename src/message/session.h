// What a Session holds.
#pragma once

#include "bulla/session.h"
#include "x509/certificate_cache.h"
#include "x509/path_cache.h"

namespace bulla {

struct Session::Inner {
  explicit Inner(const SessionOptions& options)
      : certificates(options.certificates), paths(options.paths) {}

  x509::CertificateCache certificates;
  x509::PathCache paths;
};

}  // namespace bulla
