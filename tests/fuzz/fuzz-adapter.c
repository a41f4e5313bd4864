/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The adapters over any texts. The first byte says which interface, which kind of subject and which
 * direction; the first file has what stands before a byte 0xff, all others what stands behind it.
 * Whatever a driver says, the model that comes out keeps the promises of model.h.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/adapter/adapter.h"
#include "tests/fuzz/fuzz.h"

struct files {
	struct str first, others;
	unsigned n_reads;
};

static int read_file(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str *ret, struct str *ret_from)
{
	struct files *f = ctx;

	(void)a, (void)where, (void)path, (void)ret_from;
	*ret = f->n_reads++ == 0 ? f->first : f->others;
	return 0;
}

static int list_files(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str **ret, uint32_t *ret_n)
{
	static struct str name[] = { STR_INIT("compatible_type"), STR_INIT("compatible_x"),
		STR_INIT("y") };

	(void)ctx, (void)a, (void)where, (void)path;
	*ret = name;
	*ret_n = ARRAY_SIZE(name);
	return 0;
}

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_attrs(const struct spoken *s)
{
	uint32_t i, k;

	check(s->n_attrs <= SPOKEN_ATTRS_MAX);
	for (i = 0; i < s->n_attrs; i++) {
		const struct spoken_attr *x = &s->attr[i];

		check(x->attr.spoken && x->attr.name.n > 0 && x->attr.name.n <= NAME_MAX_LEN);
		for (k = 0; k < i; k++)
			check(!str_eq(s->attr[k].attr.name, x->attr.name));
		check(x->absent || (value_type_eq(x->value.type, x->attr.type.type) &&
					   value_valid(&x->value)));
		check(x->attr.presence != PRESENCE_DEFAULT || value_valid(&x->attr.dflt));
	}
}

static void check_rule(const struct spoken *s)
{
	uint32_t i, k, j;

	check(s->rule.spoken && s->rule.n_blocks <= BINDINGS_MAX + 1);
	for (i = 0; i < s->rule.n_blocks; i++) {
		const struct block *b = &s->rule.block[i];

		for (k = 0; k < b->n_clauses; k++) {
			const struct clause *c = &b->clause[k];

			check(c->attr < ATTR_FIRST + s->n_attrs);
			for (j = 0; j < k; j++)
				check(b->clause[j].attr != c->attr);
			for (j = 1; j < c->operand.words.n; j++)
				check(str_cmp(c->operand.words.w[j - 1], c->operand.words.w[j]) < 0);
		}
		for (k = 0; k < b->n_claims; k++)
			check(b->claim[k].attr >= ATTR_FIRST &&
				s->attr[b->claim[k].attr - ATTR_FIRST].attr.dynamic);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct files f = { 0 };
	struct file_reader reader = { read_file, list_files, &f };
	struct adapter_input in = {
		.driver = STR("d"),
		.type = STR("t"),
		.files = &reader,
	};
	struct spoken out;
	struct arena a;
	char *copy;
	size_t i;
	int r;

	if (size == 0)
		return 0;
	/* Alone in memory of its own, so that a step too far is seen. */
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	i = str_find((struct str){ copy, size - 1 }, '\xff');
	f.first = (struct str){ copy, i };
	f.others = str_sub((struct str){ copy, size - 1 }, i < size - 1 ? i + 1 : 0, size - 1);
	in.kind = data[0] & 0x80 ? KIND_VFIO : KIND_MDEV;
	in.instance = in.kind == KIND_VFIO || (data[0] & 0x40);
	in.offers = data[0] & 0x20;
	/* A type of the helper's arena. */
	arena_init(&a, 28 << 20);
	r = adapter_speak(&a, interfaces[(data[0] & 0x1f) % INTERFACE_MAX_].name, &in, &out);
	check(r == 0 || r == -E2BIG);
	if (r == 0 && out.status == STATUS_OK) {
		check_attrs(&out);
		check_rule(&out);
	}
	arena_release(&a);
	free(copy);
	return 0;
}
