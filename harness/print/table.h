// A table of text, and the ways to write one down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fanout {

struct Column {
  enum class Align : std::uint8_t { left, right };
  std::string title;
  Align align = Align::right;
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
};

std::string to_text(const Table& table);      // aligned columns, two spaces apart
std::string to_markdown(const Table& table);  // a pipe table
std::string to_html(const Table& table);      // a table element; texts are escaped
std::string to_csv(const Table& table);       // RFC 4180, quoted where needed

// One of these: how the tables of a text are written.
using Draw = std::string (*)(const Table&);

}  // namespace fanout
