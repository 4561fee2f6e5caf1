/* SPDX-License-Identifier: EUPL-1.2 */
/* The paper route to parents: the row, the file, the verbs, the guard and what doctor says of it. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "agents/runtime/agent_internal.h"
#include "agents/runtime/letter_file.h"
#include "common/base/file.h"
#include "common/daemon/profile.h"
#include "common/exchange/date.h"
#include "common/store/record.h"
#include "tests/unit/runtime/exchange_fixture.h"

#define USER "T. Voorbeeld"
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static struct fixture at;
static struct kb_profile profile = { .name = "Voorbeeldregio & omstreken" };
static char number[24];
static char page_path[LB_PATH + 32];

static void
set_up_agent(void)
{
	at.school->agent->settings.letters = KB_SOURCE_DIR "/deploy/brieven";
	at.school->agent->profile = &profile;
}

static void
open_both(void)
{
	const char *add[] = { "naam", USER, "functie", "intern begeleider", "account", "0", NULL };

	fixture_open(&at);
	set_up_agent();
	cr_assert_eq(lb_ask(at.school, "", "user add", add, NULL), 0);
	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)at.school_case);
	(void)snprintf(page_path, sizeof(page_path), "%s/brief.html", at.school->folder);
}

static void
close_both(void)
{
	fixture_close(&at);
}

/* brief make afschrift; the exit code. said may be NULL. */
static int
make_afschrift(const char *path, const char *veld, struct kb_buf *said)
{
	const char *arguments[] = {
		"zaak", number,	    "soort", "afschrift",
		"aan",	"Mw. Test", "adres", "Dorpsstraat 1\n1234 AB Voorbeeld\n",
		"uit",	path,	    "veld",  veld,
		NULL
	};

	return lb_ask(at.school, USER, "brief make", arguments, said);
}

#define GOOD                                                                                       \
	"leerling=Noor\nbereikbaar=bel 000\nadvies_van=CvA\nadvies_datum=2026-03-02\n"             \
	"advies=Regel een\nadvies=<script>\n"

static int
hand_over(const char *brief, const char *date, const char *way)
{
	const char *arguments[] = { "zaak",  number, "brief",	  brief,      "datum", date,
				    "wijze", way,    "ontvanger", "Mw. Test", NULL };

	return lb_ask(at.school, USER, "brief gegeven", arguments, NULL);
}

static void
today(char out[KB_DATE_TEXT])
{
	kb_date_format(kb_date_local_day(at.world.fake.utc_ms), out);
}

struct guard {
	bool handed;
	enum kb_err err;
};

static enum kb_err
guard_act(struct kb_act *act, void *arg)
{
	struct guard *guard = arg;

	guard->err = kb_letter_is_handed(act, at.school_case, KB_LETTER_AFSCHRIFT, &guard->handed);
	return guard->err;
}

static bool
is_handed(void)
{
	struct guard guard = { .err = KB_ERR_INTERNAL };

	LB_OK(kb_agent_run(at.school->agent, 0, guard_act, NULL, &guard));
	lb_settle(&at.world);
	cr_assert_eq(guard.err, KB_OK);
	return guard.handed;
}

static size_t
files_in_folder(void)
{
	DIR *entries = opendir(at.school->folder);
	const struct dirent *entry = NULL;
	size_t count = 0;

	cr_assert_not_null(entries);
	while ((entry = readdir(entries)) != NULL) {
		count += strstr(entry->d_name, "html") != NULL;
	}
	(void)closedir(entries);
	return count;
}

static uint64_t
open_longer_than_a_week(void)
{
	struct kb_step *step = NULL;
	uint64_t count = 0;

	LB_OK(kb_step_begin(kb_agent_store(at.school->agent), KB_STEP_READ, &step));
	LB_OK(kb_letter_watch_count(&at.school->agent->letters, step,
				    at.world.fake.utc_ms - KB_LETTER_OPEN_MAX_MS, &count));
	kb_step_abort(&step);
	return count;
}

TestSuite(letters_desk, .init = open_both, .fini = close_both);

Test(letters_row, comes_back_as_it_was_stored)
{
	const struct kb_letter_row letter = { .kind = KB_LETTER_ZIENSWIJZE,
					      .name = kb_span_text("Mw. Test"),
					      .address = kb_span_text("A\nB"),
					      .language = kb_span_text("Pools"),
					      .page = { { 1, 2, 3 } },
					      .state = KB_LETTER_GEGEVEN,
					      .closed_utc_ms = 5,
					      .closed_by_no = 6,
					      .handed_day = 20000,
					      .way = KB_LETTER_WAY_AAN_TAFEL,
					      .text = kb_span_text("moeder") };
	struct kb_letter_row back = { .case_no = 7, .letter_no = 8 };
	struct kb_buf payload = { 0 };

	cr_assert_eq(kb_letter_encode(&letter, &payload), KB_OK);
	cr_assert_eq(kb_letter_decode(kb_buf_span(&payload), &back), KB_OK);
	cr_assert_eq(back.case_no, 7, "the place of the row is not the payload's");
	cr_assert_eq(back.letter_no, 8);
	cr_assert_eq(back.kind, KB_LETTER_ZIENSWIJZE);
	cr_assert(kb_span_equal(back.name, letter.name));
	cr_assert(kb_span_equal(back.address, letter.address));
	cr_assert(kb_span_equal(back.language, letter.language));
	cr_assert_eq(memcmp(&back.page, &letter.page, sizeof(back.page)), 0);
	cr_assert_eq(back.state, KB_LETTER_GEGEVEN);
	cr_assert_eq(back.closed_utc_ms, 5);
	cr_assert_eq(back.closed_by_no, 6);
	cr_assert_eq(back.handed_day, 20000);
	cr_assert_eq(back.way, KB_LETTER_WAY_AAN_TAFEL);
	cr_assert(kb_span_equal(back.text, letter.text));
	for (size_t len = 0; len < payload.len; len++) {
		cr_assert_eq(kb_letter_decode(kb_span(payload.at, len), &back), KB_ERR_CORRUPT,
			     "%zu bytes passed", len);
	}
	kb_buf_release(&payload);
}

/* An open letter that was handed over, or a handed one without a day, is nobody's truth. */
Test(letters_row, that_contradicts_itself_is_damage)
{
	const struct kb_letter_row good = { .kind = KB_LETTER_MELDING,
					    .state = KB_LETTER_OPEN,
					    .handed_day = KB_DAY_NONE };
	struct kb_letter_row bad[7];

	for (size_t i = 0; i < 7; i++) {
		bad[i] = good;
	}
	bad[0].way = KB_LETTER_WAY_POST;
	bad[1].handed_day = 20000;
	bad[2].closed_utc_ms = 1;
	bad[3].state = KB_LETTER_GEGEVEN;
	bad[4].kind = (enum kb_letter_kind)KB_LETTER_KIND_COUNT;
	bad[5].state = (enum kb_letter_state)9;
	bad[6].kind = KB_LETTER_NONE;
	for (size_t i = 0; i <= 7; i++) {
		struct kb_letter_row back = { .case_no = 0 };
		struct kb_buf payload = { 0 };

		cr_assert_eq(kb_letter_encode(i < 7 ? &bad[i] : &good, &payload), KB_OK);
		cr_assert_eq(kb_letter_decode(kb_buf_span(&payload), &back),
			     i < 7 ? KB_ERR_CORRUPT : KB_OK, "row %zu", i);
		kb_buf_release(&payload);
	}
}

Test(letters_desk, a_letter_is_open_until_it_is_logged_that_the_parents_have_it)
{
	const char *show[] = { "zaak", number, NULL };
	struct kb_buf text = { 0 };
	struct stat info;
	char date[KB_DATE_TEXT];
	unsigned acts = fixture_records(at.school, KB_RECORD_CASE_ACT);

	cr_assert_not(is_handed());
	cr_assert_eq(make_afschrift(page_path, GOOD, &text), 0, "%s", (const char *)text.at);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_PRINT), 1);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_CASE_ACT), acts + 1);
	cr_assert_eq(stat(page_path, &info), 0);
	cr_assert_eq(info.st_mode & 07777, 0600);
	cr_assert_not(is_handed());
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, USER, "case show", show, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "|1|afschrift van een advies|Mw. Test|"));
	today(date);
	cr_assert_eq(hand_over("1", "2001-01-01", "per post"), 65, "before it was made");
	cr_assert_eq(hand_over("1", "2199-01-01", "per post"), 65, "not yet");
	cr_assert_eq(hand_over("1", date, "per duif"), 65);
	cr_assert_eq(hand_over("2", date, "per post"), 65);
	cr_assert_not(is_handed());
	cr_assert_eq(hand_over("1", date, "per post"), 0);
	cr_assert(is_handed());
	cr_assert_eq(hand_over("1", date, "per post"), 65, "once");
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, USER, "case show", show, &text), 0);
	cr_assert_null(strstr((const char *)text.at, "afschrift van een advies"));
	text.len = 0;
	cr_assert_eq(lb_ask(at.school, USER, "brief list", show, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "gegeven|"));
	cr_assert_not_null(strstr((const char *)text.at, "|per post|Mw. Test|" USER));
	kb_buf_release(&text);
	fixture_verify(at.school);
}

Test(letters_desk, every_letter_of_a_kind_must_be_handed_over_or_void)
{
	const char *drop[] = { "zaak", number, "brief", "2", "reden", "verkeerd adres", NULL };
	char date[KB_DATE_TEXT];
	char second[LB_PATH + 32];

	(void)snprintf(second, sizeof(second), "%s/tweede.html", at.school->folder);
	today(date);
	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 0);
	cr_assert_eq(hand_over("1", date, "aan tafel"), 0);
	cr_assert_eq(make_afschrift(second, GOOD, NULL), 0);
	cr_assert_not(is_handed(), "the second parent has nothing yet");
	cr_assert_eq(lb_ask(at.school, USER, "brief vervallen", drop, NULL), 0);
	cr_assert(is_handed());
	cr_assert_eq(lb_ask(at.school, USER, "brief vervallen", drop, NULL), 65);
}

Test(letters_desk, the_page_holds_what_agent_and_user_know_and_nothing_gets_out)
{
	struct kb_buf page = { 0 };
	char kenmerk[48];
	const char *text = NULL;

	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 0);
	cr_assert_eq(kb_file_read(page_path, KB_TEMPLATE_PAGE_MAX, &page, NULL), KB_OK);
	text = kb_buf_text(&page);
	cr_assert_not_null(strstr(text, "Voorbeeldregio &amp; omstreken"));
	cr_assert_not_null(strstr(text, "Mw. Test<br>\nDorpsstraat 1<br>\n1234 AB Voorbeeld\n"));
	cr_assert_not_null(strstr(text, USER "<br>intern begeleider"));
	cr_assert_not_null(strstr(text, "2 maart 2026"));
	cr_assert_not_null(strstr(text, "Regel een<br>\n&lt;script&gt;"));
	cr_assert_not_null(strstr(text, "<title>Afschrift Z"));
	cr_assert_null(strstr(text, "<script"));
	cr_assert_null(strstr(text, "{{"));
	(void)snprintf(kenmerk, sizeof(kenmerk), "<dd>Z%s-B1</dd>", number);
	cr_assert_not_null(strstr(text, kenmerk));
	kb_buf_release(&page);
}

Test(letters_desk, what_is_missing_unknown_or_wrong_is_named_and_nothing_is_stored)
{
	static const struct {
		const char *veld;
		const char *said;
	} wrong[] = {
		{ "leerling=Noor\nbereikbaar=x\nadvies=y\nadvies_van=z",
		  "'advies_datum' ontbreekt" },
		{ GOOD "onzin=1", "'veld' kent 'onzin' niet" },
		{ GOOD "kenmerk=Z9", "'veld' kent 'kenmerk' niet" },
		{ GOOD "advies_van=nog een", "'advies_van' staat er twee keer" },
		{ GOOD "zonder is-teken", "naam=waarde" },
		{ GOOD "vervolg=", "'vervolg' is leeg" },
		{ "leerling=N\nbereikbaar=x\nadvies=y\nadvies_van=z\nadvies_datum=2 maart",
		  "'advies_datum' moet een bestaande datum zijn" },
	};

	const char *unknown[] = { "zaak", "999", "soort",   "afschrift", "aan", "M", "adres",
				  "A",	  "uit", page_path, "veld",	 GOOD,	NULL };
	const char *kind[] = { "zaak",	number, "soort", "rekening", "aan", "M",
			       "adres", "A",	"uit",	 page_path,  NULL };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct kb_buf text = { 0 };

		cr_assert_eq(make_afschrift(page_path, wrong[i].veld, &text), 65, "%zu", i);
		cr_assert_not_null(strstr((const char *)text.at, wrong[i].said), "%s",
				   (const char *)text.at);
		kb_buf_release(&text);
	}
	cr_assert_eq(lb_ask(at.school, USER, "brief make", unknown, NULL), 77);
	cr_assert_eq(lb_ask(at.school, USER, "brief make", kind, NULL), 65);
	at.school->agent->profile = NULL;
	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 78, "a letter names its region");
	set_up_agent();
	at.school->agent->settings.letters = "/nonexistent";
	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 65);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_PRINT), 0);
	cr_assert_eq(files_in_folder(), 0);
}

Test(letters_desk, a_file_is_never_overwritten_and_a_bad_place_stores_nothing)
{
	char path[LB_PATH + 64];
	struct kb_buf content = { 0 };

	cr_assert_eq(kb_file_replace(page_path, 0600, kb_span_text("van iemand"), NULL), KB_OK);
	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 65);
	cr_assert_eq(kb_file_read(page_path, 64, &content, NULL), KB_OK);
	cr_assert_str_eq(kb_buf_text(&content), "van iemand");
	kb_buf_release(&content);
	(void)snprintf(path, sizeof(path), "%s/link.html", at.school->folder);
	cr_assert_eq(symlink("/nonexistent/x", path), 0);
	cr_assert_eq(make_afschrift(path, GOOD, NULL), 65);
	(void)snprintf(path, sizeof(path), "%s/brief.mdb", at.school->folder);
	cr_assert_eq(make_afschrift(path, GOOD, NULL), 65);
	(void)snprintf(path, sizeof(path), "%s/.html", at.school->folder);
	cr_assert_eq(make_afschrift(path, GOOD, NULL), 65);
	(void)snprintf(path, sizeof(path), "%s/geen/brief.html", at.school->folder);
	cr_assert_eq(make_afschrift(path, GOOD, NULL), 65);
	cr_assert_eq(fixture_records(at.school, KB_RECORD_PRINT), 0);
	cr_assert_eq(files_in_folder(), 2, "only what was there");
}

/* ---- between the commit and the name ---- */

struct heard {
	bool done;
	int exit_code;
};

static void
hear(void *state, struct kb_span bytes, bool last)
{
	struct heard *heard = state;
	struct kb_arena arena = { 0 };
	struct kb_desk_answer answer;

	LB_OK(kb_desk_answer_decode(bytes, &arena, &answer));
	heard->exit_code = (int)answer.exit_code;
	heard->done = last;
	kb_arena_release(&arena);
}

/* Asks for a letter and runs until it is committed, no further. */
static void
make_up_to_the_commit(struct heard *heard)
{
	struct kb_desk_client client = { .uid = 0, .answer = hear, .state = heard };
	struct kb_desk_field fields[] = {
		{ kb_span_text("zaak"), kb_span_text(number) },
		{ kb_span_text("soort"), kb_span_text("afschrift") },
		{ kb_span_text("aan"), kb_span_text("Mw. Test") },
		{ kb_span_text("adres"), kb_span_text("A") },
		{ kb_span_text("uit"), kb_span_text(page_path) },
		{ kb_span_text("veld"), kb_span_text(GOOD) },
	};
	struct kb_desk_request request = { .version = 1,
					   .user = kb_span_text(USER),
					   .verb = kb_span_text("brief make"),
					   .arguments = fields,
					   .argument_count = 6 };
	struct kb_buf bytes = { 0 };

	LB_OK(kb_desk_request_encode(&request, &bytes));
	kb_agent_desk_request(at.school->agent, &client, kb_buf_span(&bytes));
	kb_buf_release(&bytes);
	for (unsigned i = 0; i < 10 && fixture_records(at.school, KB_RECORD_PRINT) == 0; i++) {
		(void)kb_agent_round(at.school->agent);
	}
	cr_assert_eq(fixture_records(at.school, KB_RECORD_PRINT), 1);
	cr_assert_not(heard->done);
	cr_assert_eq(files_in_folder(), 0, "no name before the commit");
}

Test(letters_desk, a_page_that_cannot_get_its_name_makes_the_letter_void)
{
	const char *list[] = { "zaak", number, NULL };
	struct heard heard = { .done = false };
	struct kb_buf text = { 0 };

	make_up_to_the_commit(&heard);
	cr_assert_eq(kb_file_replace(page_path, 0600, kb_span_text("eerder"), NULL), KB_OK);
	for (unsigned i = 0; i < 10 && !heard.done; i++) {
		(void)kb_agent_round(at.school->agent);
	}
	cr_assert(heard.done);
	cr_assert_eq(heard.exit_code, 65);
	cr_assert_eq(lb_ask(at.school, USER, "brief list", list, &text), 0);
	cr_assert_not_null(strstr((const char *)text.at, "|vervallen|"));
	cr_assert_not_null(strstr((const char *)text.at, "de pagina kon niet"));
	kb_buf_release(&text);
}

Test(letters_desk, who_asked_and_went_away_still_gets_the_page_of_what_was_logged)
{
	struct heard heard = { .done = false };

	make_up_to_the_commit(&heard);
	kb_agent_desk_gone(at.school->agent, &heard);
	lb_settle(&at.world);
	cr_assert_eq(files_in_folder(), 1);
	cr_assert_not(heard.done, "nobody listens any more");
}

Test(letters_desk, doctor_counts_letters_that_are_open_for_more_than_a_week)
{
	char date[KB_DATE_TEXT];
	struct kb_buf text = { 0 };

	cr_assert_eq(make_afschrift(page_path, GOOD, NULL), 0);
	at.world.fake.utc_ms += 7 * DAY_MS - 60000;
	cr_assert_eq(open_longer_than_a_week(), 0);
	at.world.fake.utc_ms += 2 * 60000;
	cr_assert_eq(open_longer_than_a_week(), 1);
	lb_stop(at.school);
	lb_start(at.school);
	set_up_agent();
	lb_settle(&at.world);
	cr_assert_eq(open_longer_than_a_week(), 1, "also after a start");
	cr_assert_eq(lb_ask(at.school, "", "doctor", NULL, &text), 75, "%s", (const char *)text.at);
	cr_assert_not_null(strstr((const char *)text.at, "1 brieven aan ouders"));
	cr_assert_null(strstr((const char *)text.at, "Test"), "a number, no name");
	today(date);
	cr_assert_eq(hand_over("1", date, "meegegeven"), 0);
	cr_assert_eq(open_longer_than_a_week(), 0);
	kb_buf_release(&text);
}

Test(letters_desk, the_overview_tells_what_went_where_and_who_looked)
{
	const char *show[] = { "zaak", number, NULL };
	const char *arguments[] = { "zaak",    number,	"soort",
				    "inzage",  "aan",	"Mw. Test",
				    "adres",   "A",	"uit",
				    page_path, "veld",	"leerling=Noor\nbereikbaar=bel 000",
				    "taal",    "Pools", NULL };
	struct kb_buf page = { 0 };
	const char *text = NULL;

	cr_assert_eq(lb_ask(at.school, USER, "brief make", arguments, NULL), 0);
	cr_assert_eq(kb_file_read(page_path, KB_TEMPLATE_PAGE_MAX, &page, NULL), KB_OK);
	cr_assert_not_null(strstr(kb_buf_text(&page), "niets gedeeld met anderen"));
	cr_assert_not_null(strstr(kb_buf_text(&page), "uitleggen in het Pools"));
	kb_buf_release(&page);
	cr_assert_eq(unlink(page_path), 0);
	cr_assert_eq(fixture_send(&at, 1), KB_OK);
	lb_settle(&at.world);
	cr_assert_eq(lb_ask(at.school, USER, "case show", show, NULL), 0);
	cr_assert_eq(lb_ask(at.school, USER, "brief make", arguments, NULL), 0);
	cr_assert_eq(kb_file_read(page_path, KB_TEMPLATE_PAGE_MAX, &page, NULL), KB_OK);
	text = kb_buf_text(&page);
	cr_assert_not_null(strstr(text, "<td>aanvulling van de school</td><td>verstuurd aan</td>"));
	cr_assert_not_null(strstr(text, "<td>opgeslagen"));
	cr_assert_not_null(
		strstr(text, "<td>" USER "</td><td>intern begeleider</td><td>bekeken</td>"));
	cr_assert_not_null(strstr(text, "<td>brief gemaakt</td>"), "the first overview");
	cr_assert_null(strstr(text, "niets gedeeld"));
	kb_buf_release(&page);
}
