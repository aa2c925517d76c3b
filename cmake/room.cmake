# ooe_room(policy SOURCES decide.cc DEPS core LIBS PkgConfig::sodium)
# One static library per folder of src/. DEPS are rooms, LIBS are libraries of others. Tests in tests/<room>/*_test.cc
# and benches in bench/<room>/*_bench.cc become programs by themselves.
function(ooe_room name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;LIBS")
  list(TRANSFORM arg_DEPS PREPEND "ooe::")
  add_library(ooe_${name} STATIC ${arg_SOURCES})
  add_library(ooe::${name} ALIAS ooe_${name})
  target_include_directories(ooe_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(ooe_${name} PUBLIC ${arg_DEPS} ${arg_LIBS} PRIVATE ooe_flags)
  # Eight sources translated together (decision 25) are not to be inlined less than each by itself: a request took 4,000
  # instructions more.
  target_compile_options(ooe_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:--param=large-unit-insns=100000>)
  ooe_test(${name})
  ooe_bench(${name})
endfunction()

function(ooe_test room)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${room}/*_test.cc"
       "${PROJECT_SOURCE_DIR}/tests/${room}/*_fixture.cc")
  if(NOT sources OR OOE_FUZZ)
    return()
  endif()
  add_executable(${room}_test ${sources})
  target_include_directories(${room}_test PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${room}_test PRIVATE OOE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # Half of a test's translation is optimising code that runs once.
  target_compile_options(${room}_test PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
  target_link_libraries(${room}_test PRIVATE ooe::${room} ooe_flags GTest::gmock_main)
  set(seconds_max 400)
  if(OOE_SANITIZE)
    set(seconds_max 1800)
  endif()
  gtest_discover_tests(${room}_test TEST_PREFIX "${room}." DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${room} TIMEOUT ${seconds_max})
endfunction()

function(ooe_bench room)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/${room}/*_bench.cc")
  if(NOT sources OR OOE_FUZZ)
    return()
  endif()
  add_executable(${room}_bench ${sources})
  target_link_libraries(${room}_bench PRIVATE ooe::${room} ooe_flags benchmark::benchmark_main)
endfunction()

# ooe_fuzz(outcome_file dataset): fuzz/outcome_file_fuzz.cc. With OOE_FUZZ (clang) it is a libFuzzer program;
# otherwise a test that replays fuzz/corpus/outcome_file.
function(ooe_fuzz name room)
  add_executable(${name}_fuzz "${PROJECT_SOURCE_DIR}/fuzz/${name}_fuzz.cc")
  target_link_libraries(${name}_fuzz PRIVATE ooe::${room} ooe_flags)
  if(OOE_FUZZ)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name}_fuzz PRIVATE "${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc")
    file(GLOB inputs CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}/*")
    add_test(NAME fuzz.${name}_replay COMMAND ${name}_fuzz ${inputs})
    set_tests_properties(fuzz.${name}_replay PROPERTIES LABELS fuzz)
  endif()
endfunction()
