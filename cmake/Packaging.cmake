# What `cmake --install` puts where, and the Debian package of it (`cpack` in the build directory, scripts/package).
include(GNUInstallDirs)

install(TARGETS sipmsg-relay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sipmsg/web)
install(FILES ${CMAKE_SOURCE_DIR}/docs/sipmsg-relay.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES ${CMAKE_SOURCE_DIR}/docs/operating.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md
              ${CMAKE_SOURCE_DIR}/packaging/debian/copyright
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/sipmsg-relay)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/sipmsg-relay.service DESTINATION lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/relay.json DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/sipmsg)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sipmsg-relay)
set(CPACK_PACKAGE_VENDOR "sipmsg")
set(CPACK_PACKAGE_CONTACT "the authors of sipmsg <sipmsg@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "SIP relay for messages and calls")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Registrar, proxy, mailbox and web server between web browsers, SIP phones\n and other domains: for instant messages (RFC 3428), calls and all of SIP.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers, procps")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(control ${CMAKE_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${control}/conffiles ${control}/postinst ${control}/prerm ${control}/postrm)
include(CPack)
