// The fuzz targets: each hands what may come from outside to a parser, and asks what has to hold of
// every answer.
//
// A parser may refuse its input in the way that it has (UsageError, RunError, a state of its own).
// Whatever else leaves a target is a fault: std::logic_error says that something does not hold.
#pragma once

#include <array>
#include <string_view>

namespace fanout::fuzz {

void access_log(std::string_view input);
void fail_if(std::string_view input);
void har(std::string_view input);
void http2_client(std::string_view input);
void http2_server(std::string_view input);
void httplib_reading(std::string_view input);
void program(std::string_view input);
void program_line(std::string_view input);
void request(std::string_view input);
void response(std::string_view input);
void result(std::string_view input);
void scenario(std::string_view input);
void url(std::string_view input);
void url_list(std::string_view input);

struct Target {
  std::string_view name;  // that of its file, and of its folder in corpus/
  void (*run)(std::string_view input);
};

inline constexpr std::array<Target, 14> kTargets{{{"access_log", &access_log},
                                                  {"fail_if", &fail_if},
                                                  {"har", &har},
                                                  {"http2_client", &http2_client},
                                                  {"http2_server", &http2_server},
                                                  {"httplib_reading", &httplib_reading},
                                                  {"program", &program},
                                                  {"program_line", &program_line},
                                                  {"request", &request},
                                                  {"response", &response},
                                                  {"result", &result},
                                                  {"scenario", &scenario},
                                                  {"url", &url},
                                                  {"url_list", &url_list}}};

}  // namespace fanout::fuzz
