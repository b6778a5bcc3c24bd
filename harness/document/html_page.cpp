#include "harness/document/html_page.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/catalogue/embedded.h"
#include "harness/document/history_json.h"
#include "harness/document/lines.h"
#include "harness/document/report_json.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kDocuments = "/*FANOUT_DOCUMENTS*/";
constexpr std::string_view kWithoutScript = "<!--FANOUT_WITHOUT_SCRIPT-->";

// What the page does not show of a run, which would be most of its size: percentiles are drawn from
// the summaries, as latency and switches are, and failures said by kind.
void erase_details(Json& runs) {
  for (Json& run : runs) {
    for (const char* key :
         {"histogram", "host", "failed_requests", "latency_ns", "context_switches"}) {
      run.erase(key);
    }
  }
}

Json without_details(Json document) {
  for (const char* rows : {"cells", "references"}) {
    for (Json& row : document[rows]) {
      for (const char* runs : {"runs", "set_aside"}) {
        if (row.contains(runs)) erase_details(row[runs]);
      }
    }
  }
  return document;
}

// JSON that may stand inside a script element: "</script>" in a text must not end it.
std::string script_text(const Json& json) {
  std::string text;
  for (const char c : to_line(json)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

// The page with these at their places.
std::string page_with(const Json& data, const std::string& without_script) {
  if (report_page.empty()) {
    throw RunError(
        "this fanout was built without the report page: run scripts/bootstrap, which installs "
        "Node and the chart library, and build again");
  }
  std::string page(report_page.front().text);
  page.replace(page.find(kDocuments), kDocuments.size(), script_text(data));
  return page.replace(page.find(kWithoutScript), kWithoutScript.size(), without_script);
}

}  // namespace

std::string html_page(const std::vector<NamedReport>& reports, const std::string& without_script) {
  Json documents = Json::array();
  for (const auto& [name, report] : reports) {
    documents.push_back(
        {{"name", name}, {"document", without_details(to_json(report, analyse(report)))}});
  }
  return page_with(documents, without_script);
}

std::string history_page(const std::vector<NamedResult>& results,
                         const std::vector<HistoryRow>& rows, const std::string& without_script) {
  return page_with(Json{{"history", history_to_json(results, rows)}}, without_script);
}

}  // namespace fanout
