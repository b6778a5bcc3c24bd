// Files compiled into the program (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace fanout {

struct EmbeddedFile {
  std::string_view name;  // without folder and ending
  std::string_view text;
};

extern const std::span<const EmbeddedFile> builtin_scenarios;
extern const std::span<const EmbeddedFile> peer_registry;    // one file
extern const std::span<const EmbeddedFile> report_page;      // empty if the build had no Node
extern const std::span<const EmbeddedFile> manual_template;  // one file

}  // namespace fanout
