"""How source trees are built.

systems.py         build systems: which can build a source tree, and their command line arguments
arguments.py       parse_build_args.py: arguments that a package declares for its own build
command.py         `build_command`, and what its braces stand for
cmake.py           the command lines of cmake and of what builds after it
cmake_modules/     what a CMakeLists.txt may include
variant_paths.py   where a variant is built and installed, and short links to hashed variants
package_test.py    a package's tests, run in environments of their own; package_test_results.py
                   has what came of them
install_tests.py   the tests that decide whether what was built is installed
"""
