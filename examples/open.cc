// Opens a mail and says whether to believe it: open MAIL IDENTITY ROOTS
#include <bulla/identity.h>
#include <bulla/open.h>

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
  auto roots = load_certificates(read_file(argv[3]));
  if (!roots) return fail(roots.error());

  auto keys = make_key_source(*mine);
  auto trust = make_trust_store(*roots);

  OpenOptions options;
  options.at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  options.trust = trust.get();
  options.keys = keys.get();

  Bytes mail = read_file(argv[1]);
  MemorySource source(mail);
  MemorySink content;
  auto verdict = open(source, content, options);
  if (!verdict) return fail(verdict.error());

  std::cout << name(verdict->status) << '\n';
  for (const Finding& finding : verdict->findings) {
    std::cout << "  " << info(finding.rule).slug << ": " << info(finding.rule).text << '\n';
  }
  std::cout << as_text(content.bytes());
  return verdict->status == Status::Valid ? 0 : 2;
}
