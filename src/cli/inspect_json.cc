#include <nlohmann/json.hpp>

#include "cli/inspection.h"

namespace bulla::cli {
namespace {

using Json = nlohmann::ordered_json;

Json node_json(const Node& node) {
  Json facts = Json::object();
  for (const auto& [fact, value] : node.facts) {
    // The second of two, such as two notes, is told behind the first.
    if (facts.contains(fact)) {
      facts[fact] = facts[fact].get<std::string>() + "; " + value;
    } else {
      facts[fact] = value;
    }
  }
  return {
      {"depth", node.depth}, {"kind", node.kind}, {"name", node.name}, {"facts", std::move(facts)}};
}

}  // namespace

std::string inspection_json(const Inspection& inspection, int exit) {
  Json nodes = Json::array();
  for (const Node& node : inspection.nodes) nodes.push_back(node_json(node));
  Json json = {{"version", 1}, {"exit", exit}, {"nodes", std::move(nodes)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bulla::cli
