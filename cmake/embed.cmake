# fanout_embed(TARGET NAME FILES...): compiles the files into TARGET as
#   const std::span<const EmbeddedFile> NAME   (declared in harness/catalogue/embedded.h)
# in the order given, so the program needs no data files at run time. The files may be made by the
# build. Run as a script (cmake -P), this file writes the source that holds them.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  set(rows "")
  foreach(file IN LISTS FILES)
    file(READ ${file} text)
    cmake_path(GET file STEM stem)
    string(APPEND rows "    EmbeddedFile{\"${stem}\", R\"embedded(${text})embedded\"sv},\n")
  endforeach()
  list(LENGTH FILES count)
  file(WRITE ${OUTPUT} "// Made by cmake/embed.cmake.
#include <array>

#include \"harness/catalogue/embedded.h\"

namespace fanout {
namespace {
using std::string_view_literals::operator\"\"sv;
constexpr std::array<EmbeddedFile, ${count}> kFiles{
${rows}};
}  // namespace
const std::span<const EmbeddedFile> ${NAME}{kFiles};
}  // namespace fanout
")
  return()
endif()

set(fanout_embed_script ${CMAKE_CURRENT_LIST_FILE})

function(fanout_embed target name)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${ARGN}" -DNAME=${name} -DOUTPUT=${source}
            -P ${fanout_embed_script}
    DEPENDS ${ARGN} ${fanout_embed_script} VERBATIM)
  # A text may be longer than a standard C++ compiler has to take.
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${target} PRIVATE ${source})
endfunction()
