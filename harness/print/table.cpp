#include "harness/print/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace fanout {
namespace {

// Characters, not bytes: continuation bytes of UTF-8 take no place.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::size_t> widths(const Table& table) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::size_t widest = width(table.columns[i].title);
    for (const auto& row : table.rows) widest = std::max(widest, width(row[i]));
    result.push_back(widest);
  }
  return result;
}

std::string padded(const std::string& text, std::size_t to, Column::Align align) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return align == Column::Align::left ? text + space : space + text;
}

std::vector<std::string> titles(const Table& table) {
  std::vector<std::string> result;
  for (const Column& column : table.columns) result.push_back(column.title);
  return result;
}

}  // namespace

std::string to_text(const Table& table) {
  const auto column_widths = widths(table);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += (i == 0 ? "" : "  ") + padded(cells[i], column_widths[i], table.columns[i].align);
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string text = line(titles(table));
  std::vector<std::string> rule;
  for (const std::size_t w : column_widths) rule.emplace_back(w, '-');
  text += line(rule);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string to_markdown(const Table& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    std::string text = "|";
    for (const std::string& cell : cells) text += " " + cell + " |";
    return text + "\n";
  };
  std::vector<std::string> rule;
  for (const Column& column : table.columns) {
    rule.emplace_back(column.align == Column::Align::left ? "---" : "---:");
  }
  std::string text = line(titles(table)) + line(rule);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

std::string to_html(const Table& table) {
  const auto line = [&](const char* tag, const std::vector<std::string>& cells) {
    std::string text = "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool left = table.columns[i].align == Column::Align::left;
      text +=
          fmt::format("<{0}{1}>{2}</{0}>", tag, left ? " class=\"left\"" : "", html_text(cells[i]));
    }
    return text + "</tr>\n";
  };
  std::string text = "<table>\n<thead>" + line("th", titles(table)) + "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) text += line("td", row);
  return text + "</tbody>\n</table>\n";
}

std::string to_csv(const Table& table) {
  std::string text = csv_line(titles(table));
  for (const auto& row : table.rows) text += csv_line(row);
  return text;
}

}  // namespace fanout
