# Fails unless PROGRAM prints exactly what stands in PAGE.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE made RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}")
endif()
file(READ ${PAGE} kept)
if(NOT made STREQUAL kept)
  message(FATAL_ERROR "${PAGE} is not current: cmake --build BUILD --target update_pages")
endif()
