// The rows of an expected.tsv of the reference corpora, and the differences that we
// know of. The corpora are not part of the project: without them there are no rows.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace bulla {

struct CorpusRow {
  std::string name;  // of the test: unique, letters, digits and _
  std::string source;
  std::string path;
  std::map<std::string, std::string> inputs;
  std::string expect;  // "ok" or "fail"

  std::string file(const std::string& relative) const {
    return std::string(BULLA_SHARED) + "/corpus/" + source + "/" + relative;
  }
};

inline void PrintTo(const CorpusRow& row, std::ostream* out) {
  *out << row.source << ' ' << row.path;
}

inline std::vector<std::string> split_text(const std::string& text, char separator) {
  std::vector<std::string> pieces;
  std::istringstream in(text);
  for (std::string piece; std::getline(in, piece, separator);) pieces.push_back(piece);
  return pieces;
}

inline std::string test_name(const std::string& text) {
  std::string name;
  for (char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// All rows of one operation, in the file's order.
inline std::vector<CorpusRow> corpus_rows(const std::string& source, const std::string& operation) {
  std::vector<CorpusRow> rows;
  std::map<std::string, int> seen;
  std::ifstream in(std::string(BULLA_SHARED) + "/corpus/" + source + "/expected.tsv");
  for (std::string line; std::getline(in, line);) {
    auto fields = split_text(line, '\t');
    if (fields.size() < 4 || fields[1] != operation) continue;
    CorpusRow row{{}, source, fields[0], {}, fields[3]};
    for (const std::string& input : split_text(fields[2], ';')) {
      std::size_t equals = input.find('=');
      if (equals != std::string::npos)
        row.inputs[input.substr(0, equals)] = input.substr(equals + 1);
    }
    row.name =
        test_name(source + "_" + (row.inputs.count("test") != 0 ? row.inputs["test"] : row.path));
    int count = ++seen[row.name];
    if (count > 1) row.name += "_variant_" + std::to_string(count);
    rows.push_back(std::move(row));
  }
  return rows;
}

// tests/x509/known_differences.tsv: the test's name and the reason.
inline std::map<std::string, std::string> known_differences() {
  std::map<std::string, std::string> differences;
  std::ifstream in(std::filesystem::path(BULLA_TEST_DATA).parent_path() /
                   "x509/known_differences.tsv");
  for (std::string line; std::getline(in, line);) {
    std::size_t tab = line.find('\t');
    if (line.empty() || line[0] == '#' || tab == std::string::npos) continue;
    differences[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return differences;
}

// The test's name for the parameter.
inline std::string row_name(const testing::TestParamInfo<CorpusRow>& row) { return row.param.name; }

// An unexpected agreement fails too: then the line is to be taken out.
inline void expect_row(const CorpusRow& row, bool succeeded, const std::string& seen) {
  static const auto differences = known_differences();
  bool agrees = row.expect == "either" || succeeded == (row.expect == "ok");
  auto known = differences.find(row.name);
  if (known == differences.end()) {
    EXPECT_TRUE(agrees) << row.name << " expects " << row.expect << ", seen: " << seen;
  } else {
    EXPECT_FALSE(agrees) << row.name << " is listed as a difference and agrees";
  }
}

}  // namespace bulla
