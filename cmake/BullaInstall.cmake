# What is installed, in three components: lib (the shared library), dev (headers, package files, the archive) and
# tools (programs and their manual pages).
include(CMakePackageConfigHelpers)

install(TARGETS bulla bulla-net EXPORT bullaTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT lib NAMELINK_COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/bulla DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN "*.h")

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bulla)
install(EXPORT bullaTargets NAMESPACE bulla:: DESTINATION ${config_dir} COMPONENT dev)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/bullaConfig.cmake.in ${CMAKE_BINARY_DIR}/bullaConfig.cmake
                              INSTALL_DESTINATION ${config_dir})
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/bullaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/bullaConfig.cmake ${CMAKE_BINARY_DIR}/bullaConfigVersion.cmake
        DESTINATION ${config_dir} COMPONENT dev)

# Whoever links the archive names what it uses, itself: pkg-config --static would add what libcrypto's own archive
# needs, which Debian 13's libssl-dev does not depend on.
if(BUILD_SHARED_LIBS)
  set(BULLA_PC_PRIVATE .private)
else()
  set(BULLA_PC_ARCHIVE_LIBS " -lstdc++")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/bulla.pc.in ${CMAKE_BINARY_DIR}/bulla.pc @ONLY)
configure_file(${CMAKE_CURRENT_LIST_DIR}/bulla-net.pc.in ${CMAKE_BINARY_DIR}/bulla-net.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/bulla.pc ${CMAKE_BINARY_DIR}/bulla-net.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
