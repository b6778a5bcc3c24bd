// Each check of fanout doctor, from facts made up by hand: fine as they are, then amiss one by one.
#include "harness/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using Verdict = Check::Verdict;
using testing::HasSubstr;
using testing::StartsWith;

DoctorFacts fine() {
  DoctorFacts facts;
  facts.environment.cpus = 2;
  facts.environment.file_descriptors = 4096;
  facts.environment.ephemeral_ports = 28'000;
  facts.environment.memory_bytes = 8LL << 30;
  facts.environment.socket_congestion_control = "reno";
  facts.machine_cpus = 2;
  facts.steal_share = 0.001;
  facts.pressure_share = 0.02;
  facts.governor = "performance";
  facts.clock_source = "tsc";
  facts.clock_cost_ns = 30;
  facts.oversleep_p50_ns = 60'000;
  facts.oversleep_p99_ns = 200'000;
  facts.tcp_tw_reuse = 2;
  facts.time_wait = 20'000;
  facts.available_memory_bytes = 4LL << 30;
  facts.ceiling = Ceiling{"fast", 90'000, true};
  facts.twins = Comparison{.ratio = 1.01, .low = 0.98, .high = 1.03, .rounds = 10};
  return facts;
}

Check named(const DoctorFacts& facts, const std::string& name) {
  for (const Check& check : examine(facts)) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check " << name;
  return {};
}

TEST(Doctor, FindsNothingAmissWithAFitMachine) {
  for (const Check& check : examine(fine())) {
    EXPECT_EQ(check.verdict, Verdict::ok) << check.name << ": " << check.found;
    EXPECT_EQ(check.advice, "") << check.name;
  }
  EXPECT_FALSE(any_failed(examine(fine())));
}

TEST(Doctor, TakesWhatIsNotKnownForFine) {
  DoctorFacts facts = fine();
  facts.steal_share.reset();
  facts.pressure_share.reset();
  facts.governor.clear();
  facts.clock_source.clear();
  facts.tcp_tw_reuse.reset();
  facts.time_wait.reset();
  for (const Check& check : examine(facts)) EXPECT_EQ(check.verdict, Verdict::ok) << check.name;
  EXPECT_EQ(named(facts, "steal").found, "not known");
}

struct Amiss {
  const char* name;
  Verdict verdict;
  void (*change)(DoctorFacts&);
};

class DoctorFinds : public testing::TestWithParam<Amiss> {};

TEST_P(DoctorFinds, WhatIsAmissAndSaysWhatToDo) {
  const auto& [name, verdict, change] = GetParam();
  DoctorFacts facts = fine();
  change(facts);
  for (const Check& check : examine(facts)) {
    EXPECT_EQ(check.verdict, check.name == name ? verdict : Verdict::ok) << check.name;
    EXPECT_EQ(check.advice.empty(), check.name != name) << check.name;
  }
  EXPECT_EQ(any_failed(examine(facts)), verdict == Verdict::fail);
}

INSTANTIATE_TEST_SUITE_P(
    Checks, DoctorFinds,
    testing::Values(Amiss{"build", Verdict::fail, [](auto& f) { f.unfit_build = "a Debug build"; }},
                    Amiss{"cpus", Verdict::warn, [](auto& f) { f.environment.cpus = 1; }},
                    Amiss{"cpus", Verdict::warn, [](auto& f) { f.environment.cpu_quota = 4; }},
                    Amiss{"steal", Verdict::warn, [](auto& f) { f.steal_share = 0.02; }},
                    Amiss{"pressure", Verdict::warn, [](auto& f) { f.pressure_share = 0.5; }},
                    Amiss{"governor", Verdict::warn, [](auto& f) { f.governor = "powersave"; }},
                    Amiss{"clock", Verdict::warn, [](auto& f) { f.clock_cost_ns = 900; }},
                    Amiss{"timer", Verdict::warn, [](auto& f) { f.oversleep_p99_ns = 2e6; }},
                    Amiss{"descriptors", Verdict::warn, [](auto& f) { f.fd_limited = {"wide"}; }},
                    Amiss{"ports", Verdict::warn, [](auto& f) { f.port_limited = {"zero"}; }},
                    Amiss{"time_wait", Verdict::warn, [](auto& f) { f.tcp_tw_reuse = 0; }},
                    Amiss{"congestion", Verdict::warn,
                          [](auto& f) { f.environment.socket_congestion_control = "bbr"; }},
                    Amiss{"memory", Verdict::fail,
                          [](auto& f) { f.available_memory_bytes = 1 << 20; }},
                    Amiss{"ceiling", Verdict::fail, [](auto& f) { f.ceiling.reset(); }},
                    Amiss{"twins", Verdict::warn, [](auto& f) { f.twins->low = 0.9; }},
                    Amiss{"twins", Verdict::fail, [](auto& f) { f.twins->high = 1.3; }},
                    Amiss{"twins", Verdict::warn, [](auto& f) { f.twins.reset(); }}));

TEST(Doctor, NamesScenariosThatAreCutShort) {
  DoctorFacts facts = fine();
  facts.fd_limited = {"wide", "zero"};
  EXPECT_EQ(named(facts, "descriptors").found, "4096 file descriptors; too few for wide, zero");
}

TEST(Doctor, NamesTransportsThatCannotBeUsed) {
  DoctorFacts facts = fine();
  EXPECT_EQ(named(facts, "transports").found, "all can be used");
  facts.unusable = {"one: no kernel", "two: no library"};
  EXPECT_EQ(named(facts, "transports").found, "all but one: no kernel; two: no library");
}

TEST(Doctor, NamesACpuQuota) {
  DoctorFacts facts = fine();
  facts.environment.cpus = 0.5;
  facts.environment.cpu_quota = 0.5;
  EXPECT_THAT(named(facts, "cpus").found, StartsWith("0.5 of 2 usable by a CPU quota; "));
  EXPECT_THAT(named(facts, "cpus").advice, HasSubstr("cpu.max"));
}

TEST(Doctor, SaysTheSameAsTextAndAsJson) {
  DoctorFacts facts = fine();
  facts.unfit_build = "this is a Debug build";
  const auto checks = examine(facts);
  const nlohmann::json json = to_json(checks);
  EXPECT_EQ(json.at("fit"), false);
  ASSERT_EQ(json.at("checks").size(), checks.size());
  const nlohmann::json& build = json.at("checks").at(0);
  EXPECT_EQ(build.at("verdict"), "fail");
  EXPECT_THAT(build.at("advice").get<std::string>(), HasSubstr("release"));
  EXPECT_TRUE(json.at("checks").at(1).at("advice").is_null());
  EXPECT_THAT(to_text(checks), HasSubstr("fail  build        this is a Debug build\n"));
}

}  // namespace
}  // namespace fanout
