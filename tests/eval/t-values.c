/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Facts that come as values instead of texts: what a reader with .value gives is the subject's
 * own, under the same rules of absence and domain as what is read from a file.
 */
#include <errno.h>

#include "tests/language/harness.h"
#include "tests/tap.h"

static const char policy[] =
	"language 1; policy p { applies mdev-type driver d;\n"
	"attribute n : int 1..8 from type \"n\";\n"
	"attribute w : version(2) from type \"w\" default 1.0;\n"
	"attribute s : set { a, b } from type \"s\" default { a };\n"
	"attribute dyn : int 1..4 from device \"dyn\" default 1 dynamic;\n"
	"local v : versions(2) from type \"v\" default none;\n"
	"accept same but { w in self.v; }\n"
	"}";

struct given {
	struct value n, s, dyn;
	struct ranges v;
	int n_error;
	bool has_s, has_v;
};

static int no_text(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	(void)ctx, (void)a, (void)attr, (void)ret, (void)ret_final, (void)ret_from;
	return -EIO;
}

static int give(void *ctx, const struct attr *attr, struct value *ret, struct ranges *ret_ranges)
{
	struct given *g = ctx;

	if (str_eq(attr->name, STR("n"))) {
		*ret = g->n;
		return g->n_error;
	}
	if (str_eq(attr->name, STR("s")) && g->has_s) {
		*ret = g->s;
		return 0;
	}
	if (str_eq(attr->name, STR("dyn"))) {
		*ret = g->dyn;
		return 0;
	}
	if (str_eq(attr->name, STR("v")) && g->has_v) {
		*ret_ranges = g->v;
		return 0;
	}
	return -ENOENT;
}

static struct value int_value(int64_t n)
{
	return (struct value){ .type = { .tag = VT_INT }, .key = key_from_int(n) };
}

static struct arena arena;
static struct str section;

/* What the evaluation came to: its descriptor, or why there is none. */
static const char *outcome(struct given *g, bool instance)
{
	struct section_source src;
	struct subject s = { .kind = KIND_MDEV, .driver = STR("d"), .type = STR("d-1"),
		.instance = instance, .facts = { no_text, g, give } };
	struct evaluation e;
	static char buf[1024];
	struct sbuf b = SBUF(buf);

	section_memory(&src, &section);
	if (evaluate_section(&arena, &src, NULL, 0, &s, NULL, &e) < 0)
		bail_out("evaluate_section");
	if (status_has_fingerprint(e.status))
		sbuf_put_str(&b, e.descriptor);
	else
		eval_print_unknown(&b, &e);
	buf[b.n] = '\0';
	return buf;
}

#define HEAD "mdc1:kind=smdev,driver=sd,type=sd-1,"

int main(void)
{
	static const struct str words[] = { STR_INIT("b"), STR_INIT("c") };
	struct interval iv = { { (uint64_t)2 << 32, 0 }, { (uint64_t)3 << 32, 0 } };
	struct given g = { .n = int_value(3), .dyn = int_value(2) };
	struct given with_set = g, with_list = g, bad;

	plan(9);
	arena_init(&arena, 64 << 20);
	section = compile_section(&arena, str_from(policy));
	if (!section.p)
		bail_out("the policy does not compile");

	is_int(strncmp(outcome(&g, true), HEAD "dyn=i2,n=i3/", strlen(HEAD) + 12), 0,
		"values are in the record: %s", outcome(&g, true));
	is_int(strncmp(outcome(&g, false), HEAD "n=i3/", strlen(HEAD) + 5), 0,
		"a type has the default of what is dynamic");
	with_set.has_s = true;
	with_set.s = (struct value){ .type = { .tag = VT_SET }, .set = { words, 1 } };
	is_int(strncmp(outcome(&with_set, true), HEAD "dyn=i2,n=i3,s=Sb/", strlen(HEAD) + 17), 0,
		"a set");
	ok(strcmp(strchr(outcome(&g, true), '/'), "/n") == 0, "an empty list lets nothing in");
	with_list.has_v = true;
	with_list.v = (struct ranges){ &iv, 1 };
	ok(strstr(outcome(&with_list, true), "w=v2:n:n:2.0:y:3.0:n"), "a list of versions: %s",
		outcome(&with_list, true));

	bad = g;
	bad.n_error = -ENOENT;
	is_str(outcome(&bad, true), "unknown:missing-fact:n", "absent without default");
	bad.n_error = -EIO;
	is_str(outcome(&bad, true), "unknown:unreadable-fact:n", "an error");
	bad = g;
	bad.n = int_value(9);
	is_str(outcome(&bad, true), "unknown:unreadable-fact:n", "outside of the domain");
	bad = with_set;
	bad.s.type = (struct value_type){ .tag = VT_STRING };
	bad.s.word = words[0];
	is_str(outcome(&bad, true), "unknown:unreadable-fact:s", "of another type");
	return done_testing();
}
