# What is compiled to WebAssembly. The preset says -Oz. em++ forbids inlining at -Os and -Oz, where even a one-line accessor
# then is a call: allowing it made the module 6 % smaller and its parser about twice as fast.
add_compile_options(-finline-functions -flto)

# standalone_module(NAME LIBRARY SOURCES...): a module that exports what its sources name and comes without generated
# JavaScript (docs/adr/0002-wasm-without-glue.md). emmalloc is the smallest allocator that reuses memory.
function(standalone_module name library)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX ".wasm")
  target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
  target_link_libraries(${name} PRIVATE ${library} sipmsg_warnings)
  target_link_options(${name} PRIVATE --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sFILESYSTEM=0 -sMALLOC=emmalloc
                      -Oz -flto)
endfunction()
