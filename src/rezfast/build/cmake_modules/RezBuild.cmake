# RezBuild: what a CMakeLists.txt of a package includes first.
#
#   cmake_minimum_required(VERSION 3.10)
#   include(RezBuild)
#
# It names the project after the package, offers the functions of the modules below, and sets
#
#   REZ_BUILD_ENV                the mark of a build's environment
#   REZ_BUILD_PROJECT_NAME       the package
#   REZ_BUILD_PROJECT_VERSION    its version
#   REZ_BUILD_ALL_PKGS           the packages that were asked for to build it, without versions
#   <PKG>_VERSION                for the package and for each of those, in capitals, and
#   <PKG>_MAJOR_VERSION          its first three parts, 0 for one that is not there:
#   <PKG>_MINOR_VERSION
#   <PKG>_PATCH_VERSION
#
# `cmake` sets REZ_BUILD_TYPE (local, central) and REZ_BUILD_INSTALL (0, 1).

cmake_policy(VERSION 3.10)

foreach(_rez_name REZ_BUILD_ENV REZ_BUILD_PROJECT_NAME REZ_BUILD_PROJECT_VERSION)
  if(NOT DEFINED ENV{${_rez_name}})
    message(FATAL_ERROR "${_rez_name} is not set: build this project with rezfast build, or from "
                        "the environment that its build-env script enters.")
  endif()
  set(${_rez_name} "$ENV{${_rez_name}}")
endforeach()

set(REZ_BUILD_ALL_PKGS "$ENV{REZ_BUILD_REQUIRES_UNVERSIONED}")
separate_arguments(REZ_BUILD_ALL_PKGS)

# the versions of what is built with, then of what is built: that one wins
foreach(_rez_package IN LISTS REZ_BUILD_ALL_PKGS REZ_BUILD_PROJECT_NAME)
  string(TOUPPER "${_rez_package}" _rez_name)
  # a variable of the environment has no dots in its name
  string(REPLACE "." "_" _rez_variable "REZ_${_rez_name}_VERSION")
  if(_rez_package STREQUAL REZ_BUILD_PROJECT_NAME AND NOT REZ_BUILD_PROJECT_VERSION STREQUAL "")
    set(${_rez_name}_VERSION "${REZ_BUILD_PROJECT_VERSION}")
  else()
    set(${_rez_name}_VERSION "$ENV{${_rez_variable}}")
  endif()
  if(NOT "${${_rez_name}_VERSION}" STREQUAL "")
    string(REPLACE "." ";" _rez_parts "${${_rez_name}_VERSION}.0.0")
    list(GET _rez_parts 0 ${_rez_name}_MAJOR_VERSION)
    list(GET _rez_parts 1 ${_rez_name}_MINOR_VERSION)
    list(GET _rez_parts 2 ${_rez_name}_PATCH_VERSION)
  endif()
endforeach()
unset(_rez_parts)
unset(_rez_variable)

# the neighbours of this file, whatever a package has under the same name
foreach(_rez_name Colorize Utils RezProject InstallFiles InstallDirs RezInstallCMake RezFindPackages
                  RezInstallPython)
  include("${CMAKE_CURRENT_LIST_DIR}/${_rez_name}.cmake")
endforeach()
unset(_rez_name)

# a project may set REZ_FILE_INSTALL_PERMISSIONS before it includes this; else they are CMake's
set(REZ_EXECUTABLE_FILE_INSTALL_PERMISSIONS
    ${REZ_FILE_INSTALL_PERMISSIONS} OWNER_READ OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
    WORLD_EXECUTE)

rez_project()

if(COVERAGE)
  add_definitions(-pg -fprofile-arcs -ftest-coverage)
  set_global_linker_cxx_flags(-fprofile-arcs)
endif()

# rez_package_in_use(<package> <result>): TRUE if the variant is built with that package.
macro(rez_package_in_use package result)
  list_contains(${result} ${package} ${REZ_BUILD_ALL_PKGS})
endmacro()
