// The corpus of hostile CMS messages, if it is at hand: ${BULLA_SHARED}/corpus/hostile-cms.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.h"
#include "bulla/bytes.h"

namespace bulla::cms::hostile {

struct Row {
  std::string file;
  std::string operation;  // "verify", "verify-detached:FILE", "decrypt"
  std::string expect;     // "accept", "reject", "reject(why)"
};

inline std::string path(const std::string& name) {
  return std::string(BULLA_SHARED) + "/corpus/hostile-cms/" + name;
}

inline bool is_here() { return std::filesystem::exists(path("EXPECT.tsv")); }

inline Bytes read(const std::string& name) {
  std::ifstream in(path(name), std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline std::vector<Row> rows(std::string_view operation) {
  std::vector<Row> result;
  std::ifstream in(path("EXPECT.tsv"));
  for (std::string line; std::getline(in, line);) {
    auto columns = split(line, '\t');
    if (columns.size() < 3 || !columns[1].starts_with(operation)) continue;
    result.push_back({std::string(columns[0]), std::string(columns[1]), std::string(columns[2])});
  }
  return result;
}

}  // namespace bulla::cms::hostile
