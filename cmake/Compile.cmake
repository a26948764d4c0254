# How every target of the tree is compiled: C++20, warnings as errors, optional sanitizers.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

add_library(sipmsg_warnings INTERFACE)
target_compile_options(sipmsg_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# GCC 12 warns wrongly about operator+(const char*, std::string&&) when it optimises: GCC bug 105651.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(sipmsg_warnings INTERFACE -Wno-restrict)
endif()

if(SIPMSG_SANITIZE)
  add_compile_options(-fsanitize=${SIPMSG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIPMSG_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    # It links a program under a sanitizer, of which there are thirty, in a third of the time that ld takes.
    add_link_options(-fuse-ld=lld)
  endif()
endif()

# optimised_a_little(TARGET): what the simulator runs for minutes runs seven times as fast under the sanitizers for twice the
# compile time. The rest of a sanitized build stays as it is written.
function(optimised_a_little name)
  if(SIPMSG_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL Debug)
    target_compile_options(${name} PRIVATE -O1)
  endif()
endfunction()

# libFuzzer sees only what is instrumented: the libraries, too, or it searches blindly.
if(SIPMSG_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# compiled_at_once(TARGET): a dozen of its sources are one compilation (docs/adr/0008-a-dozen-sources-at-once.md), but with
# SIPMSG_UNITY off, as in the dev preset: there a change compiles its own file alone.
option(SIPMSG_UNITY "Compile a dozen sources at once" ON)
function(compiled_at_once name)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${SIPMSG_UNITY} UNITY_BUILD_BATCH_SIZE 12)
endfunction()

# sipmsg_library(NAME FOLDER LINKS...): a static library of every source in FOLDER, linked to the targets to its left.
function(sipmsg_library name folder)
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARGN})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  compiled_at_once(${name})
  target_link_libraries(${name} PUBLIC ${ARGN} PRIVATE sipmsg_warnings)
endfunction()
