#include "harness/machine/proc_files.h"

#include <algorithm>
#include <charconv>

#include "base/file.h"

namespace fanout {
namespace {

constexpr std::string_view kBlank = " \t\n";
constexpr std::string_view kDividers = " \t:=\"";

// Takes the first line from the text.
std::string_view take_line(std::string_view& text) {
  const std::string_view line = first_line(text);
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

// Takes the first word from the text; empty at its end.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(kBlank)));
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

std::string proc_file(const std::string& name) { return read_file(name).value_or(""); }

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

std::string_view value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    if (line.empty() || kDividers.find(line.front()) == std::string_view::npos) continue;
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(kDividers)));
    return line.substr(0, line.find_last_not_of(kDividers) + 1);
  }
  return {};
}

std::optional<std::int64_t> value_below(std::string_view text, std::string_view line,
                                        std::string_view title) {
  while (!text.empty()) {
    std::string_view titles = take_line(text);
    if (take_word(titles) != line) continue;
    std::string_view values = take_line(text);
    take_word(values);
    for (std::string_view word; !(word = take_word(titles)).empty();) {
      const std::string_view value = take_word(values);
      if (word == title) return number_of(value);
    }
  }
  return std::nullopt;
}

std::vector<std::int64_t> numbers_of(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (std::string_view word; !(word = take_word(text)).empty();) {
    const auto number = number_of(word);
    if (!number) break;
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<std::int64_t> number_of(std::string_view text) {
  const std::string_view word = take_word(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> number_behind(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  return at == std::string_view::npos ? std::nullopt : number_of(text.substr(at + label.size()));
}

}  // namespace fanout
