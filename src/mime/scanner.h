// Scanner: a cursor over the lexical tokens that RFC 5322 and RFC 2045 share.
//
// It never fails; what it cannot read it leaves, and balanced() tells whether every
// comment and quoted string was closed. Line ends count as blanks, so that a folded value
// needs no unfolding. Comments nest by counting, not by recursion.
#pragma once

#include <string>
#include <string_view>

namespace bulla::mime {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool next_is(char c) const { return !rest_.empty() && rest_[0] == c; }
  std::string_view rest() const { return rest_; }
  void advance(std::size_t count) { rest_.remove_prefix(count); }

  bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Skips blanks, folds and comments (CFWS).
  void skip_cfws();

  // The octets up to the first that `is_member` refuses.
  template <typename Predicate>
  std::string_view take_while(Predicate is_member) {
    std::size_t size = 0;
    while (size < rest_.size() && is_member(rest_[size])) ++size;
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  // What a quoted string says, without folds. REQUIRES: next_is('"').
  std::string quoted_string();

  bool balanced() const { return balanced_; }

 private:
  void skip_comment();

  std::string_view rest_;
  bool balanced_ = true;
};

// token := 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials> (RFC 2045 5.1), and
// octets past ASCII, which occur unquoted in real mail.
bool is_token(char c);

}  // namespace bulla::mime
