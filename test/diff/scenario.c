/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Scenarios from files, their parameters multiplied out. */

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "words.h"

#define PARAMS_MAX 8
#define OP_MAX 4096

/* A parameter's name and the value that it has this time. */
struct param {
	const char *name, *label, *text;
};

struct context {
	struct scenarios *all;
	const char *family, *pattern;
	const json_t *line;
	struct param param[PARAMS_MAX];
	unsigned int nb_params;
	char numbers[PARAMS_MAX][32];
};

void
scenario_free(struct scenario *s)
{
	free(s->family);
	free(s->name);
	json_decref(s->rows);
	json_decref(s->ops);
}

void
scenarios_free(struct scenarios *all)
{
	for (size_t i = 0; i < all->n; i++)
		scenario_free(&all->at[i]);
	free(all->at);
}

void
scenario_make(struct scenario *s, const char *family, const char *name, json_t *ops)
{
	*s = (struct scenario){
		.family = strdup(family),
		.name = strdup(name),
		.rows = json_array(),
		.ops = ops,
	};
}

/* Every "$name" by its value. */
static void
substitute(const struct context *c, const char *from, char *to, size_t size)
{
	size_t used = 0;

	while (*from != '\0' && used + 1 < size) {
		const struct param *best = NULL;

		for (unsigned int i = 0; *from == '$' && i < c->nb_params; i++) {
			const size_t len = strlen(c->param[i].name);

			if (strncmp(from + 1, c->param[i].name, len) == 0 &&
					(best == NULL || len > strlen(best->name)))
				best = &c->param[i];
		}
		if (best == NULL) {
			to[used++] = *from++;
			continue;
		}
		used += snprintf(to + used, size - used, "%s", best->text);
		from += 1 + strlen(best->name);
	}
	if (used + 1 >= size)
		bad_word("too long an operation", from);
	to[used] = '\0';
}

static void
ops_append(json_t *ops, char *text)
{
	char *rest = text;
	char *op;

	while ((op = strsep(&rest, ";")) != NULL) {
		op += strspn(op, " ");
		if (*op != '\0')
			json_array_append_new(ops, json_string(op));
	}
}

static void
name_of(const struct context *c, char *name, size_t size)
{
	size_t used = snprintf(
			name, size, "%s", json_string_value(json_object_get(c->line, "name")));

	for (unsigned int i = 0; i < c->nb_params && used < size; i++)
		used += snprintf(name + used, size - used, "%s%s", i == 0 ? " " : ",",
				c->param[i].label);
}

/* All parameters have a value. */
static void
one(const struct context *c)
{
	struct scenarios *all = c->all;
	const json_t *capture = json_object_get(c->line, "capture");
	struct scenario *s;
	char name[512], text[OP_MAX];
	size_t i;
	json_t *op;

	name_of(c, name, sizeof(name));
	if (c->pattern != NULL && fnmatch(c->pattern, name, 0) != 0)
		return;
	if ((all->n & (all->n - 1)) == 0)
		all->at = realloc(all->at, RTE_MAX(all->n * 2, (size_t)1) * sizeof(*all->at));
	if (all->at == NULL)
		abort();
	s = &all->at[all->n++];
	scenario_make(s, c->family, name, json_array());
	json_decref(s->rows);
	s->rows = json_incref(json_object_get(c->line, "rows"));
	s->no_oracle = json_string_value(json_object_get(c->line, "oracle"));
	s->no_capture = json_is_false(capture);
	s->capture_only = json_is_true(capture);
	s->exact_ids = json_is_true(json_object_get(c->line, "ids"));
	json_array_foreach(json_object_get(c->line, "ops"), i, op)
	{
		char once[OP_MAX];

		/* values name parameters, too */
		substitute(c, json_string_value(op), once, sizeof(once));
		substitute(c, once, text, sizeof(text));
		ops_append(s->ops, text);
	}
}

static void
value_set(struct context *c, unsigned int at, const json_t *value)
{
	struct param *p = &c->param[at];

	if (json_is_array(value)) {
		p->label = json_string_value(json_array_get(value, 0));
		p->text = json_string_value(json_array_get(value, 1));
	} else if (json_is_integer(value)) {
		snprintf(c->numbers[at], sizeof(c->numbers[at]), "%lld",
				(long long)json_integer_value(value));
		p->label = p->text = c->numbers[at];
	} else {
		p->label = p->text = json_string_value(value);
	}
	if (p->label == NULL || p->text == NULL)
		bad_word("no value of a parameter", p->name);
}

static void
multiply(struct context *c, unsigned int at, json_t *params)
{
	const char *names[PARAMS_MAX] = { NULL };
	unsigned int n = 0;
	const char *key;
	json_t *values, *value;
	size_t i;

	json_object_foreach(params, key, values)
	{
		if (n == PARAMS_MAX)
			bad_word("too many parameters", key);
		names[n++] = key;
	}
	c->nb_params = n;
	if (at == n) {
		one(c);
		return;
	}
	c->param[at].name = names[at];
	json_array_foreach(json_object_get(params, names[at]), i, value)
	{
		value_set(c, at, value);
		multiply(c, at + 1, params);
	}
}

static void
load_file(struct scenarios *all, const char *folder, const char *file, const char *pattern)
{
	struct context c = { .all = all, .pattern = pattern };
	char family[256], path[4096];
	char *line = NULL;
	size_t size = 0;
	unsigned int at = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	f = fopen(path, "r");
	if (f == NULL)
		bad_word(strerror(errno), path);
	snprintf(family, sizeof(family), "%.*s", (int)strcspn(file, "."), file);
	c.family = family;
	while (getline(&line, &size, f) > 0) {
		json_error_t error;
		json_t *json;

		at++;
		if (strspn(line, " \t\n") == strlen(line))
			continue;
		json = json_loads(line, 0, &error);
		if (json == NULL || json_object_get(json, "name") == NULL ||
				!json_is_array(json_object_get(json, "rows"))) {
			snprintf(path, sizeof(path), "%s:%u: %s", file, at,
					json == NULL ? error.text : "no name or rows");
			bad_word("no scenario", path);
		}
		c.line = json; /* stays: texts of it are used */
		multiply(&c, 0, json_object_get(json, "params"));
	}
	free(line);
	fclose(f);
}

static int
is_scenarios(const struct dirent *entry)
{
	return fnmatch("*.jsonl", entry->d_name, FNM_PERIOD) == 0;
}

void
scenarios_load(struct scenarios *all, const char *folder, const char *pattern)
{
	struct dirent **entries;
	const int n = scandir(folder, &entries, is_scenarios, alphasort);

	*all = (struct scenarios){ 0 };
	if (n < 0)
		bad_word(strerror(errno), folder);
	for (int i = 0; i < n; i++) {
		load_file(all, folder, entries[i]->d_name, pattern);
		free(entries[i]);
	}
	free(entries);
}
