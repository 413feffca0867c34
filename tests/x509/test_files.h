// What the tests of this folder read: the files of tests/data/x509.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "bulla/certificate.h"
#include "x509/pem.h"

namespace bulla {

inline Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline std::string data_path(const std::string& name) {
  return std::string(BULLA_TEST_DATA) + "/x509/" + name;
}

inline Certificate load(const std::string& name) {
  auto certificates = load_certificates(read_file(data_path(name + ".pem")));
  if (!certificates) throw std::runtime_error(name + ": " + describe(certificates.error()));
  return certificates->front();
}

// The contents of the first PEM block.
inline Bytes load_block(const std::string& name) {
  auto blocks = x509::read_pem(read_file(data_path(name)));
  if (!blocks || blocks->empty()) throw std::runtime_error(name);
  return to_bytes(blocks->front().contents.view());
}

}  // namespace bulla
