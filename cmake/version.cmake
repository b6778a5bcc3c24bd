# The commit the tool was built from, for the result document; "unknown" outside a checkout.
if(FANOUT_COMMIT)  # told, as by scripts/gate, which builds what is no checkout
  set(fanout_commit ${FANOUT_COMMIT})
  set(fanout_git_failed 0)
else()
  execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} rev-parse --short=12 HEAD
                  OUTPUT_VARIABLE fanout_commit OUTPUT_STRIP_TRAILING_WHITESPACE
                  ERROR_QUIET RESULT_VARIABLE fanout_git_failed)
endif()
if(fanout_git_failed)
  set(fanout_commit unknown)
endif()
set(fanout_build ${CMAKE_BUILD_TYPE})
if(FANOUT_SANITIZE)
  string(APPEND fanout_build " with ${FANOUT_SANITIZE}")
endif()
set_source_files_properties(harness/machine/environment.cpp PROPERTIES COMPILE_DEFINITIONS
  "FANOUT_VERSION=\"${PROJECT_VERSION}\";FANOUT_COMMIT=\"${fanout_commit}\";FANOUT_BUILD=\"${fanout_build}\"")
