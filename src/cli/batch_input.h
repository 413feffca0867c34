// BatchInput: the messages of a batch, one after another.
#pragma once

#include <memory>
#include <vector>

#include "cli/batch_message.h"
#include "cli/batch_options.h"

namespace bulla::cli {

class BatchInput {
 public:
  virtual ~BatchInput() = default;

  // Errors: the input itself cannot be read. A message that cannot is an item with an error.
  virtual Result<std::optional<BatchItem>> next() = 0;

  virtual InputKind kind() const = 0;
  // Files passed over because of their names.
  virtual std::uint64_t passed_over() const { return 0; }
  // How much there is, in the unit of weight(); nothing if only reading would tell. May take
  // a moment.
  virtual std::optional<std::uint64_t> total() const { return std::nullopt; }
  virtual std::uint64_t weight(const BatchItem&) const { return 1; }
};

// What the input is, by the options or by its looks. Errors: io.no-input.
Result<InputKind> find_input_kind(const BatchOptions& options);

// Folders among `excluded` are not entered.
Result<std::unique_ptr<BatchInput>> open_batch_input(const BatchOptions& options, InputKind kind,
                                                     std::vector<host::FileId> excluded);

}  // namespace bulla::cli
