#include "token/identities.h"

#include <algorithm>
#include <map>

#include "asn1/reader.h"
#include "base/try.h"
#include "crypto/outside_key.h"
#include "store/identity.h"
#include "token/token_key.h"

namespace bulla::token {
namespace {

// A token has a few keys; an HSM that has more needs a URI that says which.
constexpr std::size_t kMaxObjects = 256;
constexpr std::size_t kMaxAttribute = 1u << 16;

struct Object {
  CK_OBJECT_HANDLE handle = 0;
  std::map<CK_ATTRIBUTE_TYPE, Bytes> attributes = {};

  ByteView get(CK_ATTRIBUTE_TYPE type) const {
    auto found = attributes.find(type);
    return found == attributes.end() ? ByteView() : ByteView(found->second);
  }
};

struct Search {
  CK_OBJECT_CLASS object_class;
  std::optional<Bytes> id = {};
  std::optional<Bytes> label = {};
  std::vector<CK_ATTRIBUTE_TYPE> read = {};
};

void read_attribute(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, Object& object,
                    CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE attribute{type, nullptr, 0};
  if (functions.C_GetAttributeValue(session, object.handle, &attribute, 1) != CKR_OK) return;
  if (attribute.ulValueLen == 0 || attribute.ulValueLen > kMaxAttribute) return;
  Bytes value(attribute.ulValueLen);
  attribute.pValue = value.data();
  if (functions.C_GetAttributeValue(session, object.handle, &attribute, 1) != CKR_OK) return;
  if (attribute.ulValueLen > value.size()) return;
  value.resize(attribute.ulValueLen);
  object.attributes[type] = std::move(value);
}

CK_RV list_objects(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session, const Search& search,
                   std::vector<Object>& objects) {
  CK_OBJECT_CLASS object_class = search.object_class;
  Bytes id = search.id.value_or(Bytes());
  Bytes label = search.label.value_or(Bytes());
  std::vector<CK_ATTRIBUTE> wanted = {{CKA_CLASS, &object_class, sizeof object_class}};
  if (search.id) wanted.push_back({CKA_ID, id.data(), id.size()});
  if (search.label) wanted.push_back({CKA_LABEL, label.data(), label.size()});
  CK_RV code = functions.C_FindObjectsInit(session, wanted.data(), wanted.size());
  if (code != CKR_OK) return code;
  std::vector<CK_OBJECT_HANDLE> handles(kMaxObjects);
  CK_ULONG count = 0;
  code = functions.C_FindObjects(session, handles.data(), handles.size(), &count);
  functions.C_FindObjectsFinal(session);
  if (code != CKR_OK) return code;
  handles.resize(std::min<std::size_t>(count, handles.size()));
  for (CK_OBJECT_HANDLE handle : handles) {
    Object& object = objects.emplace_back(Object{.handle = handle});
    for (CK_ATTRIBUTE_TYPE type : search.read) read_attribute(functions, session, object, type);
  }
  return CKR_OK;
}

Result<std::vector<Object>> find_objects(const Session& session, const Search& search) {
  auto objects = std::make_shared<std::vector<Object>>();
  Answer answer =
      TRY(session.run([search, objects](CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE handle) {
        return Answer{.code = list_objects(functions, handle, search, *objects)};
      }));
  if (answer.code == CKR_OK) return std::move(*objects);
  return failure(Rule::IoToken, 0, session.name() + ": " + code_name(answer.code));
}

// An ECPoint is wrapped into an OCTET STRING; some tokens forget it.
Bytes read_point(ByteView value) {
  auto inner = asn1::decode(value, [](asn1::Reader& in) { return to_bytes(in.octet_string()); });
  bool is_wrapped = inner && !inner->empty() && (*inner)[0] == 4;
  return is_wrapped ? *inner : to_bytes(value);
}

// The number of an attribute is in octets, the highest first, maybe with zeros in front.
ByteView without_zeros(ByteView number) {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}

// From the key itself, from the public key beside it, or from a certificate with the same CKA_ID.
std::optional<Bytes> find_public_half(const Object& key, const std::vector<Object>& public_keys,
                                      const std::vector<Object>& certificates) {
  auto has_id = [&](const Object& other) {
    return !key.get(CKA_ID).empty() && equal(key.get(CKA_ID), other.get(CKA_ID));
  };
  ByteView modulus = without_zeros(key.get(CKA_MODULUS));
  ByteView exponent = without_zeros(key.get(CKA_PUBLIC_EXPONENT));
  for (const Object& other : public_keys) {
    if (!has_id(other)) continue;
    bool is_same = modulus.empty() || equal(modulus, without_zeros(other.get(CKA_MODULUS)));
    if (exponent.empty() && is_same) exponent = without_zeros(other.get(CKA_PUBLIC_EXPONENT));
    if (modulus.empty()) modulus = without_zeros(other.get(CKA_MODULUS));
    ByteView parameters = other.get(CKA_EC_PARAMS);
    ByteView point = other.get(CKA_EC_POINT);
    if (parameters.empty() || point.empty()) continue;
    return crypto::ec_public_key_info(parameters, read_point(point));
  }
  if (!modulus.empty() && !exponent.empty()) return crypto::rsa_public_key_info(modulus, exponent);
  for (const Object& other : certificates) {
    if (!has_id(other)) continue;
    auto certificate = Certificate::parse(to_bytes(other.get(CKA_VALUE)));
    if (certificate) return to_bytes(certificate->subject_public_key_info());
  }
  return std::nullopt;
}

std::vector<Certificate> parse_certificates(const std::vector<Object>& objects,
                                            const std::vector<PrivateKeyPtr>& keys) {
  std::vector<Certificate> parsed;
  bool is_ours = false;
  for (const Object& object : objects) {
    auto certificate = Certificate::parse(to_bytes(object.get(CKA_VALUE)));
    if (!certificate) continue;
    is_ours =
        is_ours || std::any_of(keys.begin(), keys.end(), [&](const PrivateKeyPtr& key) {
          return equal(key->subject_public_key_info(), certificate->subject_public_key_info());
        });
    parsed.push_back(std::move(*certificate));
  }
  // Those of other keys do not make a bare key a wrong one.
  if (!is_ours) parsed.clear();
  return parsed;
}

}  // namespace

Result<std::vector<Identity>> load_identities(std::string_view uri, const Access& access,
                                              const store::AskPassphrase& ask) {
  Uri wanted = TRY(parse_uri(uri));
  std::shared_ptr<const Session> session = TRY(Session::open(wanted, access, ask));
  std::optional<Bytes> label;
  if (wanted.object) label = to_bytes(std::string_view(*wanted.object));
  auto found = TRY(find_objects(*session, {.object_class = CKO_PRIVATE_KEY,
                                           .id = wanted.id,
                                           .label = label,
                                           .read = {CKA_ID, CKA_MODULUS, CKA_PUBLIC_EXPONENT}}));
  if (found.empty()) return failure(Rule::KeyNotInToken, 0, session->name());
  auto public_keys = TRY(find_objects(
      *session, {.object_class = CKO_PUBLIC_KEY,
                 .read = {CKA_ID, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT}}));
  auto certificates =
      TRY(find_objects(*session, {.object_class = CKO_CERTIFICATE, .read = {CKA_ID, CKA_VALUE}}));
  std::vector<PrivateKeyPtr> keys;
  std::optional<Error> unusable;
  for (const Object& object : found) {
    auto public_half = find_public_half(object, public_keys, certificates);
    if (!public_half) {
      unusable = Error{Rule::KeyNotInToken, 0, session->name() + ": a key without public half"};
      continue;
    }
    auto key = TokenKey::make(session, object.handle, std::move(*public_half));
    if (key) {
      keys.push_back(std::move(*key));
    } else {
      unusable = key.error();
    }
  }
  if (keys.empty()) return tl::unexpected<Error>(*unusable);
  return store::pair_keys(keys, parse_certificates(certificates, keys), session->name());
}

}  // namespace bulla::token
