/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/adapter/adapter.h"

/*
 * What adapters share: reading with errors turned into a status, and building attributes
 * and accept blocks. An adapter always describes what may *enter*, attribute by
 * attribute; speak.c turns the blocks round where the policy says that the list is of
 * targets.
 *
 * Functions that return int: 0; -ENODEV, -ENOMEM, -E2BIG; -ECANCELED: the status is set
 * and there is nothing more to be said. What else a function returns stands at it.
 */
struct speaker {
	struct arena *a;
	struct str name; /* of the interface */
	const struct adapter_input *in;
	enum fact_kind home; /* where the interface's files are: the type's folder or the
				device's */
	struct spoken *out;
	struct spoken_attr *attr; /* SPOKEN_ATTRS_MAX of them */
	struct block *block;
	uint32_t n_blocks, room;
	struct claim *claim;   /* of the last block, likewise */
	struct clause *clause; /* of the last block; room for each attribute once */
	uint32_t n_attrs;
};

/* Sets the status. -ECANCELED. */
int speak_fail(
	struct speaker *p, enum mdc_status status, struct str detail, struct str why);
#define speak_unreadable(p, detail, why) \
	speak_fail((p), STATUS_UNREADABLE_FACT, (detail), STR(why))

/* A file's text without its last newline. Also -ENOENT, which is no status yet. */
int speak_read(struct speaker *p, enum fact_kind where, struct str path, struct str *ret,
	struct str *ret_from);
/* A file that must be there: -ENOENT is missing-fact. */
int speak_need(struct speaker *p, struct str path, struct str *ret, struct str *ret_from);
/* The same for an interface's first file: tries the device's folder, then the type's, and
 * sets .home to where it is. */
int speak_find(struct speaker *p, struct str path, struct str *ret, struct str *ret_from);

/* Is it one line of printable ASCII? */
bool speak_one_line(struct str text);
/* Letters, digits, '_', '-' and '.', 1 to NAME_MAX_LEN of them, no name of ours. */
bool speak_name_valid(struct str name);
/* The words of a text between commas and white space, sorted, none twice. */
int speak_words(struct speaker *p, struct str text, struct word_set *ret);
/* One more, whatever it consists of. */
int speak_add_word(struct speaker *p, struct str word, struct word_set *set);

/* A new attribute, absent and required; the caller fills in the rest. Fails when the name
 * stands there already. NULL after speak_fail() or when memory is out: return
 * speak_error(). */
struct spoken_attr *speak_attr(struct speaker *p, struct str name, enum value_tag tag);
/* The same with a name of ours, which no driver may have. */
struct spoken_attr *speak_own_attr(struct speaker *p, struct str name, enum value_tag tag);
/* A string attribute with a value. *ret_attr, which may be NULL, is its number. */
int speak_string(struct speaker *p, struct str name, struct str value, struct str from,
	uint16_t *ret_attr);
/* A version(3) read from @text, which came from the file @name. */
int speak_version(struct speaker *p, struct str name, struct str text, struct str from,
	uint16_t *ret_attr);
int speak_error(const struct speaker *p);
/* Its number in clauses. */
uint16_t speak_number(const struct speaker *p, const struct spoken_attr *attr);

/* Begins an accept block. At most BINDINGS_MAX of them: -E2BIG. */
int speak_block(struct speaker *p);
/* The clause `attr op` of the last block, to be filled in; each attribute once a block.
 */
struct clause *speak_clause(struct speaker *p, uint16_t attr, enum clause_op op);
/* `attr in words`, which are sorted. */
void speak_in(struct speaker *p, uint16_t attr, struct word_set words);
/* The target is set to the source's value. Each attribute once a block. */
void speak_claim(struct speaker *p, uint16_t attr);
/* `attr == word`. */
int speak_is(struct speaker *p, uint16_t attr, struct str word);
