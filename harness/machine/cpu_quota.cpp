#include "harness/machine/cpu_quota.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>

#include "base/text.h"
#include "harness/machine/proc_files.h"

namespace fanout {
namespace {

using Groups = std::span<const std::string>;

// A line of /proc/self/mountinfo (proc(5)) that mounts a hierarchy of control groups.
struct CgroupMount {
  std::string root;   // the group that is seen at `point`
  std::string point;  // where
  bool unified;       // cgroups v2
};

// A hierarchy that may limit CPU time, v2 or the one of v1 with the controller `cpu`.
std::optional<CgroupMount> cgroup_mount(const std::string& line) {
  std::istringstream text(line);
  const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
  const auto dash = std::ranges::find(words, "-");  // behind it: type, source, options
  if (dash - words.begin() < 6 || words.end() - dash < 4) return std::nullopt;
  const bool unified = dash[1] == "cgroup2";
  const auto controllers = split_commas(dash[3]);
  const bool of_cpu = dash[1] == "cgroup" && std::ranges::count(controllers, "cpu") > 0;
  if (!unified && !of_cpu) return std::nullopt;
  return CgroupMount{words[3], words[4], unified};
}

// The group of this process in a hierarchy, by /proc/self/cgroup: "0::/group" (v2), or
// "3:cpu,cpuacct:/group".
std::string own_group(const std::string& cgroup, bool unified) {
  std::istringstream lines(cgroup);
  std::string id;
  std::string controllers;
  std::string group;
  while (std::getline(lines, id, ':') && std::getline(lines, controllers, ':') &&
         std::getline(lines, group)) {
    const auto names = split_commas(controllers);
    if (unified ? controllers.empty() : std::ranges::count(names, "cpu") > 0) return group;
  }
  return {};
}

// The way from the mount's root to the group: "", or "/a/b". What lies outside of the mount cannot
// be seen, so that the root has to stand for it.
std::string way_to(const std::string& group, const std::string& root) {
  const std::string above = root == "/" ? "" : root;
  const bool below = group.starts_with(above + "/") && !group.starts_with("/..") && group != "/";
  return below ? group.substr(above.size()) : "";
}

// The two numbers of a quota, microseconds in a period of microseconds; v1 keeps them in two files.
std::optional<double> quota_of(const std::string& group) {
  std::vector<std::int64_t> numbers;
  for (const char* file : {"/cpu.max", "/cpu.cfs_quota_us", "/cpu.cfs_period_us"}) {
    std::ranges::copy(numbers_of(proc_file(group + file)), std::back_inserter(numbers));
  }
  if (numbers.size() != 2 || numbers[0] <= 0 || numbers[1] <= 0) return std::nullopt;
  return static_cast<double>(numbers[0]) / static_cast<double>(numbers[1]);
}

}  // namespace

std::vector<std::string> cpu_groups(const std::string& proc) {
  const std::string cgroup = proc_file(proc + "/self/cgroup");
  std::istringstream lines(proc_file(proc + "/self/mountinfo"));
  std::map<bool, CgroupMount> mounts;  // the first of v1 and of v2: a hierarchy is counted once
  for (std::string line; std::getline(lines, line);) {
    if (const auto mount = cgroup_mount(line)) mounts.emplace(mount->unified, *mount);
  }
  std::vector<std::string> groups;
  for (const auto& [unified, mount] : mounts) {
    std::string way = way_to(own_group(cgroup, unified), mount.root);
    for (; !way.empty(); way.erase(way.rfind('/'))) groups.push_back(mount.point + way);
    groups.push_back(mount.point);
  }
  return groups;
}

std::optional<double> cpu_quota(Groups groups) {
  std::optional<double> least;
  for (const std::string& group : groups) {
    if (const auto quota = quota_of(group)) least = std::min(*quota, least.value_or(*quota));
  }
  return least;
}

std::optional<std::int64_t> throttled_ns(Groups groups) {
  std::optional<std::int64_t> sum;
  const auto add = [&](std::string_view account, std::string_view key, std::int64_t unit_ns) {
    if (const auto count = number_of(value_of(account, key))) {
      sum = sum.value_or(0) + *count * unit_ns;
    }
  };
  for (const std::string& group : groups) {
    const std::string account = proc_file(group + "/cpu.stat");
    add(account, "throttled_usec", 1000);  // v2
    add(account, "throttled_time", 1);     // v1
  }
  return sum;
}

}  // namespace fanout
