#include "cli/store_place.h"

#include "base/try.h"
#include "host/environment.h"
#include "net/postgresql.h"
#include "store/configuration.h"
#include "store/file.h"

namespace bulla::cli {
namespace {

using store::Missing;
using store::Store;

struct Place {
  std::string name;  // a URI of PostgreSQL, or the path of a database of SQLite
  enum class By { Flag, Environment, File, Default } by = By::Default;
  std::string file = {};  // the configuration
};

Result<Place> find_place(const CommonOptions& common) {
  if (common.store) return Place{.name = *common.store, .by = Place::By::Flag};
  std::string variable = host::environment_variable("BULLA_STORE");
  if (!variable.empty()) return Place{.name = variable, .by = Place::By::Environment};
  std::string folder = host::configuration_folder();
  if (!folder.empty()) {
    std::string file = folder + "/config.toml";
    store::Configuration configuration = TRY(store::load_configuration(file));
    if (configuration.store) {
      return Place{.name = *configuration.store, .by = Place::By::File, .file = file};
    }
  }
  std::string data = host::data_folder();
  return Place{.name = data.empty() ? data : Store::path_in(data)};
}

Result<std::unique_ptr<store::Database>> open_postgresql(const Place& place, Missing missing) {
  if (TRY(net::has_password(place.name))) {
    if (place.by != Place::By::File) {
      return failure(Rule::ConfigBad, 0,
                     "a password on the command line or in the environment; it belongs into "
                     "~/.pgpass or the configuration file");
    }
    if (!store::is_private(place.file)) {
      return failure(Rule::ConfigBad, 0,
                     place.file + " has a password, and others can read it; use chmod 600");
    }
  }
  return net::open_postgresql(place.name, missing);
}

Result<std::unique_ptr<store::Database>> open_sqlite(const Place& place, Missing missing) {
  if (place.name.find("://") != std::string::npos) {
    return failure(Rule::ConfigBad, 0,
                   "a store of this kind is not known; it is a file, or "
                   "postgresql://…");
  }
  if (place.by == Place::By::File && place.name.find('/') != 0) {
    return failure(Rule::ConfigBad, 0, place.file + ": store is no absolute path");
  }
  if (place.name.empty()) return failure(Rule::StoreAbsent, 0, "no folder for data is known");
  return store::open_sqlite(place.name, missing);
}

Result<std::unique_ptr<Store>> open_at(const Place& place, Missing missing) {
  auto database = net::is_postgresql_uri(place.name) ? TRY(open_postgresql(place, missing))
                                                     : TRY(open_sqlite(place, missing));
  return Store::open(std::move(database));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const CommonOptions& common, Missing missing) {
  return open_at(TRY(find_place(common)), missing);
}

Result<std::unique_ptr<Store>> find_store(const CommonOptions& common) {
  Place place = TRY(find_place(common));
  bool is_default = place.by == Place::By::Default;
  if (is_default && store::is_absent(place.name)) return std::unique_ptr<Store>();
  return open_at(place, Missing::Fail);
}

}  // namespace bulla::cli
