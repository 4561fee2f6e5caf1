/* SPDX-License-Identifier: EUPL-1.2 */
/* One school, two gemeenten and data sets made of a few words. */
#include "tests/unit/attendance/attendance_fixture.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "agents/gemeente/gemeente.h"
#include "agents/school/school.h"
#include "common/base/file.h"
#include "common/exchange/date.h"
#include "common/exchange/identifiers.h"

#define USER "Ans"

static void
start(struct fixture *f, struct lb_party *party, const struct kb_role *role)
{
	party->role = *role;
	party->profile = &f->profile;
	lb_start(party);
	cr_assert_eq(lb_ask(party, "", "user add", ARGS("naam", USER, "functie", "proef"), NULL),
		     0);
}

static void
read_profile(struct fixture *f)
{
	struct kb_faults faults = { 0 };
	enum kb_err err =
		kb_profile_open(KB_TEST_SOURCE "/deploy/profiles/demo", &faults, &f->profile);

	cr_assert_eq(err, KB_OK, "%s", kb_faults_text(&faults));
	kb_faults_release(&faults);
}

void
fixture_open(struct fixture *f)
{
	*f = (struct fixture){ .year = 2025 };
	read_profile(f);
	lb_open(&f->world);
	f->school = lb_add(&f->world, KB_PARTY_SCHOOL, NULL);
	f->gemeente = lb_add(&f->world, KB_PARTY_GEMEENTE, "0114");
	f->other = lb_add(&f->world, KB_PARTY_GEMEENTE, "0106");
	f->other->enrolled = false;
	lb_publish_register(&f->world);
	start(f, f->school, &kb_role_school);
	start(f, f->gemeente, &kb_role_gemeente);
	(void)snprintf(f->set, sizeof(f->set), "%.90s/set", f->world.folder);
	cr_assert_eq(mkdir(f->set, 0700), 0);
	fixture_no_pupils(f);
	lb_settle(&f->world);
}

void
fixture_close(struct fixture *f)
{
	kb_buf_release(&f->answer);
	kb_buf_release(&f->leerlingen);
	kb_buf_release(&f->personen);
	kb_buf_release(&f->verzuim);
	kb_arena_release(&f->arena);
	lb_close(&f->world);
	kb_profile_release(&f->profile);
}

void
fixture_no_days(struct fixture *f)
{
	kb_buf_clear(&f->verzuim);
	LB_OK(kb_buf_put_text(
		&f->verzuim,
		"leerling;datum;minuten_rooster;minuten_geoorloofd;minuten_ongeoorloofd\n"));
}

void
fixture_no_pupils(struct fixture *f)
{
	kb_buf_clear(&f->leerlingen);
	kb_buf_clear(&f->personen);
	f->last_pgn = 0;
	LB_OK(kb_buf_put_text(&f->leerlingen, "leerling;geboortedatum;gemeentecode;leerjaar\n"));
	LB_OK(kb_buf_put_text(&f->personen,
			      "leerling;pgn;voornaam;tussenvoegsel;achternaam;adres;postcode;"
			      "woonplaats;adresgeheim;contactpersoon;telefoon\n"));
	fixture_no_days(f);
}

/* The next number that starts with 999 and passes the elfproef. */
static void
next_pgn(struct fixture *f, char out[KB_PGN_CHARS + 1])
{
	char text[16];

	do {
		f->last_pgn = f->last_pgn != 0 ? f->last_pgn + 1 : 999000000;
		(void)snprintf(text, sizeof(text), "%u", f->last_pgn);
	} while (kb_pgn_parse(kb_span_text(text), out) != KB_OK);
}

void
fixture_pupil(struct fixture *f, const char *leerling, const char *gemeentecode, bool secret)
{
	char pgn[KB_PGN_CHARS + 1];

	next_pgn(f, pgn);
	LB_OK(kb_buf_putf(&f->leerlingen, "%s;%u-09-15;%s;6\n", leerling, f->year - 10,
			  gemeentecode));
	LB_OK(kb_buf_putf(&f->personen,
			  "%s;%s;Voornaam%s;van;Achternaam;Geheimestraat 1;9999 ZZ;Dorp;%s;M. "
			  "Mentor;0000000000\n",
			  leerling, pgn, leerling, secret ? "ja" : "nee"));
}

void
fixture_day(struct fixture *f, const char *leerling, const char *date, unsigned ongeoorloofd,
	    unsigned geoorloofd)
{
	LB_OK(kb_buf_putf(&f->verzuim, "%s;%s;300;%u;%u\n", leerling, date, geoorloofd,
			  ongeoorloofd));
}

void
fixture_week(struct fixture *f, const char *leerling, const char *monday)
{
	int32_t day = 0;

	LB_OK(kb_date_parse(kb_span_text(monday), &day));
	for (int32_t i = 0; i < 4; i++) {
		char date[KB_DATE_TEXT];

		kb_date_format(day + i, date);
		fixture_day(f, leerling, date, 300, 0);
	}
}

static void
write_file(const char *folder, const char *name, struct kb_span content)
{
	char path[2 * LB_PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	LB_OK(kb_file_replace(path, 0600, content, NULL));
}

void
fixture_write(struct fixture *f, const char *folder)
{
	char calendar[512];
	char path[2 * LB_PATH];

	(void)snprintf(calendar, sizeof(calendar),
		       "van;tot;soort;omschrijving\n%u-08-01;%u-08-17;vakantie;zomer\n"
		       "%u-04-06;%u-04-06;feestdag;tweede paasdag\n"
		       "%u-07-04;%u-07-31;vakantie;zomer\n",
		       f->year, f->year, f->year + 1, f->year + 1, f->year + 1, f->year + 1);
	write_file(folder, "kalender.csv", kb_span_text(calendar));
	write_file(folder, "leerlingen.csv", kb_buf_span(&f->leerlingen));
	write_file(folder, "verzuim.csv", kb_buf_span(&f->verzuim));
	(void)snprintf(path, sizeof(path), "%s/personen.csv", folder);
	(void)remove(path);
	if (!f->without_personen) {
		write_file(folder, "personen.csv", kb_buf_span(&f->personen));
	}
}

int
fixture_import(struct fixture *f, const char *const *extra)
{
	const char *arguments[12] = { "map", f->set };

	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++) {
		arguments[i + 2] = extra[i];
	}
	fixture_write(f, f->set);
	return fixture_ask(f, f->school, "verzuim import", arguments);
}

int
fixture_ask(struct fixture *f, struct lb_party *party, const char *verb,
	    const char *const *arguments)
{
	int exit_code = 0;

	kb_buf_clear(&f->answer);
	exit_code = lb_ask(party, USER, verb, arguments, &f->answer);
	lb_settle(&f->world);
	return exit_code;
}

bool
fixture_said(const struct fixture *f, const char *text)
{
	return f->answer.len > 0 && strstr((const char *)f->answer.at, text) != NULL;
}

size_t
fixture_meldingen(struct fixture *f, struct lb_party *party, struct kb_melding_row **rows)
{
	struct kb_melding_row row = { 0 };
	struct kb_step *step = NULL;
	size_t count = 0;
	enum kb_err err = KB_OK;

	*rows = kb_arena_alloc(&f->arena, 256 * sizeof(**rows));
	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (err == KB_OK) {
		err = kb_melding_next(step, false, false, &f->arena, &row);
		if (err == KB_OK) {
			cr_assert_lt(count, 256);
			(*rows)[count++] = row;
		}
	}
	cr_assert_eq(err, KB_ERR_NOT_FOUND);
	kb_step_abort(&step);
	return count;
}

struct kb_melding_row
fixture_only(struct fixture *f, struct lb_party *party)
{
	struct kb_melding_row *rows = NULL;
	size_t count = fixture_meldingen(f, party, &rows);

	cr_assert_eq(count, 1, "%zu meldingen", count);
	return rows[0];
}

size_t
fixture_standing(struct fixture *f, struct lb_party *party)
{
	struct kb_melding_row *rows = NULL;
	size_t count = fixture_meldingen(f, party, &rows);
	size_t standing = 0;

	for (size_t i = 0; i < count; i++) {
		standing += (rows[i].flags & KB_MELDING_INGETROKKEN) == 0;
	}
	return standing;
}

size_t
fixture_cases(struct fixture *f, struct lb_party *party)
{
	struct kb_case row = { .case_no = 0 };
	struct kb_step *step = NULL;
	size_t count = 0;

	(void)f;
	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	while (kb_case_next(step, row.case_no, &row) == KB_OK) {
		count++;
	}
	kb_step_abort(&step);
	return count;
}

struct kb_case
fixture_case(struct lb_party *party, uint64_t case_no)
{
	struct kb_step *step = NULL;
	struct kb_case row;

	LB_OK(kb_step_begin(kb_agent_store(party->agent), KB_STEP_READ, &step));
	LB_OK(kb_case_get(step, case_no, &row));
	kb_step_abort(&step);
	return row;
}

const char *
fixture_state(struct fixture *f, struct lb_party *party, uint64_t case_no)
{
	struct kb_case row = fixture_case(party, case_no);

	return row.route_no != 0
		       ? f->profile.routes[row.route_no - 1].states[row.route_state - 1].name
		       : "";
}

struct sending {
	struct fixture_message *message;
	struct kb_party_id to;
};

static enum kb_err
send_act(struct kb_act *act, void *arg)
{
	struct sending *sending = arg;
	struct fixture_message *message = sending->message;
	struct kb_case row = { .kind = KB_CASE_KIND_VERZUIM,
			       .desk = KB_DESK_SCHOOL,
			       .schooljaar = 2025 };
	struct kb_outgoing outgoing = { .recipient = sending->to,
					.kind = message->kind,
					.case_no = message->case_no,
					.content = message->content };
	enum kb_err err = KB_OK;

	if (message->case_no == 0) {
		err = kb_party_take(act->step, &sending->to, &row.counterparty_no);
		if (err == KB_OK) {
			err = kb_act_case_open(act, &row);
		}
		outgoing.case_no = row.case_no;
	}
	return err == KB_OK ? kb_act_send(act, &outgoing, NULL) : err;
}

static void
send_done(struct kb_agent *agent, enum kb_err err, void *arg)
{
	struct sending *sending = arg;

	(void)agent;
	sending->message->ok = err == KB_OK;
}

void
fixture_send(struct fixture *f, struct lb_party *from, struct lb_party *to,
	     struct fixture_message *message)
{
	struct sending sending = { .message = message, .to = to->identity.self };

	/* The first time the sender has to ask who the recipient is. */
	for (unsigned i = 0; i < 3 && !message->ok; i++) {
		LB_OK(kb_agent_run(from->agent, 0, send_act, send_done, &sending));
		lb_settle(&f->world);
	}
}
