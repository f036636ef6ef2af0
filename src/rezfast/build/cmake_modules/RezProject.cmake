# RezProject: names the project after the package.

# rez_project(): project(<package>), unless the CMakeLists.txt has called project() itself. Without
# such a call CMake has made a project "Project" and looked for the compilers of C and C++.
macro(rez_project)
  if(NOT PROJECT_NAME OR PROJECT_NAME STREQUAL "Project")
    project(${REZ_BUILD_PROJECT_NAME} NONE)
  endif()
endmacro()
