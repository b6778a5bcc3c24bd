# fanout_report_page(TARGET): bundles charts/ into one HTML file and embeds it in TARGET. Needs Node
# and the packages scripts/bootstrap installs into charts/node_modules; without them everything else
# is built, and `fanout report --html` says what is missing.
function(fanout_report_page target)
  set(charts ${PROJECT_SOURCE_DIR}/charts)
  find_program(NODE_EXECUTABLE NAMES node nodejs)
  if(NODE_EXECUTABLE AND EXISTS ${charts}/node_modules/echarts)
    # Another platform's esbuild is there and does not run.
    execute_process(COMMAND ${NODE_EXECUTABLE} --input-type=module
                            -e "import { transform } from 'esbuild'; await transform('')"
                    WORKING_DIRECTORY ${charts} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  else()
    set(failed TRUE)
  endif()
  if(failed)
    message(STATUS "The report page is not built: it needs Node and charts/node_modules, which "
                   "scripts/bootstrap installs")
    fanout_embed(${target} report_page)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${charts}/src/*)
  set(page ${PROJECT_BINARY_DIR}/report_page.html)
  add_custom_command(OUTPUT ${page}
    COMMAND ${NODE_EXECUTABLE} ${charts}/build.mjs ${page}
    DEPENDS ${sources} ${charts}/build.mjs ${charts}/package-lock.json
    COMMENT "Bundling the report page" VERBATIM)
  fanout_embed(${target} report_page ${page})
endfunction()
