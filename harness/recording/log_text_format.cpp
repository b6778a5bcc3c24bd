#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/error.h"
#include "harness/recording/log_format.h"

namespace fanout {
namespace {

struct Name {
  std::string_view name;
  LogField field;
};

// In both, of names of one meaning the better one comes first.
constexpr std::array kOfNginx{
    Name{"request_time", LogField::took_s},   Name{"upstream_response_time", LogField::upstream_s},
    Name{"msec", LogField::at_unix},          Name{"time_iso8601", LogField::at_iso},
    Name{"time_local", LogField::at_common},  Name{"status", LogField::status},
    Name{"body_bytes_sent", LogField::bytes}, Name{"bytes_sent", LogField::bytes},
    Name{"request_method", LogField::method}, Name{"request", LogField::request}};

// Without what may stand before the letter: %>s is %s. The time stands in brackets.
constexpr std::array kOfApache{
    Name{"D", LogField::took_us},      Name{"{us}T", LogField::took_us},
    Name{"{ms}T", LogField::took_ms},  Name{"{s}T", LogField::took_s},
    Name{"T", LogField::took_s},       Name{"{msec}t", LogField::at_unix},
    Name{"{sec}t", LogField::at_unix}, Name{"t", LogField::at_common},
    Name{"s", LogField::status},       Name{"b", LogField::bytes},
    Name{"B", LogField::bytes},        Name{"O", LogField::bytes},
    Name{"r", LogField::request},      Name{"m", LogField::method}};

// A value, and the text that ends it.
struct Part {
  LogField field = LogField::ignored;
  std::size_t rank = 0;  // in the table of names
  std::string name;      // "$status"
  std::string end;       // "": the end of the line
};

struct Syntax {
  std::string begin;  // before the first value
  std::vector<Part> parts;
};

Part part_of(const auto& names, const std::string& name, char sign) {
  const auto* const found = std::ranges::find(names, std::string_view(name), &Name::name);
  const bool known = found != names.end();
  return {known ? found->field : LogField::ignored,
          static_cast<std::size_t>(found - names.begin()),
          sign + name,
          {}};
}

// Of values of one meaning only the best is read.
void choose_best(std::vector<Part>& parts) {
  const std::vector<Part> all = parts;
  for (Part& part : parts) {
    const bool beaten = std::ranges::any_of(all, [&](const Part& other) {
      return meaning_of(other.field) == meaning_of(part.field) && other.rank < part.rank;
    });
    if (beaten) part.field = LogField::ignored;
  }
}

// Reads the format itself.
class SyntaxReader {
 public:
  explicit SyntaxReader(std::string_view text) : left_(text) {}

  Syntax read() {
    const bool apache = left_.find('$') == std::string_view::npos;
    while (!left_.empty()) {
      if (left_.front() == '$' && !apache) {
        add(take_nginx());
      } else if (left_.starts_with("%%")) {
        left_.remove_prefix(1);
        literal(take_one());
      } else if (left_.front() == '%' && apache) {
        add_apache();
      } else {
        if (left_.starts_with("\\\"")) left_.remove_prefix(1);
        literal(take_one());
      }
    }
    return std::move(syntax_);
  }

 private:
  char take_one() {
    const char one = left_.front();
    left_.remove_prefix(1);
    return one;
  }

  void literal(char one) {
    (syntax_.parts.empty() ? syntax_.begin : syntax_.parts.back().end) += one;
  }

  void add(Part part) {
    if (!syntax_.parts.empty() && syntax_.parts.back().end.empty()) {
      throw UsageError(fmt::format(
          "--log-format: nothing stands between {} and {}, so where one ends cannot be told",
          syntax_.parts.back().name, part.name));
    }
    syntax_.parts.push_back(std::move(part));
  }

  // "$status", or "${status}".
  Part take_nginx() {
    left_.remove_prefix(1);
    const bool braces = !left_.empty() && left_.front() == '{';
    if (braces) left_.remove_prefix(1);
    const auto* const end = std::ranges::find_if_not(
        left_, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
    const std::string name(left_.begin(), end);
    left_.remove_prefix(name.size());
    if (braces && !left_.empty() && left_.front() == '}') left_.remove_prefix(1);
    return part_of(kOfNginx, name, '$');
  }

  // "%>s", "%{Referer}i", "%!200,304{ms}T".
  void add_apache() {
    left_.remove_prefix(1);
    std::string name;
    const auto modifier = [](unsigned char c) {
      return std::isdigit(c) != 0 || c == '!' || c == ',' || c == '<' || c == '>' || c == '^';
    };
    while (!left_.empty() && modifier(static_cast<unsigned char>(left_.front()))) take_one();
    if (!left_.empty() && left_.front() == '{') {
      const std::size_t end = std::min(left_.find('}'), left_.size() - 1);
      name = left_.substr(0, end + 1);
      left_.remove_prefix(end + 1);
    }
    if (!left_.empty()) name += take_one();
    const Part part = part_of(kOfApache, name, '%');
    const bool in_brackets = part.field == LogField::at_common;
    if (in_brackets) literal('[');
    add(part);
    if (in_brackets) literal(']');
  }

  std::string_view left_;
  Syntax syntax_;
};

// Where the text that ends a value stands. In quotes, a quote after a backslash is no end.
std::size_t end_of(std::string_view line, std::string_view end) {
  std::size_t at = line.find(end);
  if (end.front() != '"') return at;
  const auto escaped = [&] {
    const std::size_t last = line.substr(0, at).find_last_not_of('\\');
    const std::size_t backslashes = at - (last == std::string_view::npos ? 0 : last + 1);
    return backslashes % 2 == 1;
  };
  while (at != std::string_view::npos && escaped()) at = line.find(end, at + 1);
  return at;
}

class TextFormat : public LogFormat {
 public:
  TextFormat(const std::string& words, Syntax syntax, bool open_end)
      : LogFormat(words), syntax_(std::move(syntax)), open_end_(open_end) {}

  [[nodiscard]] std::optional<LogLine> read(std::string_view line) const override {
    if (!line.starts_with(syntax_.begin)) return std::nullopt;
    line.remove_prefix(syntax_.begin.size());
    LogLine read;
    for (const Part& part : syntax_.parts) {
      const bool last = &part == &syntax_.parts.back();
      const std::string_view end = last && open_end_ ? " " : std::string_view(part.end);
      std::size_t size = end.empty() ? line.size() : end_of(line, end);
      if (size == std::string_view::npos) {
        if (!last || !open_end_) return std::nullopt;
        size = line.size();
      }
      if (!note_field(part.field, line.substr(0, size), read)) return std::nullopt;
      line.remove_prefix(std::min(size + end.size(), line.size()));
    }
    if (!line.empty() && !open_end_) return std::nullopt;
    return read;
  }

 private:
  Syntax syntax_;
  bool open_end_;  // whether lines may go on after what is known
};

}  // namespace

std::unique_ptr<LogFormat> text_format(const std::string& words, const std::string& syntax,
                                       bool open_end) {
  Syntax read = SyntaxReader(syntax).read();
  choose_best(read.parts);
  const auto has = [&](LogField field) {
    return std::ranges::find(read.parts, field, &Part::field) != read.parts.end();
  };
  if (!has(LogField::status)) {
    throw UsageError(
        fmt::format("--log-format {}: has no $status (of nginx) or %>s (of Apache), which a "
                    "recording needs",
                    words));
  }
  return std::make_unique<TextFormat>(words, std::move(read), open_end);
}

}  // namespace fanout
