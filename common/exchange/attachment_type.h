/* SPDX-License-Identifier: EUPL-1.2 */
/* Which files a case takes in as an attachment (bijlage): judged by what is in them, never by their name alone. */
#ifndef KB_EXCHANGE_ATTACHMENT_TYPE_H
#define KB_EXCHANGE_ATTACHMENT_TYPE_H

#include "common/base/error.h"
#include "common/base/span.h"

/* Most bytes of one attachment (issue 4 item 4). */
#define KB_ATTACHMENT_BYTES_MAX ((uint64_t)100 * 1024 * 1024)

/*
 * X(NAME, number on the wire, stable name, Dutch, endings of a name, '|' between them). The list of facts D2 without the office types
 * that can hold a program in a form that is not looked into here (DOC, XLS, PPT and their kin): what is left can be judged without
 * unpacking or running anything.
 */
#define KB_ATTACHMENT_TYPE_TABLE(X)                                                                \
	X(NONE, 0, "", "", "")                                                                     \
	X(PDF, 1, "pdf", "PDF", "pdf")                                                             \
	X(PNG, 2, "png", "afbeelding (PNG)", "png")                                                \
	X(JPEG, 3, "jpeg", "foto (JPEG)", "jpg|jpeg")                                              \
	X(TEXT, 4, "tekst", "gewone tekst", "txt|csv|md")                                          \
	X(XML, 5, "xml", "XML, zoals een OSO-dossier", "xml")                                      \
	X(ODT, 6, "odt", "tekstdocument (ODT)", "odt")                                             \
	X(DOCX, 7, "docx", "tekstdocument (DOCX)", "docx")

enum kb_attachment_type {

#define KB_ROW(name, number, text, label, endings) KB_FILE_##name = (number),
	KB_ATTACHMENT_TYPE_TABLE(KB_ROW)
#undef KB_ROW
};
#define KB_ATTACHMENT_TYPE_COUNT 8

/* "" for what is no type. */
const char *kb_attachment_type_name(uint32_t type);
const char *kb_attachment_type_label(uint32_t type);

/*
 * Why a file is refused: X(NAME, number in the store, stable name (also on the wire), Dutch: what is wrong). Numbers and names are
 * never reused.
 */
#define KB_ATTACHMENT_RULE_TABLE(X)                                                                \
	X(OK, 0, "", "")                                                                           \
	X(LEEG, 1, "leeg", "er staat niets in")                                                    \
	X(TE_GROOT, 2, "te-groot", "het is groter dan 100 MiB")                                    \
	X(SOORT, 3, "soort-bestand",                                                               \
	  "dit soort bestand mag niet; wel: PDF, PNG, JPEG, ODT, DOCX, XML en gewone tekst")       \
	X(PROGRAMMA, 4, "programma", "het is een programma of script")                             \
	X(ARCHIEF, 5, "archief", "het is een archief; voeg de stukken erin een voor een toe")      \
	X(NAAM, 6, "naam-past-niet", "het einde van de naam hoort bij een ander soort bestand")    \
	X(AFGEBROKEN, 7, "afgebroken", "het einde van het bestand ontbreekt")                      \
	X(XML_DTD, 8, "xml-dtd", "het XML-bestand heeft een DOCTYPE of ENTITY")                    \
	X(OSO, 9, "oso-dossier",                                                                   \
	  "een OSO-dossier gaat met 'ketenbode oso send', dat weglaat wat de ouders niet willen")  \
	X(ZIP_KAPOT, 20, "zip-kapot", "de inhoudsopgave van het document klopt niet")              \
	X(ZIP_AANTAL, 21, "zip-aantal", "het document heeft te veel onderdelen")                   \
	X(ZIP_GROOTTE, 22, "zip-grootte", "het document wordt uitgepakt veel te groot")            \
	X(ZIP_VERHOUDING, 23, "zip-verhouding",                                                    \
	  "een onderdeel wordt uitgepakt meer dan tweehonderd keer zo groot")                      \
	X(ZIP_OVERLAP, 24, "zip-overlap", "onderdelen van het document liggen over elkaar")        \
	X(ZIP_DUBBEL, 25, "zip-dubbel", "het document heeft twee onderdelen met een naam")         \
	X(ZIP_VERSLEUTELD, 26, "zip-versleuteld", "het document heeft een wachtwoord")             \
	X(ZIP_ZIP64, 27, "zip-zip64", "het document heeft de vorm voor zeer grote bestanden")      \
	X(ZIP_METHODE, 28, "zip-methode", "een onderdeel is op een onbekende manier ingepakt")     \
	X(ZIP_PAD, 29, "zip-pad", "een onderdeel heeft een naam die buiten het document wijst")    \
	X(ZIP_GENEST, 30, "zip-genest", "in het document zit een ander archief of een programma")  \
	X(ZIP_MACRO, 31, "zip-macro", "het document heeft macro's")

enum kb_attachment_rule {

#define KB_ROW(name, number, text, label) KB_ATTACHMENT_RULE_##name = (number),
	KB_ATTACHMENT_RULE_TABLE(KB_ROW)
#undef KB_ROW
};

/* "" for OK and for what is no rule; _parse: OK for such a word. */
const char *kb_attachment_rule_name(enum kb_attachment_rule rule);
const char *kb_attachment_rule_label(enum kb_attachment_rule rule);
enum kb_attachment_rule kb_attachment_rule_parse(struct kb_span name);

/* Bytes kept of the begin and the end of a file. */
#define KB_ATTACHMENT_HEAD_BYTES 96
#define KB_ATTACHMENT_TAIL_BYTES 1024

/*
 * A file that passes by from begin to end in pieces. Zeroed: nothing passed yet. Pure and of fixed size, so a file of 100 MiB is judged
 * without being held.
 */
struct kb_attachment_sniff {
	uint8_t head[KB_ATTACHMENT_HEAD_BYTES];
	size_t head_len;
	uint8_t tail[KB_ATTACHMENT_TAIL_BYTES];
	size_t tail_len;
	uint64_t bytes;
	bool not_text; /* not UTF-8, or control characters but TAB, LF, CR and FF */
	uint32_t need; /* bytes still to come of the character under way */
	uint32_t code;
	uint32_t code_min;
	bool has_dtd;	  /* "<!DOCTYPE" or "<!ENTITY", whatever capitals, anywhere */
	bool has_program; /* "<script", "<html" or "<svg", likewise: a browser runs what is in it */
	bool has_oso;	  /* the name space of OSO */
	uint8_t window[16];
	size_t window_len;
};

void kb_attachment_sniff_add(struct kb_attachment_sniff *sniff, struct kb_span bytes);

/* How the whole file is read again: the directory of a zip stands at its end. KB_OK only when all len bytes were read. */
struct kb_attachment_source {
	enum kb_err (*read)(void *state, uint64_t offset, uint8_t *out, size_t len);
	void *state;
	uint64_t bytes;
};

/*
 * The judgement of a whole file: its type, or the rule that refuses it (*rule; type is then NONE). name may be empty; with an ending it
 * must be one of the type. Only errors of source->read come back; source is read for zip containers alone.
 */
KB_MUST_CHECK enum kb_err kb_attachment_judge(const struct kb_attachment_sniff *sniff,
					      const struct kb_attachment_source *source,
					      struct kb_span name, enum kb_attachment_type *type,
					      enum kb_attachment_rule *rule);

#endif
