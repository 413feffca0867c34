// The modules of PKCS #11 that were loaded. They stay for the life of the program: other parts of
// it may use the same ones, and ending them is not ours to do.
//
// Thread safety: find_module() may be called from several threads.
#pragma once

#include <p11-kit/pkcs11.h>

#include <mutex>
#include <set>
#include <string>

namespace bulla::token {

struct Module {
  CK_FUNCTION_LIST* functions = nullptr;
  std::mutex login;               // held from the question for a PIN to the answer of the token
  std::set<std::string> refused;  // tokens that found a PIN wrong
};

// Loads it and starts it, if that was not done before. nullptr if it is not there, is no module, or
// cannot be used from several threads. `path` empty: p11-kit's, through which all modules are
// reached that the system has registered.
Module* find_module(const std::string& path);

}  // namespace bulla::token
