# SPDX-License-Identifier: EUPL-1.2
# Tests of an agent's tables; one program per table file.
foreach(table agent_store cases chain deadlines mandates outbox parties profiles pupils record reviews seen subjects users)
	kb_test(test_store_${table} SOURCES test_${table}.c store_fixture.c LINK kb_store LABELS unit)
endforeach()
# No test: prints what the tables cost per message (tests/bench measures the whole path).
add_executable(bench_store_tables EXCLUDE_FROM_ALL bench_tables.c)
target_link_libraries(bench_store_tables PRIVATE kb_store kb_flags)
