/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The grammar. Actions build nodes and do nothing else: what words mean is for the checks.
 *
 * Words of the language are words like any other wherever a name or value is expected: an
 * attribute may be called vendor, device or source. Only `claim` begins something else at the
 * start of a clause.
 */
%require "3.8"
%define api.pure full
%define api.prefix {mdc_yy}
%define api.token.prefix {TOK_}
%define api.location.type {struct span}
%define api.value.type union
%define parse.error custom
%define parse.lac full
%locations
/* Instead of raising this, find the words that mean two things. */
%expect 0
%param { struct parse_ctx *px } { void *scanner }

%code requires {
#include "grammar/scan.h"
#include "grammar/slip.h"
}

%code provides {
int mdc_yylex(MDC_YYSTYPE *value, MDC_YYLTYPE *span, struct parse_ctx *px, void *scanner);
}

%code {
/* Nesting is bounded by the scanner; what is on the stack between two braces or parentheses is
 * a constant, for all lists are left-recursive. One size, so that it never grows. */
#define YYINITDEPTH 500
#define YYMAXDEPTH  500

#define YYLLOC_DEFAULT(cur, rhs, n)                                               \
	do {                                                                      \
		(cur).from = (n) ? YYRHSLOC(rhs, 1).from : YYRHSLOC(rhs, 0).to;   \
		(cur).to = (n) ? YYRHSLOC(rhs, n).to : YYRHSLOC(rhs, 0).to;       \
	} while (0)

/* What an action builds comes from the arena or not at all. */
#define BUILD(what)                                                               \
	do {                                                                      \
		if (!(what))                                                      \
			YYNOMEM;                                                  \
	} while (0)

#define W(span) ast_word(px, span)

static void mdc_yyerror(struct span *span, struct parse_ctx *px, void *scanner,
	const char *message);
}

/* Each keyword also stands in keywords.def, which spells it for the scanner, and in `keyword`. */
%token MDC_YYEOF 0 "the end of the file"
%token BARE "a word" STRING "a string" TEMPLATE "a template"
%token SEMICOLON ";" COMMA "," COLON ":" ASSIGN "=" EQ "==" LE "<=" GE ">="
%token PLUS "+" MINUS "-" STAR "*" SLASH "/" LPAREN "(" RPAREN ")" LBRACE "{"
%token RBRACE "}" RBRACE_LIST "} after a list"
%token
	ABSENT "absent" ACCEPT "accept" ANY "any" APPLIES "applies" AS "as"
	ATTRIBUTE "attribute" BECAUSE "because" BUT "but" CLAIM "claim" CONST "const"
	DEFAULT "default" DISJOINT "disjoint" DRIVER "driver" DYNAMIC "dynamic"
	EXCEPT "except" EXPECT "expect" FALLBACK "fallback" FIELD "field" FORMAT "format"
	FROM "from" HEX "hex" IN "in" KEY "key" LANGUAGE "language" LOCAL "local"
	MAJOR "major" MIGRATABLE "migratable" NARROWS "narrows" NOT_NEWER "not-newer"
	OF "of" OFFER "offer" ORDER "order" POLICY "policy" PRESENT "present"
	REFUSE "refuse" REVISION "revision" RULE "rule" SAME "same" SEPARATOR "separator"
	SIZE "size" SOURCE "source" SPEAKS "speaks" SUBSET "subset" SUPERSET "superset"
	TARGET "target" TEST "test" TYPE "type" VENDOR "vendor" WHEN "when"

/* What is on the stack is copied with every token: lists are small, the rest are pointers. */
%nterm <struct elem *> item compound expr sum other string
%nterm <struct elems> items list drivers
%nterm <struct ast_clause *> clause_tail
%nterm <struct ast_fact *> fact type_from
%nterm <struct word> name clause_name
%nterm <enum clause_op> relation
%nterm <char> operator

%%

file:
	language policy
	;

language:
	LANGUAGE BARE ";"		{ BUILD(ast_language(px, @2)); }
	;

policy:
	policy_head body close		{ px->closed = true; }
	;

policy_head:
	POLICY name head_options "{"
		{
			px->policy->policy_span = @1;
			px->policy->name = $2;
			px->blocks++;
		}
	;

head_options:
	%empty
	| head_options REVISION BARE	{ ast_once(px, &px->policy->revision, W(@3)); }
	| head_options FALLBACK		{ ast_once(px, &px->policy->fallback, W(@2)); }
	| head_options NARROWS name	{ ast_once(px, &px->policy->narrows, $3); }
	;

/* The end of braces that hold statements; a mistake before it is skipped with it. */
close:
	"}"				{ px->blocks--; }
	| error "}"			{ px->blocks--; px->recovering = false; yyerrok; }
	;

body:
	%empty
	| body statement
	| body error ";"		{ px->recovering = false; yyerrok; }
	;

statement:
	VENDOR string ";"
		{
			ast_once(px, &px->policy->vendor,
				(struct word){ $string->text, $string->span });
		}
	| APPLIES name DRIVER drivers type_from ";"
		{ BUILD(ast_scope(px, @$, $name, $drivers, $type_from)); }
	| SPEAKS name ";"		{ ast_once(px, &px->policy->speaks, $name); }
	| SPEAKS name AS name[as] ";"
		{
			ast_once(px, &px->policy->speaks, $2);
			px->policy->speaks_as = $as;
		}
	| attribute type options ";"	{ ast_attr_end(px); }
	| CONST name "=" list ";"	{ BUILD(ast_const(px, $name, $list)); }
	| CONST name "=" list[in] EXCEPT list[except] ";"
		{
			BUILD(ast_const(px, $name, $in));
			ast_except(&px->policy->last_const->value, @EXCEPT, $except);
		}
	| RULE name "{"
		{ BUILD(ast_rule_begin(px, $name, span_join(@1, @2))); px->blocks++; }
		rule_body close		{ ast_rule_end(px); }
	| rule_statement
	| TEST string "{"
		{ BUILD(ast_test_begin(px, $string)); px->blocks++; }
		test_body close
	;

drivers:
	item				{ $$ = ast_list($1); }
	| drivers "," item		{ $$ = ast_list_add($1, $3); }
	;

type_from:
	%empty				{ $$ = NULL; }
	| TYPE FROM fact		{ $$ = $fact; }
	;

/* ---- attributes ---- */

attribute:
	ATTRIBUTE name ":"		{ BUILD(ast_attr_begin(px, false, $name)); }
	| LOCAL name ":"		{ BUILD(ast_attr_begin(px, true, $name)); }
	;

type:
	name				{ px->attr->type = $name; }
	| name "(" item ")"		{ px->attr->type = $name; px->attr->type_argument = $item; }
	| name "{" items RBRACE_LIST
		{
			px->attr->type = $name;
			BUILD(px->attr->type_words = ast_braces(px, span_join(@2, @4), $items));
		}
	| name "{" RBRACE_LIST
		{
			px->attr->type = $name;
			BUILD(px->attr->type_words =
				ast_braces(px, span_join(@2, @3), (struct elems){ 0 }));
		}
	;

options:
	%empty
	| options option
	;

option:
	FROM fact			{ ast_attr_fact(px, $fact); }
	| KEY string			{ ast_attr_option(px, OPTION_KEY, @$, $string, NULL); }
	| SEPARATOR string		{ ast_attr_option(px, OPTION_SEPARATOR, @$, $string, NULL); }
	| FIELD item OF string		{ ast_attr_option(px, OPTION_FIELD, @$, $item, $string); }
	| FORMAT item			{ ast_attr_option(px, OPTION_FORMAT, @$, $item, NULL); }
	| ORDER item			{ ast_attr_option(px, OPTION_ORDER, @$, $item, NULL); }
	| MAJOR item			{ ast_attr_option(px, OPTION_MAJOR, @$, $item, NULL); }
	| HEX				{ ast_attr_option(px, OPTION_HEX, @$, NULL, NULL); }
	| SIZE				{ ast_attr_option(px, OPTION_SIZE, @$, NULL, NULL); }
	| BARE
		{
			struct elem *range;

			BUILD(range = ast_elem(px, ELEM_BARE, @1));
			ast_attr_option(px, OPTION_RANGE, @$, range, NULL);
		}
	| DYNAMIC			{ ast_attr_option(px, OPTION_DYNAMIC, @$, NULL, NULL); }
	| DEFAULT list			{ ast_attr_default(px, @$, $list); }
	;

fact:
	name				{ BUILD($$ = ast_fact(px, $name)); }
	| fact string			{ $$ = ast_fact_name($1, $string); }
	;

/* ---- rules ---- */

rule_body:
	%empty
	| rule_body WHEN name clause_tail ";"
		{
			$clause_tail->attr = $name;
			BUILD(ast_when(px, $clause_tail, span_join(@3, @4)));
		}
	| rule_body rule_statement
	| rule_body error ";"		{ px->recovering = false; yyerrok; }
	;

rule_statement:
	ACCEPT SAME ";"
		{
			BUILD(ast_block_begin(px, BLOCK_ACCEPT, false, span_join(@1, @2)));
			ast_block_end(px);
		}
	| MIGRATABLE name ";"		{ BUILD(ast_migratable(px, @$, $name)); }
	| block_head block_body close	{ ast_block_end(px); }
	;

block_head:
	ACCEPT SAME BUT "{"
		{
			BUILD(ast_block_begin(px, BLOCK_ACCEPT, true, span_join(@1, @3)));
			px->blocks++;
		}
	| OFFER "{"			{ BUILD(ast_block_begin(px, BLOCK_OFFER, true, @1)); px->blocks++; }
	| REFUSE "{"			{ BUILD(ast_block_begin(px, BLOCK_REFUSE, true, @1)); px->blocks++; }
	;

block_body:
	%empty
	| block_body clause_name clause_tail ";"
		{
			$clause_tail->attr = $clause_name;
			BUILD(ast_block_clause(px, $clause_tail, span_join(@2, @3)));
		}
	| block_body CLAIM name ";"	{ BUILD(ast_claim(px, span_join(@2, @3), $name, NULL)); }
	| block_body CLAIM name "=" expr ";"
		{ BUILD(ast_claim(px, span_join(@2, @5), $name, $expr)); }
	| block_body error ";"		{ px->recovering = false; yyerrok; }
	;

clause_tail:
	relation list			{ BUILD($$ = ast_clause(px, $1, @1, $2)); }
	| relation list[in] EXCEPT list[except]
		{
			BUILD($$ = ast_clause(px, $1, @1, $in));
			ast_except(&$$->operand, @EXCEPT, $except);
		}
	| ANY				{ BUILD($$ = ast_clause(px, OP_ANY, @1, (struct elems){ 0 })); }
	| ABSENT			{ BUILD($$ = ast_clause(px, OP_ABSENT, @1, (struct elems){ 0 })); }
	| PRESENT			{ BUILD($$ = ast_clause(px, OP_PRESENT, @1, (struct elems){ 0 })); }
	;

relation:
	"=="				{ $$ = OP_EQ; }
	| IN				{ $$ = OP_IN; }
	| SUBSET			{ $$ = OP_SUBSET; }
	| SUPERSET			{ $$ = OP_SUPERSET; }
	| DISJOINT			{ $$ = OP_DISJOINT; }
	| "<="				{ $$ = OP_LE; }
	| ">="				{ $$ = OP_GE; }
	| NOT_NEWER			{ $$ = OP_NOT_NEWER; }
	;

/* ---- operands ---- */

/* Nearly every element is one word, and goes from there to its list in two steps. */
list:
	item				{ $$ = ast_list($1); }
	| other				{ $$ = ast_list($1); }
	| list "," item			{ $$ = ast_list_add($1, $3); }
	| list "," other		{ $$ = ast_list_add($1, $3); }
	;

other:
	compound
	| sum
	| "*"				{ BUILD($$ = ast_elem(px, ELEM_BARE, @1)); }
	| "+"				{ BUILD($$ = ast_elem(px, ELEM_BARE, @1)); }
	;

expr:
	item
	| compound
	| sum
	;

/* Left to right; the checks refuse what school would read in another order. */
sum:
	expr operator item		{ BUILD($$ = ast_binary(px, $1, $2, $3)); }
	| expr operator compound	{ BUILD($$ = ast_binary(px, $1, $2, $3)); }
	;

operator:
	"+"				{ $$ = '+'; }
	| "-"				{ $$ = '-'; }
	| "*"				{ $$ = '*'; }
	| "/"				{ $$ = '/'; }
	;

compound:
	TEMPLATE			{ BUILD($$ = ast_elem(px, ELEM_TEMPLATE, @1)); }
	| "{" RBRACE_LIST		{ BUILD($$ = ast_braces(px, @$, (struct elems){ 0 })); }
	| "{" items RBRACE_LIST		{ BUILD($$ = ast_braces(px, @$, $items)); }
	| "(" expr ")"			{ $$ = ast_parens($expr, @$); }
	;

items:
	item				{ $$ = ast_list($1); }
	| items "," item		{ $$ = ast_list_add($1, $3); }
	;

item:
	BARE				{ BUILD($$ = ast_elem(px, ELEM_BARE, @1)); }
	| keyword			{ BUILD($$ = ast_elem(px, ELEM_BARE, @1)); }
	| CLAIM				{ BUILD($$ = ast_elem(px, ELEM_BARE, @1)); }
	| string
	;

string:
	STRING				{ BUILD($$ = ast_string(px, @1)); }
	;

/* ---- tests ---- */

test_body:
	%empty
	| test_body test_side assigns close
	| test_body EXPECT name ";"	{ ast_expect(px, $name, (struct word){ 0 }); }
	| test_body EXPECT name[verdict] BECAUSE name[because] ";"
		{ ast_expect(px, $verdict, $because); }
	| test_body error ";"		{ px->recovering = false; yyerrok; }
	;

test_side:
	TARGET "{"			{ ast_test_side(px, &px->test->target, @1); px->blocks++; }
	| SOURCE "{"			{ ast_test_side(px, &px->test->source, @1); px->blocks++; }
	;

assigns:
	%empty
	| assigns name list ";"		{ BUILD(ast_assign(px, $name, $list)); }
	| assigns error ";"		{ px->recovering = false; yyerrok; }
	;

/* ---- words ---- */

name:
	BARE				{ $$ = W(@1); }
	| keyword			{ $$ = W(@1); }
	| CLAIM				{ $$ = W(@1); }
	;

clause_name:
	BARE				{ $$ = W(@1); }
	| keyword			{ $$ = W(@1); }
	;

keyword:
	ABSENT | ACCEPT | ANY | APPLIES | AS | ATTRIBUTE | BECAUSE | BUT | CONST | DEFAULT
	| DISJOINT | DRIVER | DYNAMIC | EXCEPT | EXPECT | FALLBACK | FIELD | FORMAT | FROM
	| HEX | IN | KEY | LANGUAGE | LOCAL | MAJOR | MIGRATABLE | NARROWS | NOT_NEWER | OF
	| OFFER | ORDER | POLICY | PRESENT | REFUSE | REVISION | RULE | SAME | SEPARATOR
	| SIZE | SOURCE | SPEAKS | SUBSET | SUPERSET | TARGET | TEST | TYPE | VENDOR | WHEN
	;

%%

/* How a token is called in messages: symbols in quotes, classes plain. */
static struct str symbol_text(yysymbol_kind_t kind)
{
	return str_from(kind == YYSYMBOL_RBRACE_LIST ? "}" : yysymbol_name(kind));
}

static bool symbol_is_class(yysymbol_kind_t kind)
{
	return kind == YYSYMBOL_YYEOF || kind == YYSYMBOL_BARE || kind == YYSYMBOL_STRING ||
	       kind == YYSYMBOL_TEMPLATE;
}

static bool symbol_is_keyword(yysymbol_kind_t kind)
{
	return kind >= YYSYMBOL_ABSENT && kind <= YYSYMBOL_WHEN;
}

static bool expects(const yysymbol_kind_t *expected, int n, yysymbol_kind_t kind)
{
	int i;

	for (i = 0; i < n; i++)
		if (expected[i] == kind)
			return true;
	return false;
}

/* What could stand here, without what follows from something else that could. */
static int interesting(yysymbol_kind_t *expected, int n)
{
	bool value = expects(expected, n, YYSYMBOL_TEMPLATE);
	bool word = expects(expected, n, YYSYMBOL_BARE);
	bool end = expects(expected, n, YYSYMBOL_SEMICOLON);
	int i, kept = 0;

	for (i = 0; i < n; i++) {
		yysymbol_kind_t k = expected[i];

		if (value && k != YYSYMBOL_BARE)
			continue;
		if (word && symbol_is_keyword(k))
			continue;
		if (end && (k == YYSYMBOL_PLUS || k == YYSYMBOL_MINUS || k == YYSYMBOL_STAR ||
				   k == YYSYMBOL_SLASH))
			continue;
		expected[kept++] = k;
	}
	return kept;
}

/* ", expected 'a', 'b' or 'c'", or nothing where that would be a long list. */
static void put_expected(struct sbuf *b, const yysymbol_kind_t *expected, int n, bool value)
{
	int i;

	if (n == 0 || n > 16)
		return;
	sbuf_puts(b, ", expected ");
	for (i = 0; i < n; i++) {
		const char *quote = symbol_is_class(expected[i]) ? "" : "'";

		if (i > 0)
			sbuf_puts(b, i + 1 < n ? ", " : " or ");
		sbuf_puts(b, quote);
		if (value && expected[i] == YYSYMBOL_BARE)
			sbuf_puts(b, "a value");
		else
			sbuf_put_str(b, symbol_text(expected[i]));
		sbuf_puts(b, quote);
	}
}

static struct str suggestion(struct str word, const yysymbol_kind_t *expected, int n)
{
	struct str candidate[YYNTOKENS];
	size_t k = 0;
	int i;

	for (i = 0; i < n; i++)
		if (symbol_is_keyword(expected[i]))
			candidate[k++] = symbol_text(expected[i]);
	return closest_word(word, candidate, k);
}

/* Does the word stand on a line below that of the one before it? */
static bool after_newline(const struct parse_ctx *px, struct span span)
{
	struct str between = str_sub(px->src->text, px->token_end_before, span.from);

	return str_find(between, '\n') < between.n;
}

/* A `;` is missing where the statement ends, not where the next one begins. */
static void report_missing_end(struct parse_ctx *px, struct span span)
{
	struct str word = str_sub(px->src->text, span.from, span.to);
	uint32_t at = px->token_end_before;
	struct diag *x = parse_error(px, DIAG_SYNTAX, (struct span){ at, at + 1 },
		"expected ';' before '%.*s'", STR_FMT(diag_quote(px->diags, word)));

	x->other.source = px->src;
	x->other.span = span;
	x->other.label = STR("the next one begins here");
	x->help = STR("end the statement with ';'");
}

/* Reads on as if the `;` were there, if what follows begins something that can stand here. */
static void supply_end(struct parse_ctx *px, const yypcontext_t *ctx)
{
	int kind = yypcontext_token(ctx);

	if (kind == YYSYMBOL_BARE ? !px->block : !symbol_is_keyword(kind))
		return;
	px->supply = SUPPLY_END;
	px->word = px->token;
	px->word_span = *yypcontext_location(ctx);
}

/* "not" of `not manager`: it stands where an attribute does. */
static struct str word_before(const struct parse_ctx *px, struct span span)
{
	uint32_t to = span.from, from;

	while (to > 0 && px->buf[to - 1] == ' ')
		to--;
	for (from = to; from > 0 && ascii_isalpha(px->buf[from - 1]); from--)
		;
	return str_sub(px->src->text, from, to);
}

#define EXPECTED_SHORT 4

static void report_unexpected(const yypcontext_t *ctx, struct parse_ctx *px)
{
	yysymbol_kind_t expected[YYNTOKENS], token = yypcontext_token(ctx);
	struct span span = *yypcontext_location(ctx);
	int n = yypcontext_expected_tokens(ctx, expected, YYNTOKENS);
	bool value = expects(expected, n, YYSYMBOL_TEMPLATE);
	struct str word = str_sub(px->src->text, span.from, span.to), best;
	char buf[512];
	struct sbuf b = SBUF(buf);
	struct diag *x;

	if (n == 1 && expected[0] == YYSYMBOL_LANGUAGE) {
		x = parse_error(px, DIAG_LANGUAGE_MISSING, (struct span){ span.from, span.to },
			"a policy begins with the language it is written in");
		x->help = STR("write 'language 1;' before everything else");
		px->hopeless = true;
		return;
	}
	n = interesting(expected, n);
	if (expects(expected, n, YYSYMBOL_SEMICOLON) && after_newline(px, span)) {
		report_missing_end(px, span);
		supply_end(px, ctx);
		return;
	}
	/* Beside the word that was meant, a long list says nothing. */
	best = token == YYSYMBOL_BARE ? suggestion(word, expected, n) : STR("");
	if (best.n == 0 || n <= EXPECTED_SHORT)
		put_expected(&b, expected, n, value);
	x = parse_error(px, DIAG_SYNTAX, span, "unexpected '%.*s'%.*s",
		STR_FMT(diag_quote(px->diags, word)), STR_FMT(sbuf_str(&b)));
	if (best.n > 0)
		x->help = diag_text(px->diags, "did you mean '%.*s'?", STR_FMT(best));
	else if (token == YYSYMBOL_ASSIGN && expects(expected, n, YYSYMBOL_EQ))
		x->help = STR("equality is written '=='");
	else if (token == YYSYMBOL_BARE && word.p[0] == '-')
		x->help = STR("in arithmetic, '-' has blanks around it");
	else if (n == 1 && expected[0] == YYSYMBOL_COLON)
		x->help = STR("write 'NAME : TYPE', with a blank before ':'");
	else if (token == YYSYMBOL_BARE)
		x->help = slip_help(expects(expected, n, YYSYMBOL_EQ) ? word_before(px, span) : word);
	if (x->help.n > 0)
		return;
	if (n == 1 && expected[0] == YYSYMBOL_SAME)
		x->help = STR("`accept same;` takes exact twins, `accept same but { ... }` names what may "
			      "differ");
	else if (token == YYSYMBOL_RBRACE && expects(expected, n, YYSYMBOL_SEMICOLON))
		x->help = STR("every clause ends with ';', the last one as well");
}

/* The innermost brace that nobody closed. */
static void report_end(const yypcontext_t *ctx, struct parse_ctx *px)
{
	struct diag *x = parse_error(px, DIAG_END, *yypcontext_location(ctx),
		px->depth > 0 ? "the file ends before the policy's closing brace" :
				"the file ends before there is a policy");

	px->hopeless = true;
	if (px->depth == 0) {
		x->help = STR("a policy is 'language 1; policy NAME { ... }'");
		return;
	}
	x->other.source = px->src;
	x->other.span = px->open[px->depth - 1];
	x->other.label = STR("opened here");
	if (px->askew.to > 0) {
		uint32_t line, column;

		source_locate(px->src, px->askew_close.from, &line, &column);
		x->other.span = px->askew;
		x->other.label = diag_text(px->diags, "is it this one? The '}' in line %u, which closes it, "
			"is indented otherwise", line);
	}
	x->help = STR("each '{' needs its '}'");
}

static void report_after_end(const yypcontext_t *ctx, struct parse_ctx *px)
{
	struct diag *x = parse_error(px, DIAG_AFTER_END, *yypcontext_location(ctx),
		"text after the policy's closing brace");

	x->other.source = px->src;
	x->other.span = (struct span){ px->token_end_before - 1, px->token_end_before };
	x->other.label = STR("closed here");
	x->help = STR("a statement stands before that brace; a second policy has a file of its own");
}

static int yyreport_syntax_error(const yypcontext_t *ctx, struct parse_ctx *px, void *scanner)
{
	if (px->closed) {
		report_after_end(ctx, px);
		px->hopeless = true;
	} else if (yypcontext_token(ctx) == YYSYMBOL_YYEOF) {
		report_end(ctx, px);
	} else {
		report_unexpected(ctx, px);
	}
	px->recovering = true;
	px->skipped_statement = false;
	return 0;
}

/* Only "memory exhausted" comes this way: the stack's depth is bounded by the scanner's, so it
 * is the arena. */
static void mdc_yyerror(struct span *span, struct parse_ctx *px, void *scanner,
	const char *message)
{
	px->nomem = true;
}
