# What `cmake --install` puts where, and the Debian package that
#   cpack --config build/release/CPackConfig.cmake
# makes of it. Needs dpkg-dev and file for the package's dependencies.
include(GNUInstallDirs)
set(examples ${CMAKE_INSTALL_DOCDIR}/examples)
set(completion ${PROJECT_SOURCE_DIR}/harness/commands/completion)

# The manual page comes from the program's own definition of its flags.
set(manual ${PROJECT_BINARY_DIR}/fanout.1)
add_custom_command(TARGET fanout POST_BUILD
  COMMAND fanout internal-manual > ${manual}
  COMMAND gzip -9nkf ${manual} VERBATIM)

install(TARGETS fanout RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY strategies/peers/ DESTINATION ${CMAKE_INSTALL_DATADIR}/fanout/peers
        PATTERN __pycache__ EXCLUDE
        PATTERN *.sh PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
                                 GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(FILES ${manual}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${completion}/fanout.bash RENAME fanout
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completion}/fanout.zsh RENAME _fanout
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${completion}/fanout.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY harness/scenario/scenarios DESTINATION ${examples})
install(FILES results/reference/run-api-fanout.json DESTINATION ${examples})
install(FILES packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

# A package fits the distribution that it was built on, so its version says which.
cmake_host_system_information(RESULT distribution QUERY DISTRIB_ID)
cmake_host_system_information(RESULT release QUERY DISTRIB_VERSION_ID)
set(revision 1~${distribution}${release})

# Debian's policy asks for two changelogs: of the program and of the package.
set(changelog ${PROJECT_BINARY_DIR}/changelog)
set(contact "fanout maintainers <maintainers@fanout.invalid>")
string(TIMESTAMP today "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(CHANGELOG.md ${changelog} COPYONLY)
configure_file(packaging/changelog.Debian.in ${changelog}.Debian @ONLY)
execute_process(COMMAND gzip -9nkf ${changelog} ${changelog}.Debian COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${changelog}.gz ${changelog}.Debian.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})

# What external programs need is suggested: fanout runs without it, and says what is absent.
file(READ strategies/peers/peers.json peers)
string(JSON count LENGTH ${peers})
math(EXPR last "${count} - 1")
foreach(peer RANGE ${last})
  string(JSON count LENGTH ${peers} ${peer} needs)
  math(EXPR last "${count} - 1")
  foreach(need RANGE ${last})
    string(JSON package GET ${peers} ${peer} needs ${need} package)
    list(APPEND suggested ${package})
  endforeach()
endforeach()
list(REMOVE_DUPLICATES suggested)
list(REMOVE_ITEM suggested bash)  # every system has it
list(JOIN suggested ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS  # all but the benchmarks
    ${PROJECT_BINARY_DIR} ${PROJECT_NAME} Unspecified /)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT ${contact})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compare ways of making many HTTP requests at once")
set(CPACK_PACKAGE_DESCRIPTION "\
fanout answers with evidence which client-side concurrency strategy to use
for many HTTP requests, with how many workers, and what it costs. It runs
threads, forked processes and event loops against a local server of its own,
proves that every request was answered, and says which differences are real.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${revision})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
