/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes one set of many policies: which file answers for which (kind, driver) pair. Each file
 * is compiled by itself, so that a broken one touches its own scope only; then the pairs are
 * dealt out among those that claim them. Which files there are is policyset-scan.c's business,
 * what they say the compiler's.
 */
#include "grammar/policyset-load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/limits.h"
#include "engine/image/section.h"
#include "grammar/compile.h"
#include "grammar/partial.h"

/* ---- diagnostics ------------------------------------------------------------------------- */

/* Text that does not depend on how many diagnostics were kept. */
struct str load_text(struct arena *a, const char *fmt, ...)
{
	char buf[MESSAGE_MAX + 1];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	return str_dup(a, (struct str){ buf, MIN((size_t)n, sizeof(buf) - 1) });
}

/* The first error among those from number @from on; NULL: none was kept. */
static const struct diag *first_error(const struct diags *d, size_t from)
{
	for (size_t i = from; i < d->n; i++)
		if (d->list[i].severity == DIAG_ERROR)
			return &d->list[i];
	return NULL;
}

struct str policyset_message(struct arena *a, struct str path, const struct diag *g)
{
	uint32_t line = 0, column = 0;
	char code[8];

	if (!g)
		return load_text(a, "%.*s: broken", STR_FMT(path));
	diag_code_name(g->code, code);
	if (!g->source || !g->has_span)
		return load_text(a, "%.*s: %.*s [%s]", STR_FMT(path), STR_FMT(g->text), code);
	source_locate(g->source, g->span.from, &line, &column);
	return load_text(a, "%.*s:%u:%u: %.*s [%s]", STR_FMT(path), line, column, STR_FMT(g->text),
		code);
}

/* ---- one file ---------------------------------------------------------------------------- */

static int add_claim(struct load *l, const struct scope_claim *c)
{
	if (l->n_claims == l->room) {
		uint32_t room = l->room ? l->room * 2 : 64;
		struct scope_claim *grown = arena_new_array(l->arena, room, struct scope_claim);

		if (!grown)
			return -ENOMEM;
		if (l->n_claims > 0)
			memcpy(grown, l->claim, l->n_claims * sizeof(*grown));
		l->claim = grown;
		l->room = room;
	}
	l->claim[l->n_claims++] = *c;
	return 0;
}

static int add_claims(struct load *l, uint32_t file, enum mdc_status status, struct str policy,
	bool fallback, struct str narrows, const struct scope *scope, uint32_t n, bool places)
{
	/* Claims are dealt out when the policy may be gone. */
	policy = str_dup(l->arena, policy);
	narrows = str_dup(l->arena, narrows);
	for (uint32_t i = 0; i < n; i++) {
		struct scope_claim c = {
			.kind = scope[i].kind,
			.driver = str_dup(l->arena, scope[i].driver),
			.class = narrows.n > 0 ? CLAIM_NARROWS :
				 fallback      ? CLAIM_FALLBACK :
						 CLAIM_NORMAL,
			.file = file,
			.status = status,
			.narrows = narrows,
			.policy = policy,
		};
		int r;

		if (places)
			c.place = scope[i].place;
		r = add_claim(l, &c);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The section that @name had in the image in use: *ret_has. */
static int last_good(struct load *l, struct str name, struct image_input *input,
	struct policy *ret_head, bool *ret_has)
{
	uint32_t n = l->o->last && l->o->keep_last_good ? image_n_inputs(l->o->last) : 0;

	*ret_has = false;
	for (uint32_t i = 0; i < n; i++) {
		struct image_input was;
		struct section_source src;
		const uint8_t *bytes;
		struct str path;
		int r;

		if (image_input_get(l->o->last, i, &was) < 0)
			continue;
		path = was.path;
		if (path.n <= name.n || path.p[path.n - name.n - 1] != '/' ||
			!str_eq(str_sub(path, path.n - name.n, path.n), name))
			continue;
		if (was.state == INPUT_OVERRIDDEN || was.state == INPUT_MASKED)
			continue;
		/* A damaged image has no good sections; that is no reason to fail. */
		if (image_section(l->o->last, i, &src) < 0 || src.size == 0)
			continue;
		r = src.read(src.ctx, 0, src.size, &bytes);
		if (r < 0)
			continue;
		r = section_decode_head(l->arena, &src, ret_head);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		input->section = str_dup(l->arena, (struct str){ (const char *)bytes, src.size });
		if (!input->section.p)
			return -ENOMEM;
		memcpy(input->section_digest, was.section_digest, sizeof(input->section_digest));
		*ret_has = true;
		return 0;
	}
	return 0;
}

/* What a file that counts and has no form of its own leaves behind. */
static int take_broken(struct load *l, uint32_t i, enum input_state state,
	enum mdc_status status, const struct policy_partial *partial)
{
	struct image_input *in = &l->input[i];
	struct policy head = { 0 };
	bool has;
	int r;

	l->broken = true;
	in->state = state;
	r = last_good(l, l->file[i].name, in, &head, &has);
	if (r < 0)
		return r;
	if (has) {
		in->state = INPUT_STALE;
		return add_claims(l, i, STATUS_POLICY_STALE, head.name, head.fallback,
			head.narrows, head.scope, head.n_scopes, false);
	}
	return add_claims(l, i, status, partial->name, partial->fallback, partial->narrows,
		partial->scope, partial->n_scopes, true);
}

/* Encodes under the path that the file has on the host, so that --root changes no byte. */
static int encode(struct load *l, uint32_t i, const struct policy *p)
{
	struct policy as_found = *p;

	as_found.file = l->file[i].path;
	return section_encode(l->arena, &as_found, &l->input[i].section);
}

static int load_file(struct load *l, uint32_t i)
{
	struct arena_mark mark = arena_mark(l->scratch);
	const struct policy_file *f = &l->file[i];
	struct image_input *in = &l->input[i];
	struct policy_partial partial = { 0 };
	const struct policy *p = NULL;
	size_t from = l->d->n;
	struct diag *g;
	int r;

	in->path = f->path;
	in->state = f->state;
	memcpy(in->digest, f->digest, sizeof(in->digest));
	l->source[i].path = f->open_path;
	if (f->state == INPUT_MASKED || f->state == INPUT_OVERRIDDEN)
		return 0;
	if (f->state == INPUT_REFUSED) {
		g = diag_file(l->d, DIAG_FILE_REFUSED, f->open_path, "%.*s", STR_FMT(f->why));
		if (f->help.n > 0)
			g->help = f->help;
		/* Whom it would keep from being judged is known, and nobody judges them without it. */
		r = f->refused.n > 0 ? policy_partial_read(l->arena, f->refused, &partial) : 0;
		r = r < 0 ? r : -EACCES;
	} else {
		l->source[i].text = f->text;
		l->source[i].digest = f->digest;
		r = policy_compile(l->scratch, &l->source[i], l->d, &p, &partial);
		if (r == 0)
			r = encode(l, i, p);
		if (r == -E2BIG)
			diag_file(l->d, DIAG_SECTION_TOO_LARGE, f->open_path,
				"the compiled policy passes a bound on size");
	}
	if (r == -ENOMEM || arena_failed(l->arena) || arena_failed(l->scratch))
		return -ENOMEM;
	if (r < 0) {
		in->message = policyset_message(l->arena, f->path, first_error(l->d, from));
		in->section = (struct str){ 0 };
		return take_broken(l, i, f->state == INPUT_REFUSED ? INPUT_REFUSED : INPUT_BROKEN,
			r == -EPROTO ? STATUS_LANGUAGE_TOO_NEW : STATUS_POLICY_ERROR, &partial);
	}
	memcpy(in->section_digest, f->digest, sizeof(in->section_digest));
	r = add_claims(l, i, STATUS_OK, p->name, p->fallback, p->narrows, p->scope, p->n_scopes,
		true);
	if (l->scratch == l->arena)
		l->policy[i] = p;
	else if (l->d->n == from)
		arena_rewind(l->scratch, mark); /* no diagnostic can point there */
	return r;
}

int policyset_load(struct arena *a, const struct policyset_options *o, struct diags *d,
	struct policyset *ret, struct str *ret_where)
{
	struct load l = { .arena = a, .scratch = o->scratch ? o->scratch : a, .o = o, .d = d };
	int r;

	r = policyset_scan(a, o, &l.file, &l.n, ret_where);
	if (r < 0)
		return r;
	l.source = arena_new_array(a, l.n, struct source);
	l.policy = arena_new_array(a, l.n, const struct policy *);
	l.input = arena_new_array(a, l.n, struct image_input);
	if (arena_failed(a))
		return -ENOMEM;
	for (uint32_t i = 0; i < l.n; i++) {
		r = load_file(&l, i);
		if (r < 0)
			return r;
	}
	r = load_deal_out(&l);
	if (r < 0)
		return r;
	if (arena_failed(a))
		return -ENOMEM;
	*ret = (struct policyset){
		.build = {
			.input = l.input,
			.n_inputs = l.n,
			.scope = l.scope,
			.n_scopes = l.n_scopes,
		},
		.share = l.share,
		.n_shares = l.share ? l.n_claims : 0,
		.file = l.file,
		.source = l.source,
		.policy = l.policy,
		.broken = l.broken,
	};
	return 0;
}
