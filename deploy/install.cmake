# SPDX-License-Identifier: EUPL-1.2
# What `cmake --install` puts where; included at the end of the top CMakeLists.txt. Paths are those of Debian.
include(GNUInstallDirs)

set(KB_UNIT_DIR lib/systemd/system CACHE STRING "Folder of the systemd units, below the prefix")

foreach(name ketenbode-broker ketenbode-school ketenbode-swv ketenbode-gemeente ketenbode-jeugdhulp ketenbode-vo)
	if(TARGET ${name})
		install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
	endif()
endforeach()
if(TARGET ketenbode)
	install(TARGETS ketenbode RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

if(TARGET ketenbode-oso)
	install(TARGETS ketenbode-oso RUNTIME DESTINATION libexec/ketenbode)
endif()

set(deploy ${CMAKE_CURRENT_LIST_DIR})
foreach(section 1 5 7 8)
	file(GLOB pages ${deploy}/man/*.${section})
	install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
install(DIRECTORY ${deploy}/systemd/ DESTINATION ${KB_UNIT_DIR}
	FILES_MATCHING PATTERN "*.service" PATTERN "*.timer" PATTERN "*.d" EXCLUDE)
install(DIRECTORY ${deploy}/systemd/sysusers.d/ DESTINATION lib/sysusers.d)
install(DIRECTORY ${deploy}/systemd/tmpfiles.d/ DESTINATION lib/tmpfiles.d)
install(DIRECTORY ${deploy}/profiles DESTINATION ${CMAKE_INSTALL_DATADIR}/ketenbode)
install(DIRECTORY ${deploy}/brieven DESTINATION ${CMAKE_INSTALL_DATADIR}/ketenbode)
install(DIRECTORY ${deploy}/config DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${deploy}/completion/ketenbode DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${deploy}/operations.md ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
