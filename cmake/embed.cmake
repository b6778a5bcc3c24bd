# fanout_embed(TARGET NAME FILES...): compiles the files into TARGET as
#   const std::span<const EmbeddedFile> NAME   (declared in harness/embedded.h)
# in alphabetical order, so the program needs no data files at run time.
function(fanout_embed target name)
  set(rows "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    cmake_path(GET file STEM stem)
    string(APPEND rows "    {\"${stem}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp @ONLY CONTENT [[
// Made by cmake/embed.cmake.
#include "harness/embedded.h"

namespace fanout {
namespace {
const EmbeddedFile kFiles[] = {
@rows@};
}  // namespace
const std::span<const EmbeddedFile> @name@{kFiles};
}  // namespace fanout
]])
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
endfunction()
