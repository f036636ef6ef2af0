# RezInstallCMake: the module by which other packages find this one.
#
# rez_install_cmake([AUTO] DESTINATION <directory> [INCLUDE_DIRS <directory>...]
#                   [LIBRARY_DIRS <directory>...] [LIBRARIES <library>...] [DEFINITIONS <flag>...]
#                   [CUSTOM_STRING <text>] [USE_SYSTEM_INCLUDE_DIRS])
#
# Installs <package>.cmake, which rez_find_packages reads; the package has to append its directory to
# CMAKE_MODULE_PATH. Directories that are not absolute are below the package's root.
#
# AUTO stands for DESTINATION cmake, INCLUDE_DIRS include and LIBRARY_DIRS lib where they are not given,
# and without LIBRARIES it lists what is in those directories when it is installed. Then the module
# has <package>_<library>_STATIC_LIBRARY and _DYNAMIC_LIBRARY, and <package>_<library>_LIBRARY is the
# static one if <package>_USE_STATIC is set or there is no other. CUSTOM_STRING stands at the end.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezInstallCMake: include RezBuild, not this module alone.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")

cmake_policy(VERSION 3.10)

set(_REZ_INSTALL_CMAKE "${CMAKE_CURRENT_LIST_FILE}")

set(_REZ_CMAKE_NAMES DESTINATION INCLUDE_DIRS LIBRARY_DIRS LIBRARIES DEFINITIONS CUSTOM_STRING)

function(rez_install_cmake)
  parse_arguments(GIVEN "${_REZ_CMAKE_NAMES}" "USE_SYSTEM_INCLUDE_DIRS" ${ARGN})
  if(NOT GIVEN_DEFAULT_ARGS)
    _rez_needed(destination GIVEN_DESTINATION DESTINATION rez_install_cmake)
  endif()
  # the libraries are there when everything else is installed, so it is written then
  set(script "set(REZ_BUILD_ENV 1)\ninclude([==[${_REZ_INSTALL_CMAKE}]==])\n")
  foreach(name IN LISTS _REZ_CMAKE_NAMES ITEMS DEFAULT_ARGS USE_SYSTEM_INCLUDE_DIRS)
    string(APPEND script "set(GIVEN_${name} [==[${GIVEN_${name}}]==])\n")
  endforeach()
  install(CODE "${script}_rez_write_cmake([==[${REZ_BUILD_PROJECT_NAME}]==])\n")
endfunction()

# ---- at installation -----------------------------------------------------------------------------

function(_rez_write_cmake package)
  string(TOUPPER "${package}" upper)
  string(REPLACE "." "_" upper "${upper}")
  set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
  # written as it is: whoever includes the module has the variable
  set(variable "\$ENV{REZ_${upper}_ROOT}")

  if(GIVEN_DEFAULT_ARGS)
    foreach(default DESTINATION=cmake INCLUDE_DIRS=include LIBRARY_DIRS=lib)
      string(REPLACE "=" ";" default "${default}")
      list(GET default 0 name)
      list(GET default 1 value)
      if("${GIVEN_${name}}" STREQUAL "")
        set(GIVEN_${name} "${value}")
      endif()
    endforeach()
  endif()
  _rez_below("${variable}" GIVEN_INCLUDE_DIRS include_dirs)
  _rez_below("${variable}" GIVEN_LIBRARY_DIRS library_dirs)
  set(libraries "${GIVEN_LIBRARIES}")
  set(chosen)
  if(GIVEN_DEFAULT_ARGS AND "${GIVEN_LIBRARIES}" STREQUAL "")
    _rez_below("${root}" GIVEN_LIBRARY_DIRS directories)
    _rez_list_libraries("${package}" STATIC "lib;a")
    _rez_list_libraries("${package}" DYNAMIC "so;dylib;bundle")
    set(libraries ${STATIC_names} ${DYNAMIC_names})
    list(REMOVE_DUPLICATES libraries)
    if(STATIC_names AND DYNAMIC_names)
      string(CONCAT chosen "${STATIC_paths}\n${DYNAMIC_paths}\nif(${package}_USE_STATIC)\n"
                           "${STATIC_uses}else()\n${DYNAMIC_uses}endif()\n")
    elseif(STATIC_names)
      set(chosen "${STATIC_paths}\n${STATIC_uses}\n")
    elseif(DYNAMIC_names)
      set(chosen "${DYNAMIC_paths}\n${DYNAMIC_uses}\n")
    endif()
  endif()
  string(REPLACE "\"" "\\\"" definitions "${GIVEN_DEFINITIONS}")

  list(GET GIVEN_DESTINATION 0 destination)
  set(path "${root}/${destination}/${package}.cmake")
  message(STATUS "Installing: ${path}")
  string(CONCAT text
    "set(${package}_ROOT \"${variable}\")\n"
    "set(${package}_INCLUDE_DIRS \"${include_dirs}\")\n"
    "set(${package}_LIBRARY_DIRS \"${library_dirs}\")\n"
    "set(${package}_LIBRARIES \"${libraries}\")\n"
    "set(${package}_DEFINITIONS \"${definitions}\")\n\n"
    "set(${package}_USE_SYSTEM_INCLUDE_DIRS \"${GIVEN_USE_SYSTEM_INCLUDE_DIRS}\")\n\n"
    "${chosen}")
  if(NOT "${GIVEN_CUSTOM_STRING}" STREQUAL "")
    string(APPEND text "${GIVEN_CUSTOM_STRING}\n")
  endif()
  file(WRITE "${path}" "${text}")
endfunction()

# The directories of a list, those that are not absolute below another one.
function(_rez_below directory list result)
  set(found)
  foreach(item IN LISTS ${list})
    if(NOT item MATCHES "^/")
      set(item "${directory}/${item}")
    endif()
    list(APPEND found "${item}")
  endforeach()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# Sets, for the libraries in `directories` with one of these extensions, <kind>_names, and what the
# module says of them: <kind>_paths where they are, <kind>_uses that they are used.
function(_rez_list_libraries package kind extensions)
  set(names)
  set(paths)
  set(uses)
  foreach(directory IN LISTS directories)
    foreach(extension IN LISTS extensions)
      file(GLOB files "${directory}/*.${extension}")
      foreach(file IN LISTS files)
        get_filename_component(name "${file}" NAME_WE)
        string(REPLACE "${root}" "${variable}" file "${file}")
        list(APPEND names "${name}")
        string(APPEND paths "set(${package}_${name}_${kind}_LIBRARY \"${file}\")\n")
        string(APPEND uses
          "set(${package}_${name}_LIBRARY \${${package}_${name}_${kind}_LIBRARY})\n")
      endforeach()
    endforeach()
  endforeach()
  set(${kind}_names "${names}" PARENT_SCOPE)
  set(${kind}_paths "${paths}" PARENT_SCOPE)
  set(${kind}_uses "${uses}" PARENT_SCOPE)
endfunction()
