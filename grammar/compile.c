/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The front end's door: read, check, hand over. */
#include <errno.h>

#include "engine/base/digest.h"
#include "grammar/check.h"
#include "grammar/compile.h"
#include "grammar/parse.h"
#include "grammar/partial.h"

int policy_compile(struct arena *a, const struct source *src, struct diags *d,
	const struct policy **ret, struct policy_partial *ret_partial)
{
	return policy_compile_more(a, src, d, ret, ret_partial, NULL);
}

int policy_compile_more(struct arena *a, const struct source *src, struct diags *d,
	const struct policy **ret, struct policy_partial *ret_partial,
	struct policy_more *ret_more)
{
	struct policy_partial partial = { 0 };
	struct policy_more more = { 0 };
	struct ast_policy *ast;
	struct policy *p = arena_new(a, struct policy);
	size_t first = d->n;
	int r, e = 0;

	if (!p)
		return -ENOMEM;
	p->file = src->path;
	if (src->digest)
		memcpy(p->digest, src->digest, sizeof(p->digest));
	else
		sha256_bytes(src->text.p, src->text.n, p->digest);
	r = policy_parse(a, src, d, &ast);
	if (r == 0)
		r = policy_check(a, src, d, ast, p, ret_more ? &more : NULL);
	if (arena_failed(a) || arena_failed(d->arena))
		return -ENOMEM;
	diags_sort(d, first);
	if (r == -EBADMSG || r == -EPROTO)
		e = policy_partial_read(a, src->text, &partial);
	if (e < 0)
		return e;
	if (ret_partial)
		*ret_partial = partial;
	if (r == 0)
		*ret = p;
	if (r == 0 && ret_more)
		*ret_more = more;
	return r;
}
