# RezRepository: source archives that lie beside the packages that are made of them.

# rez_set_archive(<variable> <path> <url>)
#
# Sets the variable to the path of an archive below $REZ_REPO_PAYLOAD_DIR. It has to be there; the url
# says where it can be had.
function(rez_set_archive variable path url)
  if(NOT DEFINED ENV{REZ_REPO_PAYLOAD_DIR})
    message(FATAL_ERROR "REZ_REPO_PAYLOAD_DIR is not set: it has to name the directory of archives.")
  endif()
  set(archive "$ENV{REZ_REPO_PAYLOAD_DIR}/${path}")
  if(NOT EXISTS "${archive}")
    message(FATAL_ERROR "No archive ${archive}: get it from ${url}")
  endif()
  set(${variable} "${archive}" PARENT_SCOPE)
endfunction()
