#include "cms/recipient_editor.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "cms/hostile.h"
#include "cms/messages.h"

namespace bulla::cms {
namespace {

using messages::file;
using messages::Message;
using messages::parsed;

using Infos = std::vector<Bytes>;

Result<Infos> keep(const EnvelopedHeader&, Infos infos) { return infos; }

struct Edited {
  std::string error = "ok";
  Bytes octets;
};

// Edits the message in one piece, octet by octet and in random chunks: all with one result.
Edited edit(ByteView input, const RecipientEditor::Edit& how = &keep, const Limits& limits = {}) {
  Edited first;
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{0}}) {
    Edited now;
    RecipientEditor editor(how, limits, [&](ByteView octets) -> Result<void> {
      append(now.octets, octets);
      return {};
    });
    std::mt19937 random(7);
    ByteView rest = input;
    Result<void> done;
    while (done && !rest.empty()) {
      std::size_t size = std::min(rest.size(), chunk != 0 ? chunk : 1 + random() % 300);
      done = editor.push(rest.first(size));
      rest = rest.subspan(size);
    }
    if (done) done = editor.finish();
    if (!done) now.error = std::string(info(done.error().rule).slug);
    if (chunk == SIZE_MAX) first = now;
    EXPECT_EQ(now.error, first.error);
    if (done) {
      EXPECT_EQ(now.octets, first.octets);
    }
  }
  return first;
}

// A KEKRecipientInfo of version 4, and a PasswordRecipientInfo of version 0.
Bytes kekri() {
  return asn1::encode([](asn1::Writer& out) {
    KekRecipientInfo info;
    info.key_identifier = {7};
    info.key_encryption_algorithm.algorithm = Oid::of("2.16.840.1.101.3.4.1.45");
    info.encrypted_key = Bytes(40, 1);
    write_recipient_info(out, info);
  });
}
Bytes pwri() {
  return asn1::encode([](asn1::Writer& out) {
    PasswordRecipientInfo info;
    info.key_encryption_algorithm.algorithm = Oid::of("2.16.840.1.101.3.4.1.45");
    info.encrypted_key = Bytes(40, 1);
    write_recipient_info(out, info);
  });
}

RecipientEditor::Edit with(Bytes more) {
  return [more = std::move(more)](const EnvelopedHeader&, Infos infos) -> Result<Infos> {
    infos.push_back(more);
    return infos;
  };
}

RecipientEditor::Edit only(Bytes one) {
  return
      [one = std::move(one)](const EnvelopedHeader&, Infos) -> Result<Infos> { return Infos{one}; };
}

const char* const kEnveloped[] = {"ktri.p7m",     "ktri_keyid.p7m", "kari.p7m", "kekri.p7m",
                                  "pwri.p7m",     "gcm.p7m",        "many.p7m", "oaep.p7m",
                                  "gcm_kari.p7m", "kari_sha256.p7m"};

TEST(RecipientEditor, leaves_a_message_that_is_not_changed_octet_for_octet) {
  for (const char* name : kEnveloped) {
    Bytes message = file(name);
    Edited edited = edit(message);
    EXPECT_EQ(edited.error, "ok") << name;
    // What OpenSSL writes is DER up to the order of the set, which becomes that of DER.
    EXPECT_EQ(edited.octets.size(), message.size()) << name;
    if (parsed(message).enveloped.recipients.size() == 1) {
      EXPECT_EQ(edited.octets, message) << name;
    }
  }
}

TEST(RecipientEditor, changes_lengths_definite_and_indefinite) {
  for (const char* name : {"ktri.p7m", "ktri_streamed.p7m", "gcm.p7m"}) {
    Bytes message = file(name);
    Message before = parsed(message);
    Edited edited = edit(message, with(kekri()));
    ASSERT_EQ(edited.error, "ok") << name;
    Message after = parsed(edited.octets);
    EXPECT_EQ(after.octets, before.octets) << name;
    EXPECT_EQ(after.enveloped_end.mac, before.enveloped_end.mac) << name;
    EXPECT_EQ(after.enveloped.recipients.size(), before.enveloped.recipients.size() + 1) << name;
    // Not one octet behind the list is another.
    std::size_t tail = before.octets.size() + 20;
    EXPECT_TRUE(equal(ByteView(edited.octets).last(tail), ByteView(message).last(tail))) << name;
  }
}

// A list that makes every length around it one octet longer or shorter.
TEST(RecipientEditor, lengths_grow_and_shrink_with_the_list) {
  Bytes message = file("kekri.p7m");
  std::size_t before = parsed(message).octets.size();
  Infos many(700, kekri());
  Edited grown =
      edit(message, [&](const EnvelopedHeader&, Infos) -> Result<Infos> { return many; });
  ASSERT_EQ(grown.error, "ok");
  EXPECT_EQ(parsed(grown.octets).enveloped.recipients.size(), 700u);
  EXPECT_EQ(parsed(grown.octets).octets.size(), before);
  Edited shrunk = edit(grown.octets, only(kekri()));
  ASSERT_EQ(shrunk.error, "ok");
  EXPECT_LT(shrunk.octets.size(), message.size() + 60);
  EXPECT_EQ(parsed(shrunk.octets).enveloped.recipients.size(), 1u);
}

// CMS-46, CMS-47: the version is what the recipients ask for.
TEST(RecipientEditor, version_follows_the_recipients) {
  auto version = [](const char* name, const RecipientEditor::Edit& how) {
    return parsed(edit(file(name), how).octets).enveloped.version;
  };
  EXPECT_EQ(version("ktri.p7m", &keep), 0);
  EXPECT_EQ(version("ktri.p7m", with(kekri())), 2);
  EXPECT_EQ(version("ktri.p7m", with(pwri())), 3);
  EXPECT_EQ(version("ktri_keyid.p7m", &keep), 2);
  EXPECT_EQ(version("pwri.p7m", only(kekri())), 2);
  EXPECT_EQ(version("gcm.p7m", with(pwri())), 0);
  // unprotectedAttrs may follow, and with them the version is never 0.
  Bytes plain = edit(file("ktri.p7m")).octets;
  Bytes ktri;
  edit(plain, [&](const EnvelopedHeader&, Infos infos) -> Result<Infos> {
    ktri = infos[0];
    return infos;
  });
  EXPECT_EQ(version("pwri.p7m", only(ktri)), 2);
}

// EnvelopedData with originatorInfo, whose choices decide about version 3 and 4.
Bytes with_originator(Bytes choice) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer message = out.sequence();
    message.oid(kEnvelopedData);
    asn1::Writer content = message.enter(asn1::constructed(0));
    asn1::Writer data = content.sequence();
    data.integer(4);
    data.enter(asn1::constructed(0)).enter(asn1::constructed(0)).element(choice);
    data.set().element(kekri());
    asn1::Writer encrypted = data.sequence();
    encrypted.oid(kData);
    encrypted.sequence().oid(Oid::of("2.16.840.1.101.3.4.1.42"));
    encrypted.primitive(asn1::primitive(0), Bytes(16, 5));
  });
}

TEST(RecipientEditor, version_follows_the_originator_too) {
  auto choice = [](asn1::Tag tag) {
    return asn1::encode([&](asn1::Writer& out) { out.enter(tag).null(); });
  };
  auto version = [&](asn1::Tag tag) {
    return parsed(edit(with_originator(choice(tag))).octets).enveloped.version;
  };
  EXPECT_EQ(version(asn1::constructed(1)), 2);  // v1AttrCert
  EXPECT_EQ(version(asn1::constructed(2)), 3);  // v2AttrCert
  EXPECT_EQ(version(asn1::constructed(3)), 4);  // other
}

TEST(RecipientEditor, takes_one_key_out_of_an_agreement) {
  Bytes message = file("kari_sha256.p7m");
  auto key_of = [&](std::size_t count) {
    return [count](const EnvelopedHeader& header, Infos infos) -> Result<Infos> {
      auto info = std::get<KeyAgreeRecipientInfo>(header.recipients[0]);
      auto key = info.recipients[0];
      info.recipients.clear();
      for (std::size_t i = 0; i < count; ++i) {
        key.rid.serial_number = {static_cast<std::uint8_t>(i + 1)};
        info.recipients.push_back(key);
      }
      infos[0] = asn1::encode([&](asn1::Writer& out) { write_recipient_info(out, info); });
      return infos;
    };
  };
  Bytes three = edit(message, key_of(3)).octets;
  Bytes two = edit(three, [](const EnvelopedHeader&, Infos infos) -> Result<Infos> {
                infos[0] = TRY(remove_agreed_key(infos[0], 1, {}));
                return infos;
              }).octets;
  auto left = std::get<KeyAgreeRecipientInfo>(parsed(two).enveloped.recipients[0]);
  ASSERT_EQ(left.recipients.size(), 2u);
  EXPECT_EQ(left.recipients[0].rid.serial_number, Bytes{1});
  EXPECT_EQ(left.recipients[1].rid.serial_number, Bytes{3});
  auto before = std::get<KeyAgreeRecipientInfo>(parsed(message).enveloped.recipients[0]);
  EXPECT_EQ(left.originator_key, before.originator_key);
}

TEST(RecipientEditor, places_count_every_key) {
  EnvelopedHeader header = parsed(file("many.p7m")).enveloped;
  auto places = recipient_places(header.recipients);
  EXPECT_GE(places.size(), header.recipients.size());
  for (const RecipientPlace& place : places) EXPECT_LT(place.info, header.recipients.size());
}

TEST(RecipientEditor, needs_an_encryption_outermost) {
  EXPECT_EQ(edit(file("attached.p7m")).error, "policy.absent");
  EXPECT_EQ(edit(file("digested.p7m")).error, "policy.absent");
  EXPECT_EQ(edit(file("data.p7m")).error, "policy.absent");
  EXPECT_EQ(edit(as_bytes("From: a@example.org\r\n")).error, "asn1.unexpected-tag");
}

TEST(RecipientEditor, somebody_must_be_left) {
  auto nobody = [](const EnvelopedHeader&, Infos) -> Result<Infos> { return Infos(); };
  Edited edited = edit(file("ktri.p7m"), nobody);
  EXPECT_EQ(edited.error, "cms.no-recipients");
  EXPECT_TRUE(edited.octets.empty());
}

TEST(RecipientEditor, a_list_that_readers_refuse_is_not_written) {
  Limits limits;
  limits.recipient_infos_bytes = 600;
  EXPECT_EQ(edit(file("ktri.p7m"), &keep, limits).error, "ok");
  auto twice = [](const EnvelopedHeader&, Infos infos) -> Result<Infos> {
    infos.push_back(infos[0]);
    return infos;
  };
  EXPECT_EQ(edit(file("ktri.p7m"), twice, limits).error, "limit.size");
}

TEST(RecipientEditor, a_message_that_is_cut_is_never_finished) {
  Bytes message = file("gcm.p7m");
  for (std::size_t size = 0; size < message.size(); size += 1 + size / 16) {
    EXPECT_NE(edit(ByteView(message).first(size)).error, "ok") << size;
  }
}

TEST(RecipientEditor, octets_behind_the_message_are_refused) {
  Bytes message = file("ktri.p7m");
  append(message, as_bytes("\r\n"));
  EXPECT_EQ(edit(message).error, "ok");
  append(message, as_bytes("x"));
  EXPECT_EQ(edit(message).error, "cms.trailing-data");
}

// A set with an end-of-contents inside, lengths that lie, a list that is none.
TEST(RecipientEditor, a_list_that_two_readers_see_differently_is_refused) {
  Bytes message = with_originator(asn1::encode([](asn1::Writer& out) { out.null(); }));
  Bytes list = asn1::encode([](asn1::Writer& out) { out.set().element(kekri()); });
  auto at = std::search(message.begin(), message.end(), list.begin(), list.end());
  ASSERT_NE(at, message.end());
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::uint8_t octet : Bytes{0x00, 0x80, 0xff, 0x30, 0x31}) {
      Bytes changed = message;
      changed[static_cast<std::size_t>(at - message.begin()) + i] = octet;
      Edited edited = edit(changed);
      Message read;
      auto before = messages::parse(changed, read);
      if (!before) {
        EXPECT_NE(edited.error, "ok") << i;
      }
      if (edited.error != "ok") continue;
      EXPECT_EQ(parsed(edited.octets).octets, read.octets) << i;
    }
  }
}

TEST(RecipientEditor, the_hostile_corpus_is_edited_or_refused) {
  if (!hostile::is_here()) GTEST_SKIP() << "no corpus";
  for (const hostile::Row& row : hostile::rows("decrypt")) {
    Bytes message = hostile::read(row.file);
    Edited edited = edit(message);
    Message read;
    bool reads = messages::parse(message, read).has_value();
    if (edited.error == "ok") {
      EXPECT_TRUE(reads) << row.file;
      EXPECT_EQ(parsed(edited.octets).octets, read.octets) << row.file;
    }
  }
}

}  // namespace
}  // namespace bulla::cms
