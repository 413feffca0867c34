// Inspection: how a message is built, as a table of nodes, and without any key.
//
// MIME parts, CMS messages, their recipients, signers and certificates, outermost first;
// what can be read without a key (signed and compressed content) is descended into. One
// pass, constant memory but for the nodes, whose number is bounded.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bulla/limits.h"
#include "bulla/stream.h"

namespace bulla::cli {

struct Node {
  std::size_t depth = 0;
  std::string kind;  // "entity", "cms", "content", "recipient", "signer", "certificate", "crl"
  std::string name;  // "multipart/signed", "signed-data", "CN=Alice"
  // In the order of showing; unescaped.
  std::vector<std::pair<std::string, std::string>> facts;

  void add(std::string fact, std::string value) {
    if (!value.empty()) facts.emplace_back(std::move(fact), std::move(value));
  }
};

struct Inspection {
  std::vector<Node> nodes;
  // What could not be read; the rest stands in the nodes all the same.
  std::vector<Error> errors;
};

// Errors: those of the source, and limit.elements. Malformed input is in the result.
Result<Inspection> inspect(Source& in, const Limits& limits);

// As an indented tree, and as JSON with the nodes nested.
std::string inspection_text(const Inspection& inspection);
std::string inspection_json(const Inspection& inspection, int exit);

}  // namespace bulla::cli
