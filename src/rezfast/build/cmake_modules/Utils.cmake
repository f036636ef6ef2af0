# Utils: lists, and arguments with names.

cmake_policy(VERSION 3.10)

# list_to_string(<result> <list variable>): the items, a space before each.
function(list_to_string result list)
  set(text)
  foreach(item IN LISTS ${list})
    string(APPEND text " ${item}")
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# list_contains(<result> <value> [<item>...]): TRUE if the value is one of the items, else unset.
function(list_contains result value)
  set(items ${ARGN})
  if(value IN_LIST items)
    set(${result} TRUE PARENT_SCOPE)
  else()
    unset(${result} PARENT_SCOPE)
  endif()
endfunction()

# list_remove_regex(<list variable> <regex>): drops the items that match.
function(list_remove_regex list regex)
  set(kept)
  foreach(item IN LISTS ${list})
    if(NOT item MATCHES "${regex}")
      list(APPEND kept "${item}")
    endif()
  endforeach()
  set(${list} "${kept}" PARENT_SCOPE)
endfunction()

# car(<result> [<item>...]): the first item.
function(car result)
  set(items ${ARGN})
  _rez_first(first items)
  set(${result} "${first}" PARENT_SCOPE)
endfunction()

# cdr(<result> <item> [<item>...]): the items but the first.
function(cdr result first)
  set(${result} "${ARGN}" PARENT_SCOPE)
endfunction()

# parse_arguments(<prefix> "<name>;..." "<option>;..." [<argument>...])
#
# Sets <prefix>_<name> to the arguments between that name and the next one, <prefix>_<option> to TRUE
# or FALSE, and <prefix>_DEFAULT_ARGS to the arguments before the first name.
function(parse_arguments prefix names options)
  # a function sees its caller's variables: none of those is meant
  foreach(name IN LISTS names ITEMS DEFAULT_ARGS)
    set(values_${name})
  endforeach()
  set(name DEFAULT_ARGS)
  foreach(option IN LISTS options)
    set(${prefix}_${option} FALSE PARENT_SCOPE)
  endforeach()
  foreach(argument IN LISTS ARGN)
    if(argument IN_LIST names)
      # a name that is there twice: the last one counts
      set(name "${argument}")
      set(values_${name})
    elseif(argument IN_LIST options)
      set(${prefix}_${argument} TRUE PARENT_SCOPE)
    else()
      list(APPEND values_${name} "${argument}")
    endif()
  endforeach()
  foreach(name IN LISTS names ITEMS DEFAULT_ARGS)
    set(${prefix}_${name} ${values_${name}} PARENT_SCOPE)
  endforeach()
endfunction()

# set_global_linker_cxx_flags(<flag>...): flags that every target is linked with.
function(set_global_linker_cxx_flags)
  set(flags ${ARGN})
  list_to_string(text flags)
  foreach(kind EXE SHARED MODULE)
    set(CMAKE_${kind}_LINKER_FLAGS "${CMAKE_${kind}_LINKER_FLAGS} ${text}" PARENT_SCOPE)
  endforeach()
endfunction()

# ---- for the neighbours of this file -------------------------------------------------------------

# The first item of a list, or nothing.
function(_rez_first result list)
  set(first)
  foreach(item IN LISTS ${list})
    set(first "${item}")
    break()
  endforeach()
  set(${result} "${first}" PARENT_SCOPE)
endfunction()

# The first item of a list that has to have one.
function(_rez_needed result list what function)
  _rez_first(first ${list})
  if("${first}" STREQUAL "")
    message(FATAL_ERROR "${function}: ${what} is missing")
  endif()
  set(${result} "${first}" PARENT_SCOPE)
endfunction()

# At installation, a link <destination> below the prefix that leads to a file or directory.
function(_rez_install_link target destination)
  install(CODE "
    string(CONCAT _rez_link \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/\" [==[${destination}]==])
    get_filename_component(_rez_directory \"\${_rez_link}\" PATH)
    message(STATUS \"Linking: \${_rez_link}\")
    file(MAKE_DIRECTORY \"\${_rez_directory}\")
    execute_process(
      COMMAND \"\${CMAKE_COMMAND}\" -E create_symlink [==[${target}]==] \"\${_rez_link}\"
      RESULT_VARIABLE _rez_failed)
    if(_rez_failed)
      message(FATAL_ERROR \"cannot make the link \${_rez_link}: remove what is there\")
    endif()
  ")
endfunction()
