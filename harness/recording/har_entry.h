// One entry of a HAR file. Whoever wrote the file may have left out anything, or have written
// something else there: then it reads as what is not known.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/recording/flights.h"
#include "harness/recording/observation.h"

namespace fanout {

// A part of an object; null for none.
const nlohmann::json& part(const nlohmann::json& object, const char* key);
// Such a part that is text; else "".
std::string text_at(const nlohmann::json& object, const char* key);

// Firefox writes what TLS took beside what TCP took, others as a part of it (as HAR 1.2 has it).
// Seen by which of both adds up to the whole time, or by TLS that took longer than all.
bool tls_is_apart(const nlohmann::json& entries);

// Whether the browser's cache answered: as Chrome, Safari and Firefox say it.
bool from_cache(const nlohmann::json& entry);

// What the entry shows; its host is left to the caller.
Observation observation_of_entry(const nlohmann::json& entry, bool tls_is_apart);

// Nothing where the entry does not say when it began.
std::optional<Flight> flight_of(const nlohmann::json& entry, bool tls_is_apart);

}  // namespace fanout
