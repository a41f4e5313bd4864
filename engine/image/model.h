/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/limits.h"
#include "engine/base/status.h"
#include "engine/base/str.h"
#include "engine/diagram/value.h"
#include "engine/version/ranges.h"

/*
 * The compiled form of one policy, in memory: what the compiler's lowering makes, what the image
 * stores (section.h), and what the evaluator reads. It is laid out for the whole language of
 * DESIGN 2. All names are resolved, all constants normal: words sorted, ranges in normal form.
 * Everything lives in one arena; views may point into section bytes that live as long. Fields
 * that a type, a kind or an operator does not use are zero. What comes out of section_decode_*()
 * keeps every promise made here, whoever wrote the bytes; section_encode() refuses what does not.
 *
 * Images store the numbers of all enumerations here: new members go to the end, and as older
 * readers must refuse them as what they are, IMAGE_VERSION goes up.
 *
 * Attributes are numbered: 0 kind, 1 driver, 2 type, then the declared ones in *level order*
 * (value.h), so that building a diagram from the last number to the first is bottom-up.
 */
#define ATTR_KIND   0
#define ATTR_DRIVER 1
#define ATTR_TYPE   2
#define ATTR_FIRST  3 /* the first declared one */

enum subject_kind { KIND_MDEV = 1, KIND_VFIO = 2 };

/* A place in a policy file; line and column count from 1, columns in bytes. 0: nowhere. */
struct place {
	uint32_t line;
	uint32_t column;
};

/* ---- facts ------------------------------------------------------------------------------ */

enum fact_kind {
	FACT_NONE = 0,	     /* a built-in attribute */
	FACT_TYPE,	     /* file in the mdev type's directory */
	FACT_PARENT,	     /* path below the parent (for a VF: its physical function) */
	FACT_DEVICE,	     /* path below the device itself */
	FACT_MODULE,	     /* /sys/module/<path[0]>/<path[1]> */
	FACT_OS_RELEASE,     /* path[0] is the key */
	FACT_KERNEL_RELEASE, /* uname -r */
	FACT_SITE,	     /* path[0] is the key in site.d */
};

struct fact {
	enum fact_kind kind;
	struct str path[2]; /* a pci-id has two files; module has name and file */
	uint8_t n_paths;
	struct str key;	    /* `key "K"`; empty text (p == NULL): the whole file */
};

/* Why nothing may be read from this path, for people: it tells how much is left, which is no
 * compatibility, or reading it takes seconds or does something. NULL: it may. */
const char *fact_forbidden(struct str path);

/* ---- types ------------------------------------------------------------------------------- */

enum int_format { INT_DECIMAL = 0, INT_HEX, INT_SIZE };
enum mask_format { MASK_HEX = 0, MASK_BITS };

struct attr_type {
	struct value_type type; /* VT_SET for `set`; for versions(N) VT_VERSION + .list */
	bool list;		/* versions(N): a range list; locals only */
	uint8_t major;		/* versions: leading parts an open range may not leave */
	bool has_words;		/* enum {..} and set {..}: the declared domain below */
	struct word_set words;
	int64_t lo, hi;		/* int: the declared domain, whole line without one */
	enum int_format int_format;
	enum mask_format mask_format;
	bool msb_first;		/* mask: `order msb` */
	struct str separator;	/* set: empty (p == NULL) is white space */
	uint8_t field;		/* set `field K of "."`: 1-based; 0: whole words */
	struct str field_separator;
};

/* ---- attributes and locals --------------------------------------------------------------- */

enum presence {
	PRESENCE_REQUIRED = 0,
	PRESENCE_DEFAULT,	  /* `default V` */
	PRESENCE_DEFAULT_ABSENT,  /* `default absent` */
};

struct attr {
	struct str name;
	struct attr_type type;
	struct fact fact;
	enum presence presence;
	struct value dflt;	     /* PRESENCE_DEFAULT; for versions(N) see dflt_ranges */
	struct ranges dflt_ranges;   /* locals of type versions(N) */
	bool dynamic;
	bool spoken; /* brought by an interface's adapter (engine/adapter); never in an image */
	struct place place;
};

/*
 * Do two declarations of one name read the same value from any record? Of one type, and what a record
 * leaves out is the same value, or none, to both.
 */
bool attr_reads_alike(const struct attr *a, const struct attr *b);

/* ---- operands ---------------------------------------------------------------------------- */

/* Text with holes for template variables: "i915-GVTg_V5_" + var 0. Literal only: var < 0. At
 * most TEMPLATE_PIECES_MAX pieces, no literal empty. */
struct tmpl_piece {
	struct str text; /* literal, when var < 0 */
	int16_t var;	 /* index into rule.vars, or -1 */
};

struct tmpl {
	const struct tmpl_piece *piece;
	uint8_t n;
};

enum expr_op {
	EXPR_CONST = 0, /* .num */
	EXPR_VAR,	/* template variable .num, as an integer */
	EXPR_SELF,	/* the clause's own attribute on one's own side (not in conditions, claims) */
	EXPR_SOURCE,	/* attribute .num of the source (claims only): an int whose domain has at
			 * most SOURCE_VALUES_MAX values */
	EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_DIV, /* two operands from the stack */
};

/* An expression in postfix order, at most EXPR_NODES_MAX; each operation is exact or has no
 * value: a division with a remainder, by zero, or an overflow makes the binding not match. */
struct expr {
	const struct expr_node {
		enum expr_op op;
		int64_t num;
	} *node;
	uint8_t n;
};

enum operand_kind {
	OPERAND_NONE = 0,  /* any, absent, present */
	OPERAND_SELF,	   /* self; neither this nor the next in conditions */
	OPERAND_SELF_NAME, /* self.NAME: .ref is an attribute number, or a local when .local; of
			    * the same type. A range list goes with `in`, all else does not. */
	OPERAND_WORDS,	   /* words and templates (string, pci-id); with == exactly one */
	OPERAND_RANGES,	   /* int and version constants, normal form; with <= and >= one interval */
	OPERAND_BOOL,	   /* .has_no, .has_yes: the listed values */
	OPERAND_SETS,	   /* set constants; `in` lists several, all else has one */
	OPERAND_MASKS,	   /* mask constants, likewise */
	OPERAND_EXPR,	   /* an integer computed per binding */
};

struct operand {
	enum operand_kind kind;
	bool local;
	uint16_t ref;
	/* OPERAND_WORDS: (words, templates, prefixes) minus the same after `except`. Without
	 * templates and prefixes the list is already reduced to .words. */
	struct word_set words;
	const struct tmpl *tmpl;
	uint32_t n_tmpl;
	struct word_set prefixes; /* `nvidia-*`; conditions only */
	struct word_set except_words;
	const struct tmpl *except_tmpl;
	uint32_t n_except_tmpl;
	struct word_set except_prefixes;
	struct ranges ranges;
	bool has_no, has_yes;
	const struct word_set *sets;
	const uint64_t (*masks)[4];
	uint32_t n_values; /* of sets or masks */
	struct expr expr;
};

/* ---- rules ------------------------------------------------------------------------------- */

#define CLAUSE_OPS(X)                                                                          \
	X(OP_EQ, "==")                                                                         \
	X(OP_IN, "in")                                                                         \
	X(OP_SUBSET, "subset")                                                                 \
	X(OP_SUPERSET, "superset")                                                             \
	X(OP_DISJOINT, "disjoint")                                                             \
	X(OP_LE, "<=")                                                                         \
	X(OP_GE, ">=")                                                                         \
	X(OP_NOT_NEWER, "not-newer")                                                           \
	X(OP_ANY, "any")                                                                       \
	X(OP_ABSENT, "absent")                                                                 \
	X(OP_PRESENT, "present")

#define CLAUSE_OP_ENUM(name, word) name,
enum clause_op { CLAUSE_OPS(CLAUSE_OP_ENUM) OP_MAX_ };
#undef CLAUSE_OP_ENUM

/* The operator as written. */
const char *clause_op_name(enum clause_op op);

/* Can it be asked about values of a type, whatever the operand? */
bool clause_op_fits(enum clause_op op, struct value_type t);

struct clause {
	uint16_t attr; /* number */
	enum clause_op op;
	struct operand operand;
	struct place place;
};

struct claim {
	uint16_t attr; /* a dynamic attribute */
	bool copy;     /* `claim A;`: the source's value */
	struct expr expr;
	struct place place;
};

enum block_kind { BLOCK_ACCEPT = 0, BLOCK_OFFER, BLOCK_REFUSE };

struct block {
	enum block_kind kind;
	const struct clause *clause;
	uint32_t n_clauses;
	const struct claim *claim;
	uint32_t n_claims;
	uint32_t vars; /* bit i: rule.vars[i] is bound in this block (not by a `when`) */
	struct place place;
};

/* A template variable and its values, distinct, in the order written. The values of all that are
 * bound by conditions combine to at most BINDINGS_MAX, and so do those of each block. */
struct tmpl_var {
	struct str name;
	const struct str *value;
	uint16_t n;
	bool when; /* bound by a condition, from the subject's own value */
};

struct rule {
	struct str name; /* empty: an accept, offer or refuse directly in the policy */
	const struct clause *when;
	uint32_t n_when;
	const struct block *block;
	uint32_t n_blocks;
	const struct tmpl_var *var;
	uint8_t n_vars;
	bool migratable_no;
	bool spoken; /* what the driver says (engine/adapter); never in an image. Its blocks leave the
		      * policy's attributes alone, and the policy's blocks those of the driver. */
	struct place migratable_place;
	struct place place;
};

/* ---- the policy -------------------------------------------------------------------------- */

struct scope {
	enum subject_kind kind;
	struct str driver;
	bool has_type_from; /* applies vfio-device ... type from FACT */
	struct fact type_from;
	struct place place;
};

struct policy {
	struct str name;
	struct str vendor; /* empty: none stated */
	struct str file;   /* path as given to the compiler */
	uint8_t digest[32]; /* SHA-256 of the file's text */
	uint32_t language, revision;
	bool fallback;
	struct str narrows; /* empty: none */
	struct str speaks;  /* empty: none; else the name of the interface */
	bool speaks_offers; /* `speaks X as offers` */
	const struct scope *scope;
	uint32_t n_scopes;
	const struct attr *attr; /* [0..2] are the built-in ones */
	uint32_t n_attrs;
	const struct attr *local;
	uint32_t n_locals;
	const struct rule *rule;
	uint32_t n_rules;
};
