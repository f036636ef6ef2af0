# RezInstallDoxygen: documentation, made by doxygen.
#
# rez_install_doxygen(<label> FILES <file>... DESTINATION <directory> [DOXYFILE <file>]
#                     [DOXYDIR <directory>] [IMAGEPATH <directory>] [FORCE] [DOXYPY]
#                     [USE_TAGFILES] [GENERATE_TAGFILE])
#
# The target <label> runs doxygen with DOXYFILE, by default $REZ_BUILD_DOXYFILE, and the package's name,
# version and description. What it writes to DOXYDIR (default: html) is installed below DESTINATION in
# a central build, with FORCE in every build.
#
# IMAGEPATH is where images are, below the source tree. DOXYPY reads docstrings by way of doxypy.py of
# the package `doxypy`. GENERATE_TAGFILE writes <package>.tag, which is installed too; USE_TAGFILES takes
# those in $DOXYGEN_TAGFILES into account.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezInstallDoxygen: include RezBuild first.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")

cmake_policy(VERSION 3.10)

find_program(DOXYGEN_EXECUTABLE doxygen)
if(DOXYGEN_EXECUTABLE)
  set(DOXYGEN_FOUND TRUE)
endif()

function(rez_install_doxygen)
  if(NOT DOXYGEN_EXECUTABLE)
    message(WARNING "rez_install_doxygen: no program doxygen, so there will be no documentation.")
    return()
  endif()
  parse_arguments(GIVEN "FILES;DESTINATION;DOXYFILE;DOXYDIR;IMAGEPATH"
                  "FORCE;DOXYPY;USE_TAGFILES;GENERATE_TAGFILE" ${ARGN})
  _rez_needed(label GIVEN_DEFAULT_ARGS "a label" rez_install_doxygen)
  _rez_needed(destination GIVEN_DESTINATION DESTINATION rez_install_doxygen)
  _rez_needed(file GIVEN_FILES FILES rez_install_doxygen)
  _rez_first(doxyfile GIVEN_DOXYFILE)
  if("${doxyfile}" STREQUAL "")
    set(doxyfile "$ENV{REZ_BUILD_DOXYFILE}")
  endif()
  get_filename_component(doxyfile "${doxyfile}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  _rez_first(doxydir GIVEN_DOXYDIR)
  if("${doxydir}" STREQUAL "")
    set(doxydir html)
  endif()

  set(directory "${CMAKE_CURRENT_BINARY_DIR}/${destination}")
  set(tagfile "${REZ_BUILD_PROJECT_NAME}.tag")
  _rez_doxyfile_text(text)
  # doxygen takes the last of several values, and reads this after the file with the others
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${label}.doxyfile" "${text}")
  file(MAKE_DIRECTORY "${directory}")
  add_custom_command(
    OUTPUT "${directory}/Doxyfile"
    COMMAND ${CMAKE_COMMAND} -E copy "${CMAKE_CURRENT_BINARY_DIR}/${label}.doxyfile"
            "${directory}/Doxyfile"
    DEPENDS "${doxyfile}" "${CMAKE_CURRENT_BINARY_DIR}/${label}.doxyfile"
    VERBATIM)
  add_custom_target(${label}
    COMMAND "${DOXYGEN_EXECUTABLE}"
    DEPENDS "${directory}/Doxyfile"
    WORKING_DIRECTORY "${directory}"
    COMMENT "Making the documentation in ${directory}/${doxydir}"
    VERBATIM)

  if(REZ_BUILD_TYPE STREQUAL "central" OR GIVEN_FORCE)
    add_custom_target(_install_${label} ALL DEPENDS ${label})
    install(DIRECTORY "${directory}/${doxydir}" DESTINATION ${destination})
    if(GIVEN_GENERATE_TAGFILE)
      install(FILES "${directory}/${tagfile}" DESTINATION ${destination})
    endif()
  endif()
endfunction()

# The Doxyfile of a call of rez_install_doxygen, whose variables it uses.
function(_rez_doxyfile_text result)
  string(REPLACE "\n" " " description "$ENV{REZ_BUILD_PROJECT_DESCRIPTION}")
  string(REPLACE "\"" "'" description "${description}")
  set(inputs)
  foreach(file IN LISTS GIVEN_FILES)
    get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    string(APPEND inputs " \"${path}\"")
  endforeach()
  string(CONCAT text
    "@INCLUDE = \"${doxyfile}\"\n"
    "PROJECT_NAME = \"${REZ_BUILD_PROJECT_NAME}\"\n"
    "PROJECT_NUMBER = \"${REZ_BUILD_PROJECT_VERSION}\"\n"
    "PROJECT_BRIEF = \"${description}\"\n"
    "INPUT =${inputs}\n"
    "STRIP_FROM_PATH = \"${CMAKE_SOURCE_DIR}\"\n")
  _rez_first(images GIVEN_IMAGEPATH)
  if(NOT "${images}" STREQUAL "")
    string(APPEND text "IMAGE_PATH = \"${CMAKE_SOURCE_DIR}/${images}\"\n")
  endif()
  if(GIVEN_DOXYPY)
    set(filter "$ENV{REZ_DOXYPY_ROOT}/doxypy.py")
    if(NOT EXISTS "${filter}")
      message(FATAL_ERROR "rez_install_doxygen: no doxypy.py in $REZ_DOXYPY_ROOT: DOXYPY needs a "
                          "package doxypy, in private_build_requires.")
    endif()
    string(APPEND text "FILTER_SOURCE_FILES = YES\nINPUT_FILTER = \"python ${filter}\"\n"
                       "OPTIMIZE_OUTPUT_JAVA = YES\nEXTRACT_ALL = YES\n")
  endif()
  if(GIVEN_USE_TAGFILES)
    string(APPEND text "TAGFILES += $(DOXYGEN_TAGFILES)\n")
  endif()
  if(GIVEN_GENERATE_TAGFILE)
    string(APPEND text "GENERATE_TAGFILE = ${tagfile}\n")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()
