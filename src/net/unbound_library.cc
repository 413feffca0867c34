#include "net/unbound_library.h"

#include "base/shared_library.h"

namespace bulla::net {
namespace {

constexpr const char* kName = "libunbound.so.8";

Result<UnboundLibrary> load() {
  SharedLibrary library(kName);
  if (!library.is_there()) {
    return failure(Rule::IoNetwork, 0, std::string(kName) + " (libunbound8) is not installed");
  }
  UnboundLibrary unbound;
  library.find("ub_ctx_create", unbound.create);
  library.find("ub_ctx_delete", unbound.destroy);
  library.find("ub_ctx_set_option", unbound.set_option);
  library.find("ub_ctx_set_fwd", unbound.set_server);
  library.find("ub_ctx_resolvconf", unbound.read_resolv_conf);
  library.find("ub_ctx_add_ta_file", unbound.add_anchors);
  library.find("ub_ctx_debugout", unbound.set_log);
  library.find("ub_ctx_async", unbound.set_threads);
  library.find("ub_resolve_async", unbound.resolve);
  library.find("ub_fd", unbound.descriptor);
  library.find("ub_process", unbound.process);
  library.find("ub_resolve_free", unbound.free_result);
  library.find("ub_strerror", unbound.error_text);
  if (!library.is_whole()) {
    return failure(Rule::IoNetwork, 0, std::string(kName) + " is too old");
  }
  return unbound;
}

}  // namespace

Result<const UnboundLibrary*> unbound_library() {
  static const Result<UnboundLibrary> library = load();
  if (!library) return tl::unexpected<Error>(library.error());
  return &*library;
}

}  // namespace bulla::net
