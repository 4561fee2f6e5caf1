/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers for people as text, for programs as JSON. */
#include "agents/cli/output.h"

#include "agents/cli/colour.h"

#include <jansson.h>
#include <stdlib.h>

#include "common/base/text.h"

/* The document is kept as JSON all the way: {"text": "...", "sections": [{"name","columns":[],"rows":[[..]]}]}. */
struct kb_output {
	json_t *sections;
	struct kb_buf text;
};

enum kb_err
kb_output_new(struct kb_output **out)
{
	struct kb_output *output = calloc(1, sizeof(*output));

	if (output == NULL) {
		return KB_ERR_NO_MEMORY;
	}
	output->sections = json_array();
	if (output->sections == NULL) {
		free(output);
		return KB_ERR_NO_MEMORY;
	}
	*out = output;
	return KB_OK;
}

void
kb_output_free(struct kb_output *output)
{
	if (output != NULL) {
		json_decref(output->sections);
		kb_buf_wipe(&output->text);
		free(output);
	}
}

static json_t *
string_of(struct kb_span text)
{
	return json_stringn(text.len > 0 ? (const char *)text.at : "", text.len);
}

static json_t *
section_find(const struct kb_output *output, struct kb_span name)
{
	size_t index = 0;
	json_t *section = NULL;

	json_array_foreach(output->sections, index, section)
	{
		if (kb_span_equal(kb_span_text(json_string_value(json_object_get(section, "name"))),
				  name)) {
			return section;
		}
	}
	return NULL;
}

static json_t *
section_new(struct kb_output *output, struct kb_span name)
{
	json_t *section =
		json_pack("{s:o, s:[], s:[]}", "name", string_of(name), "columns", "rows");

	if (section != NULL && json_array_append_new(output->sections, section) != 0) {
		return NULL;
	}
	return section;
}

enum kb_err
kb_output_say(struct kb_output *output, const char *text)
{
	enum kb_err err = KB_OK;

	if (text[0] == 0) {
		return KB_OK;
	}
	if (output->text.len > 0) {
		err = kb_buf_put_u8(&output->text, '\n');
	}
	return err == KB_OK ? kb_buf_put_text(&output->text, text) : err;
}

static enum kb_err
add_section(struct kb_output *output, const struct kb_desk_section *from)
{
	json_t *section = section_find(output, from->name);
	json_t *rows = NULL;

	if (section == NULL) {
		section = section_new(output, from->name);
		for (size_t i = 0; section != NULL && i < from->column_count; i++) {
			if (json_array_append_new(json_object_get(section, "columns"),
						  string_of(from->columns[i])) != 0) {
				return KB_ERR_NO_MEMORY;
			}
		}
	}
	rows = json_object_get(section, "rows");
	for (size_t i = 0; i < from->row_count; i++) {
		json_t *row = json_array();

		for (size_t j = 0; row != NULL && j < from->column_count; j++) {
			if (json_array_append_new(row, string_of(from->rows[i].cells[j])) != 0) {
				json_decref(row);
				return KB_ERR_NO_MEMORY;
			}
		}
		if (json_array_append_new(rows, row) != 0) {
			return KB_ERR_NO_MEMORY;
		}
	}
	return section != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

enum kb_err
kb_output_add(struct kb_output *output, const struct kb_desk_answer *answer)
{
	enum kb_err err = KB_OK;

	if (answer->text.len > 0) {
		if (output->text.len > 0) {
			err = kb_buf_put_u8(&output->text, '\n');
		}
		if (err == KB_OK) {
			err = kb_buf_put(&output->text, answer->text);
		}
	}
	for (size_t i = 0; err == KB_OK && i < answer->section_count; i++) {
		err = add_section(output, &answer->sections[i]);
	}
	return err;
}

enum kb_err
kb_output_section(struct kb_output *output, const char *name, const char *columns)
{
	json_t *section = section_new(output, kb_span_text(name));

	while (section != NULL && columns[0] != 0) {
		size_t len = strcspn(columns, "|");

		if (json_array_append_new(json_object_get(section, "columns"),
					  json_stringn(columns, len)) != 0) {
			return KB_ERR_NO_MEMORY;
		}
		columns += len + (columns[len] == '|');
	}
	return section != NULL ? KB_OK : KB_ERR_NO_MEMORY;
}

enum kb_err
kb_output_row(struct kb_output *output, const char *const *cells, size_t count)
{
	json_t *section = json_array_get(output->sections, json_array_size(output->sections) - 1);
	json_t *row = json_array();

	for (size_t i = 0; row != NULL && i < count; i++) {
		if (json_array_append_new(row, json_string(cells[i])) != 0) {
			json_decref(row);
			return KB_ERR_NO_MEMORY;
		}
	}
	return json_array_append_new(json_object_get(section, "rows"), row) == 0 ? KB_OK
										 : KB_ERR_NO_MEMORY;
}

static const char *
cell_of(const json_t *row, size_t column)
{
	const char *text = json_string_value(json_array_get(row, column));

	return text != NULL ? text : "";
}

size_t
kb_output_row_count(const struct kb_output *output, const char *section)
{
	return json_array_size(
		json_object_get(section_find(output, kb_span_text(section)), "rows"));
}

const char *
kb_output_cell(const struct kb_output *output, const char *section, size_t row, const char *column)
{
	const json_t *found = section_find(output, kb_span_text(section));
	const json_t *columns = json_object_get(found, "columns");

	for (size_t i = 0; i < json_array_size(columns); i++) {
		if (strcmp(cell_of(columns, i), column) == 0) {
			return cell_of(json_array_get(json_object_get(found, "rows"), row), i);
		}
	}
	return "";
}

struct kb_span
kb_output_text(const struct kb_output *output)
{
	return kb_buf_span(&output->text);
}

/* Columns on a screen that a text takes: code points, which is right for Dutch. */
static size_t
width_of(const char *text)
{
	size_t width = 0;

	for (; *text != 0; text++) {
		width += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return width;
}

/* A line end inside a cell would break the table. */
static void
print_cell(const char *text, size_t pad, FILE *file)
{
	for (const char *at = text; *at != 0; at++) {
		(void)fputc(*at == '\n' ? ' ' : *at, file);
	}
	for (size_t i = 0; i < pad; i++) {
		(void)fputc(' ', file);
	}
}

static void
print_fields(const json_t *rows, FILE *file)
{
	size_t widest = 0;
	size_t index = 0;
	const json_t *row = NULL;

	json_array_foreach(rows, index, row)
	{
		size_t width = width_of(cell_of(row, 0));

		widest = width > widest ? width : widest;
	}
	json_array_foreach(rows, index, row)
	{
		(void)fprintf(file, "%s:", cell_of(row, 0));
		print_cell(" ", widest - width_of(cell_of(row, 0)), file);
		print_cell(cell_of(row, 1), 0, file);
		(void)fputc('\n', file);
	}
}

#define COLUMNS_MAX KB_WIRE_DESK_COLUMNS_MAX

/* The place of the coloured column; COLUMNS_MAX when none is to be. */
static size_t
coloured_column(const json_t *columns, size_t count, FILE *file)
{
	for (size_t i = 0; i < count; i++) {
		if (kb_colour_column(cell_of(columns, i)) && kb_colour_wanted(file)) {
			return i;
		}
	}
	return COLUMNS_MAX;
}

static void
print_row(const json_t *row, const size_t *widths, size_t columns, size_t coloured, FILE *file)
{
	for (size_t i = 0; i < columns; i++) {
		const char *cell = cell_of(row, i);
		const char *colour = i == coloured ? kb_colour_of(cell) : "";
		bool last = i + 1 == columns;

		if (colour[0] != 0) {
			(void)fprintf(file, "%s%s" KB_COLOUR_END, colour, cell);
			print_cell("", last ? 0 : widths[i] - width_of(cell) + 2, file);
			continue;
		}
		print_cell(cell, last ? 0 : widths[i] - width_of(cell) + 2, file);
	}
	(void)fputc('\n', file);
}

static void
print_table(const json_t *columns, const json_t *rows, FILE *file)
{
	size_t widths[COLUMNS_MAX] = { 0 };
	size_t count =
		json_array_size(columns) < COLUMNS_MAX ? json_array_size(columns) : COLUMNS_MAX;
	size_t coloured = coloured_column(columns, count, file);
	size_t index = 0;
	const json_t *row = NULL;

	for (size_t i = 0; i < count; i++) {
		widths[i] = width_of(cell_of(columns, i));
	}
	json_array_foreach(rows, index, row)
	{
		for (size_t i = 0; i < count; i++) {
			size_t width = width_of(cell_of(row, i));

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
	print_row(columns, widths, count, COLUMNS_MAX, file);
	json_array_foreach(rows, index, row)
	{
		print_row(row, widths, count, coloured, file);
	}
}

static bool
is_field_list(const json_t *columns)
{
	return json_array_size(columns) == 2 && strcmp(cell_of(columns, 0), "veld") == 0;
}

static void
print_text(const struct kb_output *output, FILE *file)
{
	size_t index = 0;
	const json_t *section = NULL;
	bool first = output->text.len == 0;

	if (!first) {
		(void)fprintf(file, "%.*s\n", (int)output->text.len, (const char *)output->text.at);
	}
	json_array_foreach(output->sections, index, section)
	{
		const json_t *columns = json_object_get(section, "columns");
		const json_t *rows = json_object_get(section, "rows");

		(void)fprintf(file, "%s%s%s\n", first ? "" : "\n",
			      json_string_value(json_object_get(section, "name")),
			      json_array_size(rows) == 0 ? ": niets" : "");
		first = false;
		if (json_array_size(rows) == 0) {
			continue;
		}
		if (is_field_list(columns)) {
			print_fields(rows, file);
		} else {
			print_table(columns, rows, file);
		}
	}
}

static json_t *
rows_as_objects(const json_t *section)
{
	const json_t *columns = json_object_get(section, "columns");
	json_t *objects = json_array();
	size_t index = 0;
	const json_t *row = NULL;

	json_array_foreach(json_object_get(section, "rows"), index, row)
	{
		json_t *object = json_object();

		for (size_t i = 0; i < json_array_size(columns); i++) {
			(void)json_object_set_new(object, cell_of(columns, i),
						  json_string(cell_of(row, i)));
		}
		(void)json_array_append_new(objects, object);
	}
	return objects;
}

static enum kb_err
print_json(const struct kb_output *output, int exit_code, const char *error_name, FILE *file)
{
	json_t *all = json_pack("{s:i, s:s, s:o}", "exit", exit_code, "fout", error_name, "tekst",
				string_of(kb_buf_span(&output->text)));
	size_t index = 0;
	const json_t *section = NULL;
	int rc = -1;

	json_array_foreach(output->sections, index, section)
	{
		(void)json_object_set_new(all, json_string_value(json_object_get(section, "name")),
					  rows_as_objects(section));
	}
	if (all != NULL) {
		rc = json_dumpf(all, file, JSON_COMPACT);
		json_decref(all);
		(void)fputc('\n', file);
	}
	return rc == 0 ? KB_OK : KB_ERR_NO_MEMORY;
}

enum kb_err
kb_output_print(const struct kb_output *output, const struct kb_cli *cli, int exit_code,
		const char *error_name, FILE *file)
{
	if (cli->json) {
		return print_json(output, exit_code, error_name, file);
	}
	print_text(output, file);
	return KB_OK;
}
