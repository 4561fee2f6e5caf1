/* SPDX-License-Identifier: EUPL-1.2 */
/* What the business rules look at. None says a value of the dossier. */
#include "agents/intake/oso/categories.h"
#include "agents/intake/oso/rules.h"
#include "common/exchange/identifiers.h"

#define SECRET_PHONE "9999999999"
#define SECRET_MAIL "geheim@geheim.geheim"

static xmlNode *
at_path(const struct kb_oso_view *view, const char *path)
{
	xmlNode *node = NULL;
	char whole[128];

	if (path[0] == '/') {
		return kb_oso_find(view->doc, path + 1);
	}
	(void)snprintf(whole, sizeof(whole), "huidigeschool/leerling/%s", path);
	node = kb_oso_find(view->doc, whole);
	return node;
}

static void
say(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const xmlNode *node)
{
	kb_oso_say(view->report, rule->name, node, rule->text);
}

static bool
is_empty(const xmlNode *node)
{
	return node == NULL || (kb_oso_child(node, NULL) == NULL && kb_oso_text(node).len == 0);
}

/* Where something is missing: the nearest element that is there. */
static const xmlNode *
nearest(const struct kb_oso_view *view, const char *path)
{
	return path[0] == '/' || view->leerling == NULL ? xmlDocGetRootElement(view->doc)
							: view->leerling;
}

void
kb_oso_needs(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (is_empty(at_path(view, rule->path))) {
		say(view, rule, nearest(view, rule->path));
	}
}

void
kb_oso_forbids(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	xmlNode *node = at_path(view, rule->path);

	if (node != NULL) {
		say(view, rule, node);
	}
}

void
kb_oso_needs_true(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *node = at_path(view, rule->path);

	if (at_path(view, "/inzage") != NULL && !kb_oso_is_true(node)) {
		say(view, rule, node != NULL ? node : at_path(view, "/inzage"));
	}
}

/* After inzage its day and what the parents thought of it must be there (OVa.IZ03, IZ04). */
void
kb_oso_needs_if_seen(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (kb_oso_is_true(at_path(view, "/inzage/inzage")) &&
	    is_empty(at_path(view, rule->path))) {
		say(view, rule, at_path(view, "/inzage"));
	}
}

/* path holds the element; the words are those of codelijst 37. */
void
kb_oso_akkoord_words(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *node = at_path(view, rule->path);

	if (node != NULL && !kb_oso_is(node, "Ja") && !kb_oso_is(node, "Nee") &&
	    !kb_oso_is(node, "Onbekend")) {
		say(view, rule, node);
	}
}

void
kb_oso_needs_number(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (is_empty(at_path(view, "bsn")) && is_empty(at_path(view, "onderwijsnummer"))) {
		say(view, rule, nearest(view, ""));
	}
}

/* Each in its own element: there it is known which of the two it must be. What is written with eight digits would come out changed. */
void
kb_oso_elfproef(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	static const struct {
		const char *element;
		bool (*ok)(struct kb_span text);
	} numbers[] = { { "bsn", kb_bsn_ok }, { "onderwijsnummer", kb_onderwijsnummer_ok } };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const xmlNode *node = at_path(view, numbers[i].element);

		if (node != NULL && !numbers[i].ok(kb_oso_text(node))) {
			say(view, rule, node);
		}
	}
}

void
kb_oso_secret_forbids(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (kb_oso_is_true(at_path(view, "adresgeheim"))) {
		kb_oso_forbids(view, rule);
	}
}

void
kb_oso_needs_address(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (!kb_oso_is_true(at_path(view, "adresgeheim")) &&
	    is_empty(at_path(view, "adreslijst/adres")) &&
	    is_empty(at_path(view, "adresbuitenland"))) {
		say(view, rule, nearest(view, ""));
	}
}

/* What the parents keep back, or what may not be there, is not asked for. */
static bool
may_be_asked(const struct kb_oso_view *view, enum kb_oso_category category)
{
	const xmlNode *mark = kb_oso_child(at_path(view, "/metadata/categorie_uitlevering"),
					   kb_oso_category(category)->element);

	return !kb_oso_is(mark, "OPT-UIT") && !kb_oso_is(mark, "VERBODEN");
}

void
kb_oso_needs_liable(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (may_be_asked(view, KB_OSO_OUDERSVERZORGERS)) {
		kb_oso_needs(view, rule);
	}
}

void
kb_oso_needs_institution(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *liable = at_path(view, "verzorgersaansprakelijk");

	if (!is_empty(liable) && !kb_oso_is_true(liable) &&
	    may_be_asked(view, KB_OSO_OUDERSVERZORGERS) && is_empty(at_path(view, rule->path))) {
		say(view, rule, liable);
	}
}

/* A secret number or address is replaced by the constant that says so (facts D2). */
static void
check_reach(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const xmlNode *at)
{
	bool mail = kb_oso_is(kb_oso_child(at, "soort"), "e-mail");

	if (kb_oso_is_true(kb_oso_child(at, "geheim")) &&
	    !kb_oso_is(kb_oso_child(at, "nummer"), mail ? SECRET_MAIL : SECRET_PHONE)) {
		say(view, rule, at);
	}
}

static bool
is_verzorger(const struct kb_oso_view *view, const xmlNode *node)
{
	return node->parent == view->leerling && strcmp(kb_oso_name(node), "verzorger") == 0;
}

/* Every communicatie below node. What the verzorgers have is said by a rule of its own. */
static void
each_reach(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const xmlNode *node)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		if (strcmp(kb_oso_name(at), "communicatie") == 0) {
			check_reach(view, rule, at);
		} else if (!is_verzorger(view, at)) {
			each_reach(view, rule, at);
		}
	}
}

/* Of whom it is does not matter: the child, its huisarts, the institution that is liable, who took a test. */
void
kb_oso_secret_reach(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_reach(view, rule, xmlDocGetRootElement(view->doc));
}

void
kb_oso_verzorger_reach(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	for (const xmlNode *at = kb_oso_child(view->leerling, "verzorger"); at != NULL;
	     at = kb_oso_next(at, "verzorger")) {
		each_reach(view, rule, at);
	}
}

static void
each_secret_person(const struct kb_oso_view *view, const struct kb_oso_rule *rule,
		   const xmlNode *node)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		const xmlNode *address = kb_oso_child(at, "adreslijst");

		if (address != NULL && at != view->leerling && !is_verzorger(view, at) &&
		    kb_oso_is_true(kb_oso_child(at, "adresgeheim"))) {
			say(view, rule, address);
		}
		each_secret_person(view, rule, at);
	}
}

/* Every person of the set may have a secret address; the child and the verzorgers have rules of their own. */
void
kb_oso_secret_person(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_secret_person(view, rule, xmlDocGetRootElement(view->doc));
}

void
kb_oso_secret_verzorger(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	for (const xmlNode *at = kb_oso_child(view->leerling, "verzorger"); at != NULL;
	     at = kb_oso_next(at, "verzorger")) {
		if (kb_oso_is_true(kb_oso_child(at, "adresgeheim")) &&
		    kb_oso_child(at, "adreslijst") != NULL) {
			say(view, rule, kb_oso_child(at, "adreslijst"));
		}
	}
}

void
kb_oso_verzorger_forbids(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	for (const xmlNode *at = kb_oso_child(view->leerling, "verzorger"); at != NULL;
	     at = kb_oso_next(at, "verzorger")) {
		if (kb_oso_child(at, rule->path) != NULL) {
			say(view, rule, kb_oso_child(at, rule->path));
		}
	}
}

/* Without overstapadvies the rule that asks for it speaks. */
void
kb_oso_needs_in_advies(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (at_path(view, "overstapadvies") != NULL && is_empty(at_path(view, rule->path))) {
		say(view, rule, at_path(view, "overstapadvies"));
	}
}

void
kb_oso_needs_contact(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (kb_oso_is_true(at_path(view, "overstapadvies/contactnodig")) &&
	    is_empty(at_path(view, rule->path))) {
		say(view, rule, at_path(view, "overstapadvies"));
	}
}

/* A school for SO gives no schooladvies (OVa.OA02). */
void
kb_oso_advies(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	if (!kb_oso_is(at_path(view, "/huidigeschool/soort"), "SO") &&
	    at_path(view, "overstapadvies") != NULL &&
	    is_empty(at_path(view, "overstapadvies/advies"))) {
		say(view, rule, at_path(view, "overstapadvies"));
	}
}

/* A school year begins on 1 August; the day of the dossier says which is the current one (OVa.TR04). */
void
kb_oso_tests(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	struct kb_civil today = kb_date_to_civil(view->day);
	struct kb_civil first = { .year = today.year - (today.month >= 8 ? 2 : 3),
				  .month = 8,
				  .day = 1 };
	int32_t first_day = 0;
	const xmlNode *list = at_path(view, "toetslijst");

	if (view->day == KB_DAY_NONE || kb_date_from_civil(first, &first_day) != KB_OK) {
		return;
	}
	for (const xmlNode *at = kb_oso_child(list, "toets"); at != NULL;
	     at = kb_oso_next(at, "toets")) {
		const xmlNode *taken = kb_oso_child(kb_oso_child(at, "afname"), "afnamedatum");
		int32_t day = 0;

		if (kb_date_parse(kb_span_part(kb_oso_text(taken), 0, 10), &day) == KB_OK &&
		    day < first_day) {
			say(view, rule, taken);
		}
	}
}

/* ---- metadata ---- */

void
kb_oso_las(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *part = at_path(view, "/metadata/deeldossier");

	if (!kb_oso_is(part, "LAS") && !kb_oso_is(part, "LASLVS")) {
		say(view, rule, part);
	}
}

void
kb_oso_soort_known(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *soort = at_path(view, "/overdrachtsoort");

	if (!kb_oso_is(soort, "overstapdossier") && !kb_oso_is(soort, "overdrachtbinnenbrin") &&
	    !kb_oso_is(soort, "swv-dossier")) {
		say(view, rule, soort);
	}
}

/* path holds the words that may stand there, with a space around each. */
void
kb_oso_overstap_known(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *overstap = at_path(view, "/metadata/overstap");
	struct kb_span text = kb_oso_text(overstap);
	char word[16];

	if (text.len == 0) {
		return; /* said by the rule that asks for it */
	}
	(void)snprintf(word, sizeof(word), " %.*s ", (int)(text.len < 12 ? text.len : 12),
		       (const char *)text.at);
	if (strstr(rule->path, word) == NULL) {
		say(view, rule, overstap);
	}
}

/* ---- categories ---- */

static enum kb_oso_category
category_of(const xmlNode *node)
{
	return kb_oso_category_of(kb_oso_name(node->parent), kb_oso_name(node));
}

/* The first element of a category below node; NULL when there is none. */
static const xmlNode *
first_of(const xmlNode *node, enum kb_oso_category category)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		enum kb_oso_category own = category_of(at);
		const xmlNode *found = own == KB_OSO_INSIDE ? first_of(at, category) : NULL;

		if (own == category || found != NULL) {
			return own == category ? at : found;
		}
	}
	return NULL;
}

static void
each_category(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const char *word,
	      bool must_be_there)
{
	const xmlNode *marks = at_path(view, "/metadata/categorie_uitlevering");

	for (int i = KB_OSO_NONE + 1; marks != NULL && i < KB_OSO_CATEGORY_COUNT; i++) {
		const xmlNode *mark =
			kb_oso_child(marks, kb_oso_category((enum kb_oso_category)i)->element);
		const xmlNode *found =
			first_of(xmlDocGetRootElement(view->doc), (enum kb_oso_category)i);

		if (mark != NULL && kb_oso_is(mark, word) && (found != NULL) != must_be_there) {
			say(view, rule, found != NULL ? found : mark);
		}
	}
}

void
kb_oso_category_needs(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_category(view, rule, "VERPLICHT", true);
}

void
kb_oso_category_forbids(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_category(view, rule, "VERBODEN", false);
}

void
kb_oso_category_opt_out(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	each_category(view, rule, "OPT-UIT", false);
}

void
kb_oso_category_words(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	const xmlNode *marks = at_path(view, "/metadata/categorie_uitlevering");

	for (const xmlNode *at = kb_oso_child(marks, NULL); at != NULL;
	     at = kb_oso_next(at, NULL)) {
		if (!kb_oso_is(at, "VERPLICHT") && !kb_oso_is(at, "OPTIONEEL") &&
		    !kb_oso_is(at, "VERBODEN") && !kb_oso_is(at, "OPT-UIT")) {
			say(view, rule, at);
		}
	}
}

/* What belongs to no category could not be opted out of. */
static void
check_known(const struct kb_oso_view *view, const struct kb_oso_rule *rule, const xmlNode *node)
{
	for (const xmlNode *at = kb_oso_child(node, NULL); at != NULL; at = kb_oso_next(at, NULL)) {
		if (category_of(at) == KB_OSO_INSIDE) {
			check_known(view, rule, at);
		} else if (category_of(at) == KB_OSO_NONE) {
			say(view, rule, at);
		}
	}
}

void
kb_oso_all_known(const struct kb_oso_view *view, const struct kb_oso_rule *rule)
{
	check_known(view, rule, xmlDocGetRootElement(view->doc));
}
