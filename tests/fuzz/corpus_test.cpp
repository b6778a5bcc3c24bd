// Every input of the corpora, and some made of each, without libFuzzer: what it has found once
// stays mended, under every preset.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus_of(const Target& target) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(FANOUT_CORPUS) / target.name)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string input_of(const fs::path& file) { return read_file(file).value(); }

// The input with a few bytes overwritten, left out or doubled.
std::string mutated(std::string input, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t changes = 1 + below(4); changes > 0 && !input.empty(); --changes) {
    const std::size_t at = below(input.size());
    const std::size_t size = 1 + below(8);
    switch (below(3)) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, size);
        break;
      default:
        input.insert(at, input.substr(below(input.size()), size));
    }
  }
  return input;
}

TEST(Corpus, OfEachTargetIsTaken) {
  for (const Target& target : kTargets) {
    const std::vector<fs::path> files = corpus_of(target);
    EXPECT_FALSE(files.empty()) << target.name;
    for (const fs::path& file : files) {
      SCOPED_TRACE(file.native());
      EXPECT_NO_THROW(target.run(input_of(file)));
    }
  }
}

TEST(Corpus, IsTakenWhateverIsChangedOfIt) {
  constexpr int kMutants = 60;
  for (const Target& target : kTargets) {
    std::mt19937_64 random(20'261'128);
    for (const fs::path& file : corpus_of(target)) {
      for (int i = 0; i < kMutants; ++i) {
        const std::string input = mutated(input_of(file), random);
        EXPECT_NO_THROW(target.run(input)) << file << ": " << testing::PrintToString(input);
      }
    }
  }
}

// A folder that no target reads would never be looked at.
TEST(Corpus, HasATargetForEachFolder) {
  for (const auto& folder : fs::directory_iterator(FANOUT_CORPUS)) {
    EXPECT_NE(std::ranges::find(kTargets, folder.path().filename().native(), &Target::name),
              kTargets.end())
        << folder.path();
  }
}

}  // namespace
}  // namespace fanout::fuzz
