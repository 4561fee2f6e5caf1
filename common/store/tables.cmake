# SPDX-License-Identifier: EUPL-1.2
# The tables of an agent, on top of the core.
target_sources(kb_store PRIVATE
	access.c agent_store.c attendance.c case_items.c case_records.c case_texts.c cases.c chain.c chunks.c consent.c
	deadlines.c edges_in.c edges_out.c epochs.c gaps.c held.c lookups.c mandates.c meldingen.c meta.c outbox.c
	outbox_next.c parties.c profiles.c pupils.c receipts_out.c record.c reviews.c row_cache.c rows.c school_years.c
	sealed_row.c seen.c sent.c step.c store_check.c subject_links.c subjects.c users.c witnesses.c)
target_link_libraries(kb_store PUBLIC kb_exchange)
