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

std::string known(double figure) { return figure < 0 ? "-" : format_number(figure); }

std::vector<std::string> row_of(const ProtocolRow& row) {
  const Summary& summary = row.cell->summary;
  return {protocol_text(row.cell->cell),
          row.cell->cell.transport,
          known(row.connections),
          known(row.streams_at_once),
          known(row.handshakes),
          known(row.header_bytes_in),
          known(row.header_bytes_out),
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
  for (const ProtocolRow& row : comparison.rows) table.rows.push_back(row_of(row));
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
         "streams: most at once on one connection as the server saw them, fewer than are in flight "
         "where\nit answers faster than requests come; handshakes: of TLS; header in, out: bytes "
         "of "
         "the header of a\nrequest and of its answer, as HTTP/2 codes it. Loopback loses no "
         "packets, "
         "so these figures do not\nshow what a lost one costs all requests of its connection "
         "(docs/http2.md)\n\n";
}

}  // namespace fanout
