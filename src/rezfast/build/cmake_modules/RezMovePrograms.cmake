# A script for RezPipInstall: moves what is in the directory FROM, if there is any, to TO.

file(MAKE_DIRECTORY "${TO}")
file(GLOB programs "${FROM}/*")
foreach(program IN LISTS programs)
  get_filename_component(name "${program}" NAME)
  file(RENAME "${program}" "${TO}/${name}")
endforeach()
file(REMOVE_RECURSE "${FROM}")
