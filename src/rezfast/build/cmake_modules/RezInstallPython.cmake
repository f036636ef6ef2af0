# RezInstallPython: Python files, compiled by the python that the package is built with.
#
# rez_install_python(<label> FILES <file>... [RELATIVE <directory>] DESTINATION <directory>
#                    [LOCAL_SYMLINK])
#
# As install_python in InstallPython. A package `python` has to be among the requirements.

if(NOT REZ_BUILD_ENV)
  message(FATAL_ERROR "RezInstallPython: include RezBuild first.")
endif()

include("${CMAKE_CURRENT_LIST_DIR}/Utils.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/InstallPython.cmake")

macro(rez_install_python)
  list_contains(_rez_has_python python ${REZ_BUILD_ALL_PKGS})
  if(NOT _rez_has_python)
    list_to_string(_rez_packages REZ_BUILD_ALL_PKGS)
    message(FATAL_ERROR "rez_install_python: no python among the packages that this is built with"
                        " (${_rez_packages} ): add it to requires or build_requires.")
  endif()
  install_python(${ARGV} BIN python)
endmacro()
