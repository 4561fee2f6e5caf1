/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The days of a pupil as the rule of verzuim sees them: what the school took in, but on a day of deeltijdonderwijs, schorsing or
 * crisisopvang (C14, E12: a state with geoorloofd = ja in the route of a case about this pupil, into which this school went itself)
 * nothing is ongeoorloofd. A statutory term that starts with the state is its bound: after it everything counts again.
 */
#ifndef KB_INTAKE_SCHOOL_DAYS_H
#define KB_INTAKE_SCHOOL_DAYS_H

#include "agents/runtime/act.h"
#include "common/store/attendance.h"

/*
 * As kb_attendance_get(), days in arena. subject_no: of the pupil row; 0 (nobody knows who it is): as taken in. *excused (may be NULL) is
 * raised by the days on which something became geoorloofd. Reads the cases of the subject that have such a route, whole.
 */
KB_MUST_CHECK enum kb_err kb_school_days(struct kb_act *act, uint16_t schooljaar, uint64_t pupil_no,
					 uint64_t subject_no, struct kb_arena *arena,
					 struct kb_attendance_day **days, size_t *count,
					 size_t *excused);

#endif
