/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes an image without the compiler, so that the helper's tests say something about the
 * helper alone. Standard input, words separated by blanks:
 *
 *	policy NAME                         the lines below speak of it; `accept same;`
 *	on mdev|vfio DRIVER
 *	attr NAME TYPE PRESENCE FACT ARG [ARG]
 *	status mdev|vfio DRIVER STATUS      a scope without a section
 *	os-release KEY=VALUE
 *	site LINE
 *
 * Attributes stand in the order of their names. TYPE is string, pci-id, version, int; PRESENCE
 * is required, absent, or dynamic (an int whose default is 0). FACT is as in the language.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/image/image.h"

#define TABLE_MAX 64

static struct arena arena;
static struct image_input input[TABLE_MAX];
static struct image_scope scope[TABLE_MAX];
static uint32_t n_inputs, n_scopes;
static struct policy policy;
static struct attr attr[ATTR_FIRST + TABLE_MAX];
static struct scope on[TABLE_MAX];
static bool open_policy;
static char folded[2][4096];

static void die(const char *what)
{
	fprintf(stderr, "make-image: %s\n", what);
	exit(2);
}

static struct str keep(const char *s)
{
	return s ? str_dup(&arena, str_from(s)) : (struct str){ 0 };
}

static void begin_policy(const char *name)
{
	static const char *const builtin[] = { "kind", "driver", "type" };
	unsigned i;

	policy = (struct policy){ .name = keep(name), .language = 1, .attr = attr, .scope = on };
	policy.file = keep(name);
	sha256_bytes(name, strlen(name), policy.digest);
	for (i = 0; i < ATTR_FIRST; i++) {
		attr[i] = (struct attr){ .name = keep(builtin[i]) };
		attr[i].type.type.tag = VT_STRING;
		attr[i].type.lo = INT64_MIN;
		attr[i].type.hi = INT64_MAX;
	}
	attr[ATTR_TYPE].presence = PRESENCE_DEFAULT_ABSENT;
	policy.n_attrs = ATTR_FIRST;
	open_policy = true;
}

static void end_policy(void)
{
	static const struct block block = { .kind = BLOCK_ACCEPT };
	static const struct rule rule = { .block = &block, .n_blocks = 1 };
	struct image_input *in = &input[n_inputs];
	uint32_t i;

	if (!open_policy)
		return;
	policy.rule = &rule;
	policy.n_rules = 1;
	in->path = policy.file;
	memcpy(in->digest, policy.digest, SHA256_SIZE);
	memcpy(in->section_digest, policy.digest, SHA256_SIZE);
	if (section_encode(&arena, &policy, &in->section) < 0)
		die("section_encode");
	for (i = 0; i < policy.n_scopes; i++)
		scope[n_scopes++] = (struct image_scope){ on[i].kind, on[i].driver, STATUS_OK,
			(int32_t)n_inputs, NULL, 0 };
	n_inputs++;
	open_policy = false;
}

static enum subject_kind kind_of(const char *word)
{
	return strcmp(word, "vfio") == 0 ? KIND_VFIO : KIND_MDEV;
}

static void add_attr(char **w)
{
	static const struct {
		const char *word;
		enum fact_kind kind;
	} kinds[] = { { "type", FACT_TYPE }, { "parent", FACT_PARENT }, { "device", FACT_DEVICE },
		{ "module", FACT_MODULE }, { "os-release", FACT_OS_RELEASE },
		{ "kernel-release", FACT_KERNEL_RELEASE }, { "site", FACT_SITE } };
	struct attr *a = &attr[policy.n_attrs++];
	size_t i;

	*a = (struct attr){ .name = keep(w[1]), .type = { .lo = INT64_MIN, .hi = INT64_MAX } };
	if (strcmp(w[2], "string") == 0)
		a->type.type.tag = VT_STRING;
	else if (strcmp(w[2], "pci-id") == 0)
		a->type.type.tag = VT_PCI_ID;
	else if (strcmp(w[2], "int") == 0)
		a->type.type.tag = VT_INT;
	else
		a->type.type = (struct value_type){ VT_VERSION, 3 };
	a->type.major = a->type.type.tag == VT_VERSION;
	if (strcmp(w[3], "absent") == 0)
		a->presence = PRESENCE_DEFAULT_ABSENT;
	if (strcmp(w[3], "dynamic") == 0) {
		a->presence = PRESENCE_DEFAULT;
		a->dynamic = true;
		a->dflt.type.tag = VT_INT;
		a->dflt.key = key_from_int(0);
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(w[4], kinds[i].word) == 0)
			a->fact.kind = kinds[i].kind;
	a->fact.path[0] = keep(w[5]);
	a->fact.path[1] = keep(w[6]);
	a->fact.n_paths = w[6] ? 2 : w[5] ? 1 : 0;
}

static void line(char *text)
{
	char *w[8] = { 0 }, *rest;
	unsigned n = 0, i;

	text[strcspn(text, "\n")] = '\0';
	rest = strchr(text, ' ');
	if (strncmp(text, "os-release ", 11) == 0 || strncmp(text, "site ", 5) == 0) {
		char *to = folded[text[0] == 's'];

		snprintf(to + strlen(to), sizeof(folded[0]) - strlen(to), "%s\n", rest + 1);
		return;
	}
	for (rest = strtok(text, " "); rest && n < 7; rest = strtok(NULL, " "))
		w[n++] = rest;
	if (n == 0)
		return;
	if (strcmp(w[0], "policy") == 0) {
		end_policy();
		begin_policy(w[1]);
	} else if (strcmp(w[0], "on") == 0) {
		on[policy.n_scopes++] = (struct scope){ .kind = kind_of(w[1]), .driver = keep(w[2]) };
	} else if (strcmp(w[0], "attr") == 0) {
		add_attr(w);
	} else if (strcmp(w[0], "status") == 0) {
		for (i = 0; i < STATUS_MAX_ && strcmp(status_name(i), w[3]) != 0; i++)
			;
		scope[n_scopes++] = (struct image_scope){ kind_of(w[1]), keep(w[2]), i, -1, NULL, 0 };
	} else {
		die(w[0]);
	}
}

int main(void)
{
	struct image_build build = { .input = input, .scope = scope };
	static char text[512];
	struct str bytes;

	arena_init(&arena, (size_t)64 << 20);
	while (fgets(text, sizeof(text), stdin))
		line(text);
	end_policy();
	build.n_inputs = n_inputs;
	build.n_scopes = n_scopes;
	build.os_release = str_from(folded[0]);
	build.site = str_from(folded[1]);
	if (image_encode(&arena, &build, &bytes) < 0)
		die("image_encode");
	if (fwrite(bytes.p, 1, bytes.n, stdout) != bytes.n || fflush(stdout) != 0)
		die("write");
	arena_release(&arena);
	return 0;
}
