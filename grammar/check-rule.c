/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules and blocks: what stands in them, which variables they bind, how much of it there is. */
#include "engine/image/interface.h"
#include "grammar/check.h"

/* ---- variables --------------------------------------------------------------------------- */

/* Binds what the templates in a list bind. Only words have templates; what stands beside an
 * attribute of another type is told apart when the clause is checked. */
static bool bind_list(struct check *c, struct vars *v, const struct elems *list, bool when,
	uint32_t *ret_bound)
{
	const struct elem *e;
	bool good = true;

	for (e = list->first; e; e = e->next)
		if (e->kind == ELEM_TEMPLATE)
			good &= template_bind(c, v, e, when, ret_bound);
	return good;
}

static bool bind_clauses(struct check *c, struct vars *v, const struct ast_clause *first,
	bool when, uint32_t *ret_bound)
{
	const struct ast_clause *k;
	bool good = true;

	for (k = first; k; k = k->next) {
		const struct symbol *s = peek_attr(c, k->attr.text);

		if (!s || !value_type_is_word(s->attr.type.type))
			continue;
		good &= bind_list(c, v, &k->operand.in, when, ret_bound);
		good &= bind_list(c, v, &k->operand.except, when, ret_bound);
	}
	return good;
}

/* "{a} has 7 values, {b} has 7" */
static struct str factors(struct check *c, const struct vars *v, uint32_t bound)
{
	char buf[TEMPLATE_VARS_MAX * (NAME_MAX_LEN + 16)];
	struct sbuf b = SBUF(buf);
	int i;

	for (i = 0; i < v->n; i++) {
		if (!(bound >> i & 1))
			continue;
		sbuf_puts(&b, b.n > 0 ? ", {" : "{");
		sbuf_put_str(&b, v->var[i].name);
		sbuf_puts(&b, "} has ");
		sbuf_put_u64(&b, v->var[i].n);
	}
	sbuf_puts(&b, " values");
	return check_text(c, "%.*s", STR_FMT(sbuf_str(&b)));
}

static bool check_combinations(struct check *c, const struct vars *v, uint32_t bound,
	struct span span, const char *what)
{
	uint64_t n = 1;
	int i;

	for (i = 0; i < v->n; i++)
		if (bound >> i & 1)
			n *= v->var[i].n;
	if (n <= BINDINGS_MAX)
		return true;
	check_error(c, DIAG_COMBINATIONS, span, "%s has %llu combinations, more than %d", what,
		(unsigned long long)n, BINDINGS_MAX)->help =
		check_text(c, "%.*s; split it into several with fewer values each",
			STR_FMT(factors(c, v, bound)));
	return false;
}

/* A template may be nothing but a way to write a list. With one value it is not even that. */
static void report_unused(struct check *c, const struct vars *v, uint32_t bound)
{
	int i;

	for (i = 0; i < v->n; i++)
		if ((bound >> i & 1) && !v->used[i] && v->var[i].n == 1)
			check_error(c, DIAG_UNUSED_VARIABLE, v->span[i],
				"'%.*s' is bound and never used", QUOTE(c, v->var[i].name));
}

/* ---- blocks ------------------------------------------------------------------------------ */

static const char *const block_words[] = {
	[BLOCK_ACCEPT] = "accept", [BLOCK_OFFER] = "offer", [BLOCK_REFUSE] = "refuse",
};

static const enum clause_part block_parts[] = {
	[BLOCK_ACCEPT] = PART_ACCEPT, [BLOCK_OFFER] = PART_OFFER, [BLOCK_REFUSE] = PART_REFUSE,
};

static bool check_empty(struct check *c, const struct ast_block *b)
{
	struct diag *x;

	if (!b->braces || b->n_clauses + b->n_claims > 0)
		return true;
	x = check_error(c, DIAG_EMPTY_BLOCK, b->span, "this block has no clause");
	switch (b->kind) {
	case BLOCK_ACCEPT:
		x->help = STR("for exact twins write 'accept same;', for exceptions 'accept same "
			      "but { ATTRIBUTE any; }'");
		break;
	case BLOCK_OFFER:
		x->help = STR("without an offer block a source may go to every target that "
			      "accepts it");
		break;
	case BLOCK_REFUSE:
		x->help = STR("to refuse everything write 'migratable no;'");
		break;
	}
	return false;
}

static bool check_narrows(struct check *c, struct span span, const char *what)
{
	struct diag *x;

	if (!c->ast->narrows.text.p)
		return true;
	x = check_error(c, DIAG_NARROWS, span,
		"a policy that narrows another only takes away; it has no '%s'", what);
	check_other(c, x, c->ast->narrows.span, STR("it narrows this one"));
	x->help = STR("write 'refuse { ... }' or 'migratable no;'");
	return false;
}

static bool too_many(struct check *c, struct span span, uint32_t n, int max, const char *what)
{
	if (n <= (uint32_t)max)
		return false;
	check_error(c, DIAG_TOO_MANY, span, "%u %s, more than %d", n, what, max);
	return true;
}

static bool check_claims(struct check *c, struct vars *v, const struct ast_block *from,
	struct block *to)
{
	const struct ast_claim *k;
	struct claim *claim;
	bool good = true;
	uint32_t i;

	claim = arena_new_array(c->a, from->n_claims, struct claim);
	if (!claim)
		return false;
	for (k = from->first_claim; k; k = k->next) {
		if (from->kind != BLOCK_ACCEPT) {
			check_error(c, DIAG_CLAIM, k->span, "'%s' blocks claim nothing",
				block_words[from->kind])->help =
				STR("claims are made where a source is accepted");
			good = false;
			continue;
		}
		if (!check_claim(c, v, k, &claim[to->n_claims])) {
			good = false;
			continue;
		}
		for (i = 0; i < to->n_claims; i++)
			if (claim[i].attr == claim[to->n_claims].attr) {
				check_error(c, DIAG_TWICE, k->span,
					"'%.*s' is claimed twice in this block",
					QUOTE(c, k->attr.text));
				good = false;
				break;
			}
		to->n_claims++;
	}
	to->claim = claim;
	return good;
}

/* Where only the driver judges, on a string of its own, nobody has what a block asks for. */
static bool check_opaque(struct check *c, struct span span, const char *what)
{
	struct diag *x;

	if (!c->policy->speaks.p ||
		interface_find(c->policy->speaks) != INTERFACE_migration_version)
		return true;
	x = check_error(c, DIAG_SPEAKS_OPAQUE, span,
		"with 'speaks migration-version' only the driver judges; '%s' would never be looked at",
		what);
	check_other(c, x, c->ast->speaks.span, STR("here"));
	x->help = STR("leave it out; 'migratable no' may stand here");
	return false;
}

static bool check_block(struct check *c, struct vars *v, const struct ast_block *from,
	struct block *to)
{
	uint32_t outside = v->visible;
	const struct ast_clause *k;
	struct clause *clause;
	bool good = true;

	to->kind = from->kind;
	to->place = place_of(c, from->span);
	if (from->kind != BLOCK_REFUSE)
		good = check_narrows(c, from->span, block_words[from->kind]);
	good &= check_opaque(c, from->span, block_words[from->kind]);
	if (!check_empty(c, from) ||
		too_many(c, from->span, from->n_clauses, CLAUSES_MAX, "clauses in a block") ||
		too_many(c, from->span, from->n_claims, ATTRS_MAX, "claims in a block"))
		return false;
	if (!bind_clauses(c, v, from->first_clause, false, &to->vars)) {
		v->visible = outside;
		return false;
	}
	clause = arena_new_array(c->a, from->n_clauses, struct clause);
	if (!clause)
		return false;
	for (k = from->first_clause; k; k = k->next)
		if (check_clause(c, block_parts[from->kind], v, k, &clause[to->n_clauses]))
			to->n_clauses++;
		else
			good = false;
	to->clause = clause;
	good &= check_claims(c, v, from, to);
	good &= check_combinations(c, v, to->vars, from->span, "this block");
	if (good)
		report_unused(c, v, to->vars);
	v->visible = outside;
	return good;
}

/* ---- rules ------------------------------------------------------------------------------- */

static bool check_rule_name(struct check *c, const struct ast_rule *r)
{
	const struct ast_rule *first;
	struct diag *x;

	if (!r->name.text.p)
		return true;
	if (!check_name(c, r->name, "a rule"))
		return false;
	first = symtab_find(&c->rules, r->name.text);
	if (!first)
		return symtab_add(c->a, &c->rules, r->name.text, (void *)r);
	x = check_error(c, DIAG_DUPLICATE, r->name.span, "there are two rules '%.*s'",
		QUOTE(c, r->name.text));
	check_other(c, x, first->name.span, STR("the first one"));
	return false;
}

static bool check_migratable(struct check *c, const struct ast_rule *r, struct rule *to)
{
	static const struct str words[] = { STR_INIT("no") };
	const struct ast_migratable *m;
	bool good = true;

	for (m = r->first_migratable; m; m = m->next) {
		if (str_eq(m->word.text, STR("yes"))) {
			check_error(c, DIAG_UNKNOWN_WORD, m->word.span,
				"'migratable yes' says nothing: accept blocks say what may enter")
				->help = STR("write 'migratable no;', or leave it out");
			good = false;
			continue;
		}
		good &= check_word(c, m->word, "answer to 'migratable'", words, 1) == 0;
		if (to->migratable_no) {
			check_error(c, DIAG_TWICE, m->span, "this was said before");
			good = false;
		}
		to->migratable_no = true;
		to->migratable_place = place_of(c, m->span);
	}
	return good;
}

static bool check_conditions(struct check *c, struct vars *v, const struct ast_rule *r,
	struct rule *to)
{
	struct clause *when = arena_new_array(c->a, r->n_when, struct clause);
	const struct ast_clause *k;
	uint32_t bound = 0;
	bool good = true;

	if (!when)
		return false;
	if (too_many(c, r->span, r->n_when, CLAUSES_MAX, "conditions in a rule"))
		return false;
	if (!bind_clauses(c, v, r->first_when, true, &bound))
		return false;
	for (k = r->first_when; k; k = k->next)
		if (check_clause(c, PART_WHEN, v, k, &when[to->n_when]))
			to->n_when++;
		else
			good = false;
	to->when = when;
	return check_combinations(c, v, bound, r->span, "this rule") && good;
}

static bool check_rule(struct check *c, const struct ast_rule *r, struct rule *to)
{
	struct vars v = { 0 };
	const struct ast_block *k;
	struct block *block;
	struct tmpl_var *var;
	bool good;

	good = check_rule_name(c, r);
	to->name = r->name.text;
	to->place = place_of(c, r->span);
	good &= check_migratable(c, r, to);
	if (r->name.text.p && r->n_blocks == 0 && !r->first_migratable)
		check_error(c, DIAG_RULE_EMPTY, r->span, "the rule '%.*s' says nothing",
			QUOTE(c, r->name.text));
	if (too_many(c, r->span, r->n_blocks, BLOCKS_MAX, "blocks in a rule"))
		return false;
	block = arena_new_array(c->a, r->n_blocks, struct block);
	if (!block)
		return false;
	if (!check_conditions(c, &v, r, to))
		return false;
	for (k = r->first_block; k; k = k->next)
		good &= check_block(c, &v, k, &block[to->n_blocks++]);
	to->block = block;
	if (good)
		report_unused(c, &v, v.visible);
	var = arena_new_array(c->a, v.n, struct tmpl_var);
	if (!var)
		return false;
	memcpy(var, v.var, v.n * sizeof(*var));
	to->var = var;
	to->n_vars = v.n;
	return good;
}

/*
 * The policy's word is one more conjunction beside the driver's. A policy that leaves accepting to
 * the driver takes what is equal in its own attributes, of whatever type.
 */
static bool add_consent(struct check *c, struct rule *rule)
{
	struct block *block = arena_new(c->a, struct block);
	struct clause *clause = arena_new(c->a, struct clause);
	const struct policy *p = c->policy;
	uint32_t i, k;

	/* There the driver alone has a say, and a block would be an error. */
	if (interface_find(p->speaks) == INTERFACE_migration_version)
		return true;
	for (i = 0; i < p->n_rules; i++)
		for (k = 0; k < rule[i].n_blocks; k++)
			if (rule[i].block[k].kind == BLOCK_ACCEPT)
				return true;
	if (!block || !clause)
		return false;
	*clause = (struct clause){ .attr = ATTR_TYPE, .op = OP_ANY };
	clause->place = place_of(c, c->ast->speaks.span);
	*block = (struct block){ .kind = BLOCK_ACCEPT, .clause = clause, .n_clauses = 1 };
	block->place = clause->place;
	rule[c->policy->n_rules++] = (struct rule){
		.block = block,
		.n_blocks = 1,
		.place = clause->place,
	};
	return true;
}

bool check_rules(struct check *c)
{
	const struct ast_rule *r;
	struct rule *rule;
	bool good = true;

	if (c->ast->n_rules > RULES_MAX) {
		check_error(c, DIAG_TOO_MANY, c->ast->name.span, "%u rules, more than %d",
			c->ast->n_rules, RULES_MAX);
		return false;
	}
	rule = arena_new_array(c->a, (size_t)c->ast->n_rules + 1, struct rule);
	if (!rule)
		return false;
	for (r = c->ast->first_rule; r; r = r->next) {
		good &= check_rule(c, r, &rule[c->policy->n_rules++]);
		/* What is said about the rest would not be kept. */
		if (diags_full(c->d, c->src) || arena_failed(c->a))
			return false;
	}
	c->policy->rule = rule;
	return good && (!c->policy->speaks.p || add_consent(c, rule));
}
