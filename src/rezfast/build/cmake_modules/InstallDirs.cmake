# InstallDirs: whole directories.
#
# rez_install_dirs(<directory>... DESTINATION <directory> [EXECUTABLE] [LOCAL_SYMLINK])
#
# EXECUTABLE and LOCAL_SYMLINK are as in InstallFiles; a link leads to the whole directory. What lies
# in a directory `.svn` is left out.

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")

cmake_policy(VERSION 3.10)

function(install_dirs_)
  parse_arguments(GIVEN "DESTINATION" "EXECUTABLE;LOCAL_SYMLINK" ${ARGN})
  _rez_needed(directory GIVEN_DEFAULT_ARGS "a directory" rez_install_dirs)
  _rez_needed(destination GIVEN_DESTINATION DESTINATION rez_install_dirs)
  set(permissions ${REZ_FILE_INSTALL_PERMISSIONS})
  if(GIVEN_EXECUTABLE)
    set(permissions ${REZ_EXECUTABLE_FILE_INSTALL_PERMISSIONS})
  endif()
  if(permissions)
    set(permissions FILE_PERMISSIONS ${permissions})
  endif()
  if(REZ_BUILD_TYPE STREQUAL "central" OR NOT GIVEN_LOCAL_SYMLINK)
    install(DIRECTORY ${GIVEN_DEFAULT_ARGS} DESTINATION ${destination} ${permissions}
            PATTERN .svn EXCLUDE)
    return()
  endif()
  foreach(directory IN LISTS GIVEN_DEFAULT_ARGS)
    get_filename_component(path "${directory}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    get_filename_component(name "${path}" NAME)
    _rez_install_link("${path}" "${destination}/${name}")
  endforeach()
endfunction()

macro(rez_install_dirs)
  install_dirs_(${ARGV})
endmacro()
