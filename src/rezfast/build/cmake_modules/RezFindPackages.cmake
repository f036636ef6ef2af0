# RezFindPackages: compiler and linker flags of the packages that this one is built with.
#
# rez_find_packages([<package>...] PREFIX <prefix> [REQUIRED] [AUTO] [INCLUDE_DIRS_NO_SYSTEM])
#
# No package means all of $REZ_BUILD_REQUIRES_UNVERSIONED. Sets, from what the packages say,
#
#   <prefix>_INCLUDE_DIRS  <prefix>_SYSTEM_INCLUDE_DIRS  <prefix>_LIBRARY_DIRS  <prefix>_LIBRARIES
#   <prefix>_DEFINITIONS
#
# AUTO applies directories and definitions to what follows in this directory. REQUIRED makes it an
# error if a package says nothing. INCLUDE_DIRS_NO_SYSTEM keeps all include directories in the first of
# these variables.
#
# A package says it in one of two ways.
#
#   <package>.cmake  in a directory of $CMAKE_MODULE_PATH: a module that sets <package>_INCLUDE_DIRS,
#                    _LIBRARY_DIRS, _LIBRARIES, _DEFINITIONS, and _USE_SYSTEM_INCLUDE_DIRS if the
#                    compiler shall not warn of what it finds there. See RezInstallCMake.
#   <package>.pc     in a directory of PKG_CONFIG_PATH_LIST, which is $PKG_CONFIG_PATH if it is not set,
#                    and <package>_<component>.pc for each of <package>_COMPONENTS. If <package>_STATIC
#                    is set, static libraries are used where there are any.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezFindPackages: include RezBuild, not this module alone.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/FindStaticLibs.cmake")
include(FindPkgConfig)

cmake_policy(VERSION 3.10)

# The first of these files in one of these directories. Nothing is cached: another version of a
# package may be found the next time.
function(_rez_find_file result name)
  unset(${result} PARENT_SCOPE)
  foreach(directory IN LISTS ARGN)
    if(EXISTS "${directory}/${name}")
      set(${result} "${directory}/${name}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# What pkg-config says of a package, under the names that a module of the package would have set.
function(_rez_pkg_config package file)
  set(names ${package})
  get_filename_component(directory "${file}" PATH)
  foreach(component IN LISTS ${package}_COMPONENTS)
    if(NOT EXISTS "${directory}/${package}_${component}.pc")
      message(FATAL_ERROR "rez_find_packages: ${package} has no component ${component}: "
                          "no ${directory}/${package}_${component}.pc")
    endif()
    list(APPEND names ${package}_${component})
  endforeach()
  # the file that was found is the one that is read
  set(before "$ENV{PKG_CONFIG_PATH}")
  set(ENV{PKG_CONFIG_PATH} "${directory}:${before}")
  pkg_check_modules(_rez_pc_${package} REQUIRED ${names})
  set(ENV{PKG_CONFIG_PATH} "${before}")
  set(prefix _rez_pc_${package})
  set(libraries ${${prefix}_LIBRARIES})
  if(${package}_STATIC)
    set(prefix _rez_pc_${package}_STATIC)
    find_static_libs(${prefix}_LIBRARY_DIRS ${prefix}_LIBRARIES libraries)
  endif()
  set(${package}_LIBRARIES "${libraries}" PARENT_SCOPE)
  set(${package}_INCLUDE_DIRS "${${prefix}_INCLUDE_DIRS}" PARENT_SCOPE)
  set(${package}_LIBRARY_DIRS "${${prefix}_LIBRARY_DIRS}" PARENT_SCOPE)
  set(${package}_DEFINITIONS "${${prefix}_CFLAGS_OTHER}" PARENT_SCOPE)
endfunction()

# a macro: what a package's module sets belongs to who calls
macro(rez_find_packages)
  parse_arguments(_rez_find "PREFIX" "REQUIRED;AUTO;INCLUDE_DIRS_NO_SYSTEM" ${ARGN})
  _rez_needed(_rez_prefix _rez_find_PREFIX PREFIX rez_find_packages)
  if(NOT _rez_find_DEFAULT_ARGS)
    set(_rez_find_DEFAULT_ARGS ${REZ_BUILD_ALL_PKGS})
  endif()
  foreach(_rez_kind INCLUDE_DIRS SYSTEM_INCLUDE_DIRS LIBRARY_DIRS LIBRARIES DEFINITIONS)
    set(${_rez_prefix}_${_rez_kind})
  endforeach()
  if(NOT PKG_CONFIG_PATH_LIST)
    string(REPLACE ":" ";" PKG_CONFIG_PATH_LIST "$ENV{PKG_CONFIG_PATH}")
  endif()

  foreach(_rez_package ${_rez_find_DEFAULT_ARGS})
    _rez_find_file(_rez_file ${_rez_package}.cmake $ENV{CMAKE_MODULE_PATH})
    if(_rez_file)
      # a module may call rez_find_packages itself
      list(APPEND _rez_stack "${_rez_package}" "${_rez_prefix}" "${_rez_find_REQUIRED}"
                             "${_rez_find_AUTO}" "${_rez_find_INCLUDE_DIRS_NO_SYSTEM}")
      include("${_rez_file}")
      list(GET _rez_stack -5 _rez_package)
      list(GET _rez_stack -4 _rez_prefix)
      list(GET _rez_stack -3 _rez_find_REQUIRED)
      list(GET _rez_stack -2 _rez_find_AUTO)
      list(GET _rez_stack -1 _rez_find_INCLUDE_DIRS_NO_SYSTEM)
      list(REMOVE_AT _rez_stack -1 -2 -3 -4 -5)
      set(_rez_from "${_rez_package}.cmake")
    else()
      _rez_find_file(_rez_file ${_rez_package}.pc ${PKG_CONFIG_PATH_LIST})
      if(_rez_file)
        _rez_pkg_config(${_rez_package} "${_rez_file}")
        set(_rez_from "${_rez_package}.pc")
      elseif(_rez_find_REQUIRED)
        message(FATAL_ERROR "rez_find_packages: no ${_rez_package}.cmake on CMAKE_MODULE_PATH and no "
                            "${_rez_package}.pc on PKG_CONFIG_PATH: the package has to add its own.")
      else()
        continue()
      endif()
    endif()

    set(_rez_include ${_rez_prefix}_INCLUDE_DIRS)
    if(${_rez_package}_USE_SYSTEM_INCLUDE_DIRS AND NOT _rez_find_INCLUDE_DIRS_NO_SYSTEM)
      set(_rez_include ${_rez_prefix}_SYSTEM_INCLUDE_DIRS)
    endif()
    list(APPEND ${_rez_include} ${${_rez_package}_INCLUDE_DIRS})
    message(STATUS "rez_find_packages: ${_rez_from}")
    foreach(_rez_kind LIBRARY_DIRS LIBRARIES DEFINITIONS)
      list(APPEND ${_rez_prefix}_${_rez_kind} ${${_rez_package}_${_rez_kind}})
    endforeach()
  endforeach()

  # libraries may have to be there twice, for static ones
  if(${_rez_prefix}_DEFINITIONS)
    list(REMOVE_DUPLICATES ${_rez_prefix}_DEFINITIONS)
  endif()
  if(_rez_find_AUTO)
    include_directories(${${_rez_prefix}_INCLUDE_DIRS})
    include_directories(SYSTEM ${${_rez_prefix}_SYSTEM_INCLUDE_DIRS})
    link_directories(${${_rez_prefix}_LIBRARY_DIRS})
    # not add_definitions: these are flags of every kind
    list_to_string(_rez_flags ${_rez_prefix}_DEFINITIONS)
    string(REPLACE "\"" "\\\"" _rez_flags "${_rez_flags}")
    set(CMAKE_CXX_FLAGS "${CMAKE_CXX_FLAGS} ${_rez_flags}")
  endif()
endmacro()
