#include "base/utf8.h"

#include <algorithm>
#include <cstddef>

namespace fanout {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

unsigned byte_at(std::string_view text, std::size_t index) {
  return index < text.size() ? static_cast<unsigned char>(text[index]) : 0;
}

// The bytes that a character with this first byte has; 0: none begins so.
std::size_t length_by(unsigned first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

// Whether the second byte makes the character no longer than it has to be, no surrogate and no more
// than U+10FFFF.
bool goes_on(unsigned first, unsigned second) {
  if (first == 0xe0) return second >= 0xa0;
  if (first == 0xed) return second < 0xa0;
  if (first == 0xf0) return second >= 0x90;
  return first != 0xf4 || second < 0x90;
}

// The bytes of the character that the text begins with; 0: it begins with none.
std::size_t first_length(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  const std::size_t length = length_by(first);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0U) != 0x80) return 0;
  }
  return length > 1 && !goes_on(first, byte_at(text, 1)) ? 0 : length;
}

}  // namespace

std::string as_utf8(std::string_view text) {
  std::string found;
  while (!text.empty()) {
    const std::size_t length = first_length(text);
    found += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return found;
}

}  // namespace fanout
