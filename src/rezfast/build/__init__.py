"""How source trees are built.

process.py         build processes: all variants of a package, each in its own environment
payload.py         where a payload is made, and what becomes of it when that fails
together.py        variants that are built in no time, and get their definition in one step
guard.py           what is undone when a build is killed
system.py          what every build system is, and what every build's environment holds
systems.py         the build systems there are, and which can build a source tree
programs.py        what the build systems that run programs have in common
custom.py          `build_command`
cmake.py           cmake, and what builds after it
make.py            a Makefile
python.py          a pyproject.toml or a setup.py
environment.py     the script `build-env`; enter.py is what it calls
arguments.py       parse_build_args.py: arguments that a package declares for its own build
command.py         `build_command`, and what its braces stand for
cmake_modules/     what a CMakeLists.txt may include
variant_paths.py   where a variant is built and installed, and short links to hashed variants
package_test.py    a package's tests, run in environments of their own; package_test_results.py
                   has what came of them
install_tests.py   the tests that decide whether what was built is installed
"""
