# RezInstallContext: an environment, resolved when the package is built, as a script for bash.
#
# rez_install_context(<label> <file> [MODE latest] PACKAGES <request>... DESTINATION <directory>
#                     [EXTRA_COMMANDS <command>...])
#
# The target <label> resolves the requests and writes, below DESTINATION, <file>.rxt: the context; <file>:
# a script that sets the same environment, with REZ_CONTEXT_FILE, and the extra commands at its end;
# and <file>.dot: the graph of the resolve. All three are installed.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezInstallContext: include RezBuild first.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")

cmake_policy(VERSION 3.10)

set(_REZ_WRITE_CONTEXT "${CMAKE_CURRENT_LIST_DIR}/RezWriteContext.cmake")

function(rez_install_context)
  parse_arguments(GIVEN "MODE;PACKAGES;DESTINATION;EXTRA_COMMANDS" "" ${ARGN})
  _rez_needed(label GIVEN_DEFAULT_ARGS "a label" rez_install_context)
  cdr(rest ${GIVEN_DEFAULT_ARGS})
  _rez_needed(file rest "the name of a file" rez_install_context)
  _rez_needed(package GIVEN_PACKAGES PACKAGES rez_install_context)
  _rez_needed(destination GIVEN_DESTINATION DESTINATION rez_install_context)
  _rez_first(mode GIVEN_MODE)
  if(NOT "${mode}" STREQUAL "" AND NOT mode STREQUAL "latest")
    message(FATAL_ERROR "rez_install_context: MODE ${mode}: there is latest only; orderers are a "
                        "matter of settings")
  endif()
  string(TOUPPER "REZ_${REZ_BUILD_PROJECT_NAME}_ROOT" variable)
  string(REPLACE "." "_" variable "${variable}")
  set(script "export REZ_CONTEXT_FILE=\"\$${variable}/${destination}/${file}.rxt\"\n")
  foreach(command IN LISTS GIVEN_EXTRA_COMMANDS)
    string(APPEND script "${command}\n")
  endforeach()
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/${destination}")
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${label}.end" "${script}")
  list_to_string(requests GIVEN_PACKAGES)
  # not a list: it would be taken apart on its way to the command
  string(REPLACE ";" "\n" packages "${GIVEN_PACKAGES}")
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${label}.requests" "${packages}")
  set(made "${directory}/${file}" "${directory}/${file}.rxt" "${directory}/${file}.dot")
  add_custom_command(
    OUTPUT ${made}
    COMMAND ${CMAKE_COMMAND} "-DFILE=${directory}/${file}"
            "-DREQUESTS=${CMAKE_CURRENT_BINARY_DIR}/${label}.requests"
            "-DEND=${CMAKE_CURRENT_BINARY_DIR}/${label}.end" -P "${_REZ_WRITE_CONTEXT}"
    COMMENT "Resolving${requests}"
    VERBATIM)
  set(permissions)
  if(REZ_FILE_INSTALL_PERMISSIONS)
    set(permissions PERMISSIONS ${REZ_FILE_INSTALL_PERMISSIONS})
  endif()
  install(FILES ${made} DESTINATION ${destination} ${permissions})
  add_custom_target(${label} ALL DEPENDS ${made})
endfunction()
