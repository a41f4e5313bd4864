/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/adapter/speak.h"

/*
 * The self/compatible proposals of July and August 2020: one block of keys and values for the
 * device itself, and alternatives, whose values may have variables. The forms (text, folders,
 * JSON) differ in how blocks are written down; what they mean is the same.
 */
struct said_value {
	struct str key;	 /* as written; not yet checked */
	struct str text; /* the value as written, without blanks around it */
};

struct said_block {
	struct said_value *value;
	uint32_t n, room;
};

struct said {
	struct said_block self;
	struct said_block *block; /* at most SAID_BLOCKS_MAX */
	uint32_t n_blocks, room;
	bool whole;	  /* an entry is the whole device: what it leaves out must be absent */
	struct str from;  /* where self came from, for people */
	struct str place; /* what a failure is about: the file or folder */
};

#define SAID_BLOCKS_MAX 256

/* -ENOMEM; -ECANCELED: too many, or the block has a key of that attribute already. */
int said_add(struct speaker *p, struct said *s, struct said_block *b, struct str key,
	struct str text);
/* A new alternative. */
int said_add_block(struct speaker *p, struct said *s, struct said_block **ret);

/* Makes attributes and accept blocks of it. */
int said_speak(struct speaker *p, const struct said *s);

/* ---- template.c: values with variables ----------------------------------------------------- */

struct piece {
	struct str text; /* when var < 0 */
	int var;
};

struct step {
	char op; /* '*' or '/' */
	int64_t by;
};

/* "i915-GVTg_V5_{v}" or "{v}/2": pieces, and, of one integer variable alone, arithmetic. */
struct template {
	struct piece *piece;
	uint32_t n_pieces;
	struct step *step;
	uint32_t n_steps;
};

struct variable {
	struct str name;
	bool integer;
	struct str *value; /* as text; integers in their one spelling */
	int64_t *number;   /* of integers */
	uint32_t n;
};

struct variables {
	struct variable var[TEMPLATE_VARS_MAX];
	unsigned n;
};

/* Finds the variables that the text declares. -EINVAL with *why. */
int template_declare(struct arena *a, struct str text, struct variables *v, struct str *why);
/* Reads the text; all variables of its block are declared. -EINVAL with *why, -ENOMEM. */
int template_read(struct arena *a, struct str text, const struct variables *v,
	struct template *ret, struct str *why);
/* Its text when each variable has its value of that index. -EDOM: it has none (a division with a
 * remainder, an overflow); -ENOMEM. */
int template_text(struct arena *a, const struct template *t, const struct variables *v,
	const uint32_t *index, struct str *ret);
/* A value without variables: what stands between quotation marks, or the word itself. */
int template_plain(struct str text, struct str *ret, struct str *why);
