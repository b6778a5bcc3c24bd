#include "tests/fuzz/support.h"

#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "harness/recording/recording.h"
#include "harness/recording/recording_json.h"
#include "harness/recording/recording_words.h"

namespace fanout::fuzz {

InputFile::InputFile(std::string_view text)
    : fd_(memory_file("fuzz", text)), path_("/proc/self/fd/" + std::to_string(fd_.get())) {
  require(static_cast<bool>(fd_), "no file in memory");
}

void check_recording(const Observations& seen) {
  Recording recording;
  try {
    recording = recording_of(seen);
  } catch (const UsageError&) {  // too little was seen
    return;
  }
  recording.name = "fuzz";
  recording.recorded_by = "fanout";
  recording.recorded_at = "2026-01-02T03:04:05Z";
  (void)in_words(recording);
  (void)scenario_text(recording, Mode::batch);
  if (recording.arrivals) (void)scenario_text(recording, Mode::open);
}

}  // namespace fanout::fuzz
