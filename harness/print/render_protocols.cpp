#include "harness/print/render_protocols.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "harness/print/render_tables.h"
#include "transports/http2_windows.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string bytes_text(double bytes) { return bytes < 0 ? "-" : format_number(bytes); }

std::vector<std::string> row_of(const CellReport& cell) {
  const Summary& summary = cell.summary;
  const ConnectionFigures figures = connection_figures(cell);
  return {protocol_text(cell.cell),
          cell.cell.transport,
          format_number(figures.connections),
          format_number(figures.streams_at_once),
          format_number(figures.handshakes),
          bytes_text(figures.header_bytes_in),
          bytes_text(figures.header_bytes_out),
          format_number(summary.requests_per_second.median),
          interval_text(summary.makespan_ns, format_duration),
          interval_text(summary.cpu_us_per_request, format_number)};
}

Table table_of(const ProtocolComparison& comparison) {
  Table table{.columns = {{"version", Align::left},
                          {"transport", Align::left},
                          {"conns"},
                          {"streams"},
                          {"handshakes"},
                          {"header in"},
                          {"out"},
                          {"req/s"},
                          {"makespan"},
                          {"CPU us/req"}},
              .rows = {}};
  for (const CellReport* cell : comparison.cells) table.rows.push_back(row_of(*cell));
  return table;
}

}  // namespace

std::string http2_settings_text(const Scenario& scenario) {
  if (!speaks_http2(scenario)) return {};
  // Hosts that differ are in the result.
  const Http2Settings& settings = scenario.server().hosts.front().http2;
  return fmt::format(
      ", HTTP/2: {} streams a connection, windows {} (answers to nghttp2_async) and {} (bodies of "
      "requests)",
      settings.max_streams, format_bytes(kHttp2StreamWindow),
      format_bytes(static_cast<double>(settings.stream_window)));
}

std::string render_protocols(const std::vector<ProtocolComparison>& comparisons, Draw draw) {
  std::string text;
  for (const ProtocolComparison& comparison : comparisons) {
    text += fmt::format("versions of HTTP, {} with {} in flight\n\n{}\n", comparison.strategy,
                        counted(comparison.workers, "request"), draw(table_of(comparison)));
    for (const LeftOut& out : comparison.left_out) {
      text += fmt::format("left out: {} ({})\n", protocol_text(out.cell), out.reason);
    }
    for (const Verdict& verdict : comparison.verdicts) {
      if (!verdict.ranking) continue;
      text += fmt::format("{}\n", fmt::join(in_words(verdict), "\n"));
    }
    text += "\n";
  }
  if (text.empty()) return text;
  return text +
         "streams: most at once on one connection; handshakes: of TLS; header in, out: bytes that "
         "a "
         "header takes\nas HTTP/2 codes it, of a request and of its answer. Loopback loses no "
         "packets: what a lost one costs all\nrequests of a connection is not in these figures "
         "(docs/http2.md)\n\n";
}

}  // namespace fanout
