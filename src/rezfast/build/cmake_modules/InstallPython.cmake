# InstallPython: Python files, and what Python compiles them to.
#
# install_python(<label> FILES <file>... [RELATIVE <directory>] DESTINATION <directory> [BIN <python>]
#                [LOCAL_SYMLINK])
#
# With BIN, and if $REZ_BUILD_INSTALL_PYC is 1, each file is compiled in the build, by the target
# <label>, so that a mistake in its syntax ends the build; the .pyc is installed beside it. RELATIVE,
# DESTINATION and LOCAL_SYMLINK are as in InstallFiles; links are not compiled.

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/InstallFiles.cmake")

cmake_policy(VERSION 3.10)

function(install_python)
  parse_arguments(GIVEN "FILES;DESTINATION;RELATIVE;BIN" "LOCAL_SYMLINK" ${ARGN})
  _rez_needed(label GIVEN_DEFAULT_ARGS "a label" install_python)
  _rez_needed(destination GIVEN_DESTINATION DESTINATION install_python)
  _rez_needed(file GIVEN_FILES FILES install_python)
  _rez_first(python GIVEN_BIN)
  _rez_first(relative GIVEN_RELATIVE)
  if("${relative}" STREQUAL "")
    set(relative .)
  endif()
  if(GIVEN_LOCAL_SYMLINK OR "${python}" STREQUAL "")
    set(link)
    if(GIVEN_LOCAL_SYMLINK)
      set(link LOCAL_SYMLINK)
    endif()
    install_files_(${GIVEN_FILES} RELATIVE ${relative} DESTINATION ${destination} ${link})
    return()
  endif()

  set(compile "import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], None, True)")
  set(compiled)
  foreach(file IN LISTS GIVEN_FILES)
    get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    get_target_filepath("${path}" "${relative}" "${destination}" target)
    get_filename_component(directory "${target}" PATH)
    install(FILES "${path}" DESTINATION "${directory}")
    if("$ENV{REZ_BUILD_INSTALL_PYC}")
      set(pyc "${CMAKE_CURRENT_BINARY_DIR}/${label}/${target}c")
      get_filename_component(pyc_directory "${pyc}" PATH)
      add_custom_command(
        OUTPUT "${pyc}"
        COMMAND ${CMAKE_COMMAND} -E make_directory "${pyc_directory}"
        COMMAND ${python} -c "${compile}" "${path}" "${pyc}"
        DEPENDS "${path}"
        VERBATIM)
      install(FILES "${pyc}" DESTINATION "${directory}")
      list(APPEND compiled "${pyc}")
    endif()
  endforeach()
  add_custom_target(${label} ALL DEPENDS ${compiled})
endfunction()
