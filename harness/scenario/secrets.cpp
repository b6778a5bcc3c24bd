#include "harness/scenario/secrets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace fanout {
namespace {

using std::string_view;

// Parts of names whose values are secret, in parameters, header fields and words of a command.
constexpr std::array<string_view, 12> kSecretParts{
    "token",     "secret",     "password",  "passwd",  "passphrase", "apikey",
    "accesskey", "privatekey", "signature", "session", "credential", "authorization"};
// Names that are secret when they are no part of another.
constexpr std::array<string_view, 9> kSecretNames{"key", "sig", "auth", "code", "pass",
                                                  "pwd", "sid", "jwt",  "hmac"};
// Header fields besides: whatever has "key" in it, and cookies.
constexpr std::array<string_view, 3> kSecretFieldParts{"key", "cookie", "auth"};

// In lower case, and without what words are joined by.
std::string plain_name(string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') {
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

bool has_part(const std::string& plain, auto&& parts) {
  return std::ranges::any_of(
      parts, [&](string_view part) { return plain.find(part) != std::string::npos; });
}

bool is_secret_name(string_view name) {
  const std::string plain = plain_name(name);
  return has_part(plain, kSecretParts) ||
         std::ranges::find(kSecretNames, plain) != kSecretNames.end();
}

bool is_secret_field(string_view name) {
  return is_secret_name(name) || has_part(plain_name(name), kSecretFieldParts);
}

constexpr string_view kSchemeEnd = "://";

// Masks user and password of the authority that begins there, and returns where it ends.
std::size_t mask_user_at(std::size_t begin, std::string& url) {
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string::npos || at < begin) return end;
  url.replace(begin, at - begin, kMasked);
  return end - (at - begin) + kMasked.size();
}

// Masks users and passwords, and returns where the path begins. An authority stands behind "://",
// also of a URL that is a parameter of another, and where a URL is written without a scheme, as
// curl takes them, at the beginning.
std::size_t mask_user(std::string& url) {
  const std::size_t scheme = std::min(url.find(kSchemeEnd), url.size());
  const bool is_bare = url.find_first_of("/?#@") <= scheme;
  std::size_t path = is_bare ? mask_user_at(0, url) : std::string::npos;
  for (std::size_t at = 0; (at = url.find(kSchemeEnd, at)) != std::string::npos;) {
    at += kSchemeEnd.size();
    path = std::min(path, mask_user_at(at, url));
  }
  return std::min(path, url.size());
}

// Masks the values of NAME=VALUE from there on, where a name follows what stands between them, or
// is the first of the text.
void mask_parameters(std::string& text, std::size_t from, bool at_begin) {
  constexpr string_view kBetween = "?&;#";
  std::size_t name = at_begin ? from : text.find_first_of(kBetween, from);
  if (!at_begin && name != std::string::npos) ++name;
  while (name < text.size()) {
    std::size_t end = std::min(text.find_first_of(kBetween, name), text.size());
    const std::size_t equals = std::min(text.find('=', name), end);
    if (equals + 1 < end && is_secret_name(string_view(text).substr(name, equals - name))) {
      text.replace(equals + 1, end - equals - 1, kMasked);
      end = equals + 1 + kMasked.size();
    }
    name = end + 1;
  }
}

// Where the value of a field begins; npos: it has none.
std::size_t value_of(string_view header) {
  const std::size_t colon = header.find(':');
  return colon == string_view::npos ? colon : header.find_first_not_of(" \t", colon + 1);
}

// A flag of a program, such as --token; fanout's own flags have no secret in their names.
bool is_secret_flag(string_view word) {
  return word.starts_with("--") && has_part(plain_name(word), kSecretParts);
}

// A word that holds all there is to hide of it: a URL, --token=VALUE, or NAME=VALUE&NAME=VALUE.
std::string masked_word(const std::string& word) {
  if (word.find(kSchemeEnd) != std::string::npos) return masked_url(word);
  const std::size_t equals = std::min(word.find('='), word.size());
  if (word.starts_with("--") && !is_secret_flag(word.substr(0, equals))) return word;
  std::string masked = word;
  mask_parameters(masked, 0, true);
  return masked;
}

// An argument that may be a command itself, such as that of --external.
std::string masked_argument(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return fmt::format("{}", fmt::join(masked_command(words), " "));
}

// A body is hidden whole if anything in it is called as secrets are.
std::string masked_body(const std::string& body) {
  const bool secret = !body.starts_with('@') && has_part(plain_name(body), kSecretParts);
  return secret ? std::string(kMasked) : body;
}

// How the value of each of these flags is masked.
struct Flag {
  string_view name;
  std::string (*masked)(const std::string&);
};
constexpr std::array<Flag, 4> kFlags{{
    {"--url", [](const std::string& text) { return masked_url(text); }},
    {"-H", [](const std::string& text) { return masked_header(text); }},
    {"--header", [](const std::string& text) { return masked_header(text); }},
    {"--body", masked_body},
}};

// The value of such a flag within the argument itself, as in -HNAME:VALUE and --header=NAME:VALUE,
// or alone if the argument before is the flag; other arguments by their words.
std::string masked_after(const std::string& before, const std::string& argument) {
  for (const Flag& flag : kFlags) {
    if (before == flag.name) return flag.masked(argument);
    const std::string joined = std::string(flag.name) + (flag.name.size() > 2 ? "=" : "");
    if (argument.starts_with(joined) && argument.size() > joined.size()) {
      return joined + flag.masked(argument.substr(joined.size()));
    }
  }
  return masked_argument(argument);
}

}  // namespace

std::string masked_url(string_view url) {
  std::string masked(url);
  mask_parameters(masked, mask_user(masked), false);
  return masked;
}

std::string masked_header(string_view header) {
  const std::size_t value = value_of(header);
  if (value == string_view::npos || !is_secret_field(header.substr(0, header.find(':')))) {
    return std::string(header);
  }
  return std::string(header.substr(0, value)).append(kMasked);
}

std::vector<std::string> masked_command(const std::vector<std::string>& words) {
  std::vector<std::string> masked;
  bool hide = false;
  for (const std::string& word : words) {
    masked.push_back(hide ? std::string(kMasked) : masked_word(word));
    hide = is_secret_flag(word) && word.find('=') == std::string::npos;
  }
  return masked;
}

std::string masked_command_line(const std::vector<std::string>& arguments) {
  std::string line;
  std::string before;
  for (const std::string& argument : arguments) {
    line += (line.empty() ? "" : " ") + shell_word(masked_after(before, argument));
    before = argument;
  }
  return line;
}

}  // namespace fanout
