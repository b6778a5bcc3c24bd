# What was compiled once, in whichever checkout, is taken from ccache where that is installed. Paths
# are relative to the checkout for it, so that another clone finds the same. CMake's own
# -DCMAKE_CXX_COMPILER_LAUNCHER= (empty) builds without it.
find_program(FANOUT_CCACHE ccache)
if(FANOUT_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 ${FANOUT_CCACHE})
endif()
