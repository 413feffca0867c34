// The least that a program can do with bulla: print its rules.
#include <bulla/rule.h>

#include <iostream>

int main() {
  for (const bulla::RuleInfo& row : bulla::all_rules()) std::cout << row.slug << '\n';
  return bulla::find_rule("enc.failed") ? 0 : 1;
}
