// libunbound, loaded when the DNS is asked: a resolver that validates DNSSEC by itself.
#pragma once

#include <unbound.h>

#include "bulla/result.h"

namespace bulla::net {

struct UnboundLibrary {
  decltype(&::ub_ctx_create) create = nullptr;
  decltype(&::ub_ctx_delete) destroy = nullptr;
  decltype(&::ub_ctx_set_option) set_option = nullptr;
  decltype(&::ub_ctx_set_fwd) set_server = nullptr;
  decltype(&::ub_ctx_resolvconf) read_resolv_conf = nullptr;
  decltype(&::ub_ctx_add_ta_file) add_anchors = nullptr;
  decltype(&::ub_ctx_debugout) set_log = nullptr;
  decltype(&::ub_ctx_async) set_threads = nullptr;
  decltype(&::ub_resolve_async) resolve = nullptr;
  decltype(&::ub_fd) descriptor = nullptr;
  decltype(&::ub_process) process = nullptr;
  decltype(&::ub_resolve_free) free_result = nullptr;
  decltype(&::ub_strerror) error_text = nullptr;
};

// The same for the life of the program. Errors: io.network if it is not there.
Result<const UnboundLibrary*> unbound_library();

}  // namespace bulla::net
