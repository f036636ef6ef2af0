# RezPipInstall: a Python project from an archive, installed by pip.
#
# rez_pip_install(<label> URL <url> [PYTHONDIR <directory>] [BINDIR <directory>]
#                 [PIPARGS <argument>...])
#
# URL is a path or an address of an archive. Its modules go to PYTHONDIR (default: python), its programs
# to BINDIR (default: bin), without what it depends on. PIPARGS are passed to pip, which has to be among
# the packages that this one is built with.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezPipInstall: include RezBuild first.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")
include(ExternalProject)

cmake_policy(VERSION 3.10)

set(_REZ_MOVE_PROGRAMS "${CMAKE_CURRENT_LIST_DIR}/RezMovePrograms.cmake")

function(rez_pip_install)
  parse_arguments(GIVEN "URL;PYTHONDIR;BINDIR;PIPARGS" "" ${ARGN})
  _rez_needed(label GIVEN_DEFAULT_ARGS "a label" rez_pip_install)
  _rez_needed(url GIVEN_URL URL rez_pip_install)
  _rez_first(python_directory GIVEN_PYTHONDIR)
  if("${python_directory}" STREQUAL "")
    set(python_directory python)
  endif()
  _rez_first(program_directory GIVEN_BINDIR)
  if("${program_directory}" STREQUAL "")
    set(program_directory bin)
  endif()
  # of its own: two of these may be in one project
  set(staging "${CMAKE_BINARY_DIR}/staging/${label}")
  set(install "")
  if(REZ_BUILD_INSTALL)
    set(install ${CMAKE_COMMAND} -E copy_directory "${staging}" "${CMAKE_INSTALL_PREFIX}")
  endif()
  ExternalProject_Add(
    ${label}
    URL "${url}"
    PREFIX ${label}
    UPDATE_COMMAND ""
    CONFIGURE_COMMAND ""
    BUILD_IN_SOURCE 1
    BUILD_COMMAND
      COMMAND ${CMAKE_COMMAND} -E remove_directory "${staging}"
      COMMAND ${CMAKE_COMMAND} -E make_directory "${staging}/${python_directory}"
      COMMAND pip install ${GIVEN_PIPARGS} --no-deps --target "${staging}/${python_directory}" .
      COMMAND ${CMAKE_COMMAND} "-DFROM=${staging}/${python_directory}/bin"
              "-DTO=${staging}/${program_directory}" -P "${_REZ_MOVE_PROGRAMS}"
    INSTALL_COMMAND "${install}")
endfunction()
