# Installs BUILD into an empty folder and uses what is there as another project would: through find_package and
# through pkg-config. Each program must build; rules must run.
set(stage ${BUILD}/install-test)
set(prefix ${stage}/prefix)
file(REMOVE_RECURSE ${stage})

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nended with ${code}\n${out}")
  endif()
endfunction()

set(sources ${SOURCE}/tests/consumer/rules.cc)
foreach(example open seal)
  if(EXISTS ${SOURCE}/examples/${example}.cc)
    list(APPEND sources ${SOURCE}/examples/${example}.cc)
  endif()
endforeach()

foreach(component lib dev tools)
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} --component ${component})
endforeach()

# A list would be taken apart on its way.
list(JOIN sources " " sources)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/consumer -B ${stage}/build -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${TYPE}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${prefix} "-DSOURCES=${sources}")
run(${CMAKE_COMMAND} --build ${stage}/build)
run(${stage}/build/rules)

# The examples close a mail and open it again.
set(people ${SOURCE}/tests/data/x509)
foreach(name alice ec)
  set(identity "")
  foreach(part ${name}.key.pem ${name}.pem intermediate.pem)
    file(READ ${people}/${part} pem)
    string(APPEND identity "${pem}")
  endforeach()
  file(WRITE ${stage}/${name}.pem "${identity}")
endforeach()
file(WRITE ${stage}/letter.eml "From: alice@example.org\nTo: ec@example.org\nSubject: A letter\n\nHello\n")
execute_process(COMMAND ${stage}/build/seal ${stage}/letter.eml ${stage}/alice.pem ${people}/ec.pem
                OUTPUT_FILE ${stage}/sealed.eml RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "examples/seal.cc ended with ${code}")
endif()
execute_process(COMMAND ${stage}/build/open ${stage}/sealed.eml ${stage}/ec.pem ${people}/root.pem
                OUTPUT_VARIABLE opened RESULT_VARIABLE code)
if(NOT code EQUAL 0 OR NOT opened MATCHES "^valid.*Subject: A letter.*Hello")
  message(FATAL_ERROR "examples/open.cc ended with ${code}: ${opened}")
endif()

# The program finds its profiles where it is installed (GNUInstallDirs: bin, share).
execute_process(COMMAND ${prefix}/bin/bulla doctor --profiles OUTPUT_VARIABLE profiles RESULT_VARIABLE code)
if(NOT code EQUAL 0 OR NOT profiles MATCHES "edi-energy: ")
  message(FATAL_ERROR "bulla doctor --profiles ended with ${code}: ${profiles}")
endif()

# --define-prefix: the file names the prefix of the build, and the package lies elsewhere.
set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
execute_process(COMMAND pkg-config --define-variable=prefix=${prefix} --define-variable=libdir=${prefix}/${LIBDIR}
                        --define-variable=includedir=${prefix}/include --cflags --libs bulla
                RESULT_VARIABLE code OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "pkg-config does not find bulla")
endif()
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${CXX} -std=c++20 ${SOURCE}/tests/consumer/rules.cc -o ${stage}/rules-by-pkg-config ${flags}
    -Wl,-rpath,${prefix}/${LIBDIR})
run(${stage}/rules-by-pkg-config)
message("installed, found and used")
