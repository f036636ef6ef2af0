# InstallFiles: files with the directories that they lie in.
#
# rez_install_files(<file>... [RELATIVE <directory>] DESTINATION <directory> [EXECUTABLE]
#                   [LOCAL_SYMLINK])
#
# RELATIVE is the part of their path that is left out:
#
#   rez_install_files(data/a data/b/c DESTINATION .)                  data/a, data/b/c
#   rez_install_files(data/a data/b/c RELATIVE data DESTINATION int)  int/a, int/b/c
#
# EXECUTABLE makes them read-only and executable. LOCAL_SYMLINK makes links to the sources, so that a
# change is seen without a build; a central build copies all the same.

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")

cmake_policy(VERSION 3.10)

# get_target_filepath(<file> <relative> <destination> <result>): where a file is installed.
function(get_target_filepath file relative destination result)
  get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  get_filename_component(base "${relative}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  file(RELATIVE_PATH rest "${base}" "${path}")
  set(${result} "${destination}/${rest}" PARENT_SCOPE)
endfunction()

function(install_files_)
  parse_arguments(GIVEN "DESTINATION;RELATIVE" "EXECUTABLE;LOCAL_SYMLINK" ${ARGN})
  _rez_needed(file GIVEN_DEFAULT_ARGS "a file" rez_install_files)
  _rez_needed(destination GIVEN_DESTINATION DESTINATION rez_install_files)
  _rez_first(relative GIVEN_RELATIVE)
  if("${relative}" STREQUAL "")
    set(relative .)
  endif()
  set(permissions ${REZ_FILE_INSTALL_PERMISSIONS})
  if(GIVEN_EXECUTABLE)
    set(permissions ${REZ_EXECUTABLE_FILE_INSTALL_PERMISSIONS})
  endif()
  if(permissions)
    set(permissions PERMISSIONS ${permissions})
  endif()
  foreach(file IN LISTS GIVEN_DEFAULT_ARGS)
    get_target_filepath("${file}" "${relative}" "${destination}" target)
    if(REZ_BUILD_TYPE STREQUAL "central" OR NOT GIVEN_LOCAL_SYMLINK)
      get_filename_component(directory "${target}" PATH)
      install(FILES "${file}" DESTINATION "${directory}" ${permissions})
    else()
      get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
      _rez_install_link("${path}" "${target}")
    endif()
  endforeach()
endfunction()

macro(rez_install_files)
  install_files_(${ARGV})
endmacro()
