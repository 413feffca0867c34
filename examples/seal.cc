// Signs and encrypts a mail: seal MAIL IDENTITY RECIPIENT > SEALED
#include <bulla/identity.h>
#include <bulla/seal.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace bulla;

static Bytes read_file(const char* name) {
  std::ifstream file(name, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

static int fail(const Error& error) {
  std::cerr << "error: " << describe(error) << '\n';
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 4) return 64;
  auto mine = load_identities(read_file(argv[2]));
  if (!mine) return fail(mine.error());
  auto theirs = load_certificates(read_file(argv[3]));
  if (!theirs) return fail(theirs.error());

  Sign sign;
  sign.signers = {{.identity = mine->front(), .digest = {}}};
  Encrypt encrypt;
  encrypt.recipients = {theirs->front()};
  Recipe recipe;
  recipe.steps = {sign, encrypt};

  SealOptions options;
  options.at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

  Bytes mail = read_file(argv[1]);
  MemorySource source(mail);
  MemorySink sealed;
  auto report = seal(source, sealed, recipe, options);
  if (!report) return fail(report.error());

  for (const std::string& step : report->steps) std::cerr << step << '\n';
  std::cout << as_text(sealed.bytes());
  return 0;
}
