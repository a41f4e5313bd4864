/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reasons. The verdict comes from the diagrams; the rules (explain-rules.c), or here the bare
 * diagram of a descriptor, are asked what it hung on.
 */
#include <errno.h>

#include "engine/eval/explain-parts.h"

/* ---- texts --------------------------------------------------------------------------------- */

struct str explain_finish(struct arena *a, struct sbuf *b)
{
	struct str s = { b->p, b->n };

	if (b->overflow && s.n >= 3)
		memcpy(b->p + s.n - 3, "...", 3);
	return str_dup(a, s);
}

void explain_put_value(struct sbuf *b, const struct value *v)
{
	if (v)
		value_print(b, v);
	else
		sbuf_puts(b, "absent");
}

struct str explain_value(struct arena *a, const struct value *v)
{
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);

	explain_put_value(&b, v);
	return explain_finish(a, &b);
}

/* ---- explanations of bare descriptors --------------------------------------------------------- */

struct walk {
	struct str level;
	const struct record_entry *entry;
	bool found;
};

static int on_level(void *ctx, struct str level, const struct record_entry *entry, bool alive)
{
	struct walk *w = ctx;

	if (alive)
		return 0;
	*w = (struct walk){ level, entry, true };
	return 1;
}

static int diagram_line(struct arena *a, struct dstore *s, dref root, enum dmode mode,
	const struct record *other, struct str name, bool verdict, struct explain_line *ret)
{
	const struct record_entry *e = record_find(other, name);
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);
	int r;

	r = dg_what_would_do(s, root, mode, other, name, a, &b);
	if (r < 0)
		return r;
	*ret = (struct explain_line){
		.attr = name,
		.source = explain_value(a, e ? &e->value : NULL),
		/* With the rest unchanged nothing would do: then it does not hang on this one. */
		.wants = r > 0 ? explain_finish(a, &b) : STR("as it is"),
		.held = verdict || r == 0,
	};
	return 0;
}

/* What the verdict hangs on: an attribute that alone could turn it. */
static struct str diagram_why(struct arena *a, const struct explain_line *l, enum dmode mode)
{
	char buf[EXPLAIN_TEXT_MAX];
	struct sbuf b = SBUF(buf);

	sbuf_puts(&b, mode == DMODE_CLOSED ? "the source has " : "the target has ");
	sbuf_put_str(&b, l->source);
	sbuf_puts(&b, "; with the rest unchanged this would do: ");
	sbuf_put_str(&b, l->wants);
	return explain_finish(a, &b);
}

static int explain_diagram(struct arena *a, struct dstore *s, dref root, enum dmode mode,
	const struct record *other, const struct record *own, bool verdict,
	struct explanation *x)
{
	uint32_t room = other->n + own->n, i;
	struct walk w = { 0 };
	int r = 0;

	x->clause = mode == DMODE_CLOSED ? STR("accepts") : STR("offers");
	/* Then there is no attribute that it could hang on. */
	if (root == DREF_NO) {
		x->why = mode == DMODE_CLOSED ? STR("the target accepts nothing") :
						STR("the source offers nothing");
		return 0;
	}
	x->line = arena_new_array(a, room, struct explain_line);
	if (!x->line)
		return -ENOMEM;
	for (i = 0; r == 0 && i < room; i++) {
		const struct record *rec = i < other->n ? other : own;
		struct str name = rec->e[i < other->n ? i : i - other->n].name;

		if (rec == own && record_find(other, name))
			continue;
		r = diagram_line(a, s, root, mode, other, name, verdict, &x->line[x->n_lines]);
		x->n_lines++;
	}
	if (r < 0 || verdict)
		return r;
	for (i = 0; i < x->n_lines && x->line[i].held;)
		i++;
	if (i < x->n_lines) {
		x->clause = x->line[i].attr;
		x->why = diagram_why(a, &x->line[i], mode);
		return 0;
	}
	dg_walk(s, root, mode, other, on_level, &w);
	if (w.found) {
		/* No level: an attribute that the target does not know. */
		x->clause = w.level.n > 0 ? w.level : w.entry->name;
		x->why = STR("more than one attribute would have to be another");
	}
	return 0;
}

/* ---- the door --------------------------------------------------------------------------------- */

struct side {
	struct dstore *store;
	dref accepts, offers;
	bool has_offers;
	const struct record *record;
};

static struct side side_of(const struct evaluation *e, const struct descriptor *d)
{
	if (e)
		return (struct side){ e->store, e->accepts, e->offers, e->has_offers, &e->record };
	return (struct side){ d->store, d->accepts, d->offers, d->has_offers, &d->record };
}

int explain(struct arena *a, const struct evaluation *source,
	const struct descriptor *source_descriptor, const struct evaluation *target,
	const struct descriptor *target_descriptor, struct explanation *ret)
{
	struct side s = side_of(source, source_descriptor);
	struct side t = side_of(target, target_descriptor);
	struct explanation x = { 0 };
	bool accepted, offered;
	int r;

	accepted = dg_eval(t.store, t.accepts, DMODE_CLOSED, s.record);
	offered = !s.has_offers || dg_eval(s.store, s.offers, DMODE_OPEN, t.record);
	x.verdict = accepted && offered ? VERDICT_COMPATIBLE : VERDICT_INCOMPATIBLE;
	if (accepted && !offered)
		r = source ? explain_offers(a, source, t.record, &x) :
			     explain_diagram(a, s.store, s.offers, DMODE_OPEN, t.record, s.record,
				     false, &x);
	else
		r = target ? explain_accepts(a, target, s.record, accepted, &x) :
			     explain_diagram(a, t.store, t.accepts, DMODE_CLOSED, s.record, t.record,
				     accepted, &x);
	if (r < 0)
		return r;
	if (arena_failed(a))
		return -ENOMEM;
	*ret = x;
	return 0;
}
