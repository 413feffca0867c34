// Small mails inside one process (rows h to l): bulla, libcrypto's CMS, and the primitive alone.
//
// `lent` is bulla with two threads for one message. Names are OPERATION/SIZE or
// RECIPIENTS/FAMILY/WHO. Verification by `bulla` is that of a server: a Session that knows the
// issuers and has never seen the sender's certificate. `seen` knows that one too, and `cold` has no
// Session. All but `seen` check every signature of the path.
#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>

#include "bench/libcrypto_peer.h"
#include "bench/world.h"
#include "bulla/open.h"
#include "bulla/seal.h"
#include "bulla/session.h"
#include "bulla/thread_pool.h"

namespace bench {
namespace {

using bulla::as_bytes;
using Run = std::function<void()>;
// Prepares an operation for one thread.
using Prepare = std::function<Run()>;

void require_ok(bool condition) { require(condition, "an operation of bulla"); }

// -- bulla

void verify_once(const World& world, const std::string& mail, const bulla::TrustStore* roots,
                 bulla::Session* session) {
  bulla::OpenOptions options;
  options.at = world.now();
  options.trust = roots;
  options.session = session;
  bulla::MemorySource in(as_bytes(mail));
  bulla::MemorySink out;
  const auto verdict = bulla::open(in, out, options);
  require_ok(verdict && verdict->status == bulla::Status::Valid);
}

Run verify(World& world, const std::string& mail, const std::shared_ptr<bulla::Session>& session) {
  std::shared_ptr<bulla::TrustStore> roots = bulla::make_trust_store({parse(world.root())});
  return [=, &world, &mail] { verify_once(world, mail, roots.get(), session.get()); };
}

// One mail from each of many certificates. Before one comes again the Session is a new one, to
// which another mail has shown the issuers.
Run verify_new(World& world, const std::string& known, const std::vector<std::string>& mails) {
  std::shared_ptr<bulla::TrustStore> roots = bulla::make_trust_store({parse(world.root())});
  auto session = std::make_shared<std::unique_ptr<bulla::Session>>();
  auto next = std::make_shared<std::size_t>(0);
  return [=, &world, &known, &mails] {
    if (*next % mails.size() == 0) {
      *session = std::make_unique<bulla::Session>();
      verify_once(world, known, roots.get(), session->get());
    }
    verify_once(world, mails[(*next)++ % mails.size()], roots.get(), session->get());
  };
}

Run decrypt(World& world, const std::string& mail) {
  std::shared_ptr<bulla::KeySource> keys = bulla::make_key_source({world.identity()});
  return [=, &world, &mail] {
    bulla::OpenOptions options;
    options.at = world.now();
    options.keys = keys.get();
    options.peel = bulla::OpenOptions::Peel::EncryptionOnly;
    bulla::MemorySource in(as_bytes(mail));
    bulla::MemorySink out;
    const auto verdict = bulla::open(in, out, options);
    require_ok(verdict && verdict->released);
  };
}

Run seal(World& world, const std::string& mail, bulla::Step step,
         const std::shared_ptr<bulla::Workers>& workers = nullptr) {
  const auto recipe = std::make_shared<bulla::Recipe>();
  recipe->steps.push_back(std::move(step));
  recipe->header_protection = bulla::Recipe::HeaderProtection::Off;
  return [=, &world, &mail] {
    bulla::MemorySource in(as_bytes(mail));
    bulla::MemorySink out;
    bulla::SealOptions options;
    options.at = world.now();
    options.workers = workers.get();
    require_ok(bulla::seal(in, out, *recipe, options).has_value());
  };
}

Run sign(World& world, const std::string& mail) {
  bulla::Sign step;
  step.signers.push_back({.identity = world.identity(), .digest = {}});
  return seal(world, mail, std::move(step));
}

Run encrypt(World& world, const std::string& mail, std::size_t recipients,
            const std::shared_ptr<bulla::Workers>& workers = nullptr) {
  bulla::Encrypt step;
  step.recipients = world.recipient_choices(recipients);
  return seal(world, mail, std::move(step), workers);
}

// -- libcrypto

Run primitive(World& world, Primitive::Work work, const std::string& octets,
              std::size_t recipients = 1) {
  const auto it = std::make_shared<Primitive>(world, work, octets, recipients);
  return [it] { it->run(); };
}

Run peer(World& world, std::size_t recipients, std::function<void(const CmsPeer&)> use) {
  const auto it = std::make_shared<CmsPeer>(world);
  it->encrypt_to(recipients);
  return [it, use = std::move(use)] { use(*it); };
}

// -- registration

enum class Threads { One, OneAndTwo };

void measure(benchmark::State& state, const Prepare& prepare) {
  const Run run = prepare();
  run();
  for (auto _ : state) run();
}

void add(const std::string& name, Threads threads, const Prepare& prepare) {
  auto* it = benchmark::RegisterBenchmark(
      name.c_str(), [prepare](benchmark::State& state) { measure(state, prepare); });
  it->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
  if (threads == Threads::OneAndTwo) it->Threads(1)->Threads(2);
}

// Mails that live as long as the program.
const std::string& keep(std::string mail) {
  static std::vector<std::unique_ptr<std::string>> kept;
  kept.push_back(std::make_unique<std::string>(std::move(mail)));
  return *kept.back();
}

// From certificates that nobody has seen.
const std::vector<std::string>& keep_new(World& world, const std::string& entity) {
  static std::vector<std::unique_ptr<std::vector<std::string>>> kept;
  auto mails = std::make_unique<std::vector<std::string>>();
  for (const Party& alice : world.more_of_alice(256)) {
    mails->push_back(CmsPeer(world).sign_as(alice, entity));
  }
  kept.push_back(std::move(mails));
  return *kept.back();
}

std::string encrypted_to(World& world, const std::string& entity, std::size_t recipients) {
  CmsPeer maker(world);
  maker.encrypt_to(recipients);
  return maker.encrypt(entity);
}

void add_signatures(World& world, const std::string& size, const std::string& entity,
                    const std::string& family) {
  const std::string& mail = keep(CmsPeer(world).sign(entity));
  const std::string verifying = "verify/" + size + "/" + family;
  const std::string signing = "sign/" + size + "/" + family;
  const auto session = std::make_shared<bulla::Session>();
  const std::vector<std::string>& mails = keep_new(world, entity);
  add(verifying + "/bulla", Threads::OneAndTwo,
      [&world, &mail, &mails] { return verify_new(world, mail, mails); });
  add(verifying + "/cold", Threads::One, [&] { return verify(world, mail, nullptr); });
  add(verifying + "/seen", Threads::OneAndTwo,
      [&world, &mail, session] { return verify(world, mail, session); });
  add(verifying + "/cms", Threads::One,
      [&] { return peer(world, 1, [&mail](const CmsPeer& it) { it.verify(mail); }); });
  add(verifying + "/primitive", Threads::One,
      [&] { return primitive(world, Primitive::Work::Verify, entity); });
  add(signing + "/bulla", Threads::OneAndTwo, [&] { return sign(world, entity); });
  add(signing + "/cms", Threads::One,
      [&] { return peer(world, 1, [&entity](const CmsPeer& it) { it.sign(entity); }); });
  add(signing + "/primitive", Threads::One,
      [&] { return primitive(world, Primitive::Work::Sign, entity); });
}

void add_decryption(World& world, const std::string& name, const std::string& entity,
                    std::size_t recipients) {
  const std::string& mail = keep(encrypted_to(world, entity, recipients));
  add(name + "/bulla", Threads::OneAndTwo, [&] { return decrypt(world, mail); });
  add(name + "/cms", Threads::One,
      [&] { return peer(world, 1, [&mail](const CmsPeer& it) { it.decrypt(mail); }); });
  add(name + "/primitive", Threads::One,
      [&] { return primitive(world, Primitive::Work::Decrypt, entity); });
}

void add_encryption(World& world, const std::string& family, const std::string& entity,
                    std::size_t recipients) {
  const std::string name = "encrypt/" + std::to_string(recipients) + "/" + family;
  add(name + "/bulla", Threads::OneAndTwo,
      [=, &world, &entity] { return encrypt(world, entity, recipients); });
  add(name + "/lent", Threads::One, [=, &world, &entity] {
    return encrypt(world, entity, recipients, std::make_shared<bulla::ThreadPool>(2));
  });
  add(name + "/cms", Threads::One, [=, &world, &entity] {
    return peer(world, recipients, [&entity](const CmsPeer& it) { it.encrypt(entity); });
  });
  add(name + "/primitive", Threads::One, [=, &world, &entity] {
    return primitive(world, Primitive::Work::Encrypt, entity, recipients);
  });
}

}  // namespace

void register_operations() {
  static const std::pair<const char*, std::size_t> kSizes[] = {
      {"4k", 4 << 10}, {"20k", 20 << 10}, {"200k", 200 << 10}};
  for (const Family family : {Family::Rsa, Family::Ec}) {
    World& world = World::of(family);
    const std::string name = name_of(family);
    for (const auto& [size, octets] : kSizes) {
      const std::string& entity = keep(make_mail(octets, Header::Entity));
      add_signatures(world, size, entity, name);
      add_decryption(world, std::string("decrypt/") + size + "/" + name, entity, 1);
    }
    const std::string& entity = keep(make_mail(20 << 10, Header::Entity));
    for (const std::size_t recipients : {1, 10, 100, 1000}) {
      add_encryption(world, name, entity, recipients);
    }
    add_decryption(world, "decrypt_one_of_1000/20k/" + name, entity, 1000);
  }
}

}  // namespace bench
