// SharedLibrary: functions of a library that is loaded by name when it is first needed, since most
// runs need none of it.
//
//   SharedLibrary library("libpq.so.5");
//   library.find("PQfinish", pq.finish);
//   if (!library.is_whole()) …
//
// It stays for the life of the program.
#pragma once

#include <dlfcn.h>

namespace bulla {

class SharedLibrary {
 public:
  explicit SharedLibrary(const char* name) : library_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

  bool is_there() const { return library_ != nullptr; }

  template <typename Function>
  void find(const char* name, Function& function) {
    void* found = library_ == nullptr ? nullptr : ::dlsym(library_, name);
    function = reinterpret_cast<Function>(found);
    is_whole_ = is_whole_ && found != nullptr;
  }

  // Whether all functions that were looked for were found.
  bool is_whole() const { return is_there() && is_whole_; }

 private:
  void* library_;
  bool is_whole_ = true;
};

}  // namespace bulla
