"""How source trees are built.

systems.py         build systems: which can build a source tree, and their command line arguments
arguments.py       parse_build_args.py: arguments that a package declares for its own build
command.py         `build_command`, and what its braces stand for
cmake.py           the command lines of cmake and of what builds after it
cmake_modules/     what a CMakeLists.txt may include
variant_paths.py   where a variant is built and installed, and short links to hashed variants
"""
