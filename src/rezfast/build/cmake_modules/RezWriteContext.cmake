# A script for RezInstallContext: resolves the requests in the file REQUESTS, a line each, and writes
# FILE.rxt, FILE.dot and FILE, with the text of the file END at its end.

function(run output)
  execute_process(COMMAND rezfast ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text)
  if(NOT status EQUAL 0)
    string(REPLACE ";" " " words "${ARGN}")
    message(FATAL_ERROR "rezfast ${words}: failed (${status})")
  endif()
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

file(STRINGS "${REQUESTS}" requests)
get_filename_component(directory "${FILE}" PATH)
file(MAKE_DIRECTORY "${directory}")
run(ignored env --output "${FILE}.rxt" ${requests})
run(graph context --print-graph "${FILE}.rxt")
run(script context --interpret --format bash "${FILE}.rxt")
file(READ "${END}" end)
file(WRITE "${FILE}.dot" "${graph}")
file(WRITE "${FILE}" "${script}\n${end}")
