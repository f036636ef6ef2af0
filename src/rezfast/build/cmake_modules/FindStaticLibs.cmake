# FindStaticLibs: static libraries in place of shared ones.

cmake_policy(VERSION 3.10)

# find_static_libs(<directories variable> <libraries variable> <result>)
#
# The libraries, `.a` added to the name of each that has a static one in a directory. Libraries are
# names, as pkg-config gives them: `foo` for -lfoo.
function(find_static_libs directories libraries result)
  set(found)
  foreach(library IN LISTS ${libraries})
    set(suffix)
    foreach(directory IN LISTS ${directories})
      if(EXISTS "${directory}/lib${library}.a")
        set(suffix .a)
      endif()
    endforeach()
    list(APPEND found "${library}${suffix}")
  endforeach()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
