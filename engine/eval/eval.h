/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/adapter/adapter.h"
#include "engine/base/arena.h"
#include "engine/base/status.h"
#include "engine/diagram/diagram.h"
#include "engine/image/image.h"
#include "engine/image/model.h"

/*
 * Facts x image -> record, acceptance diagram, descriptor, fingerprint.
 *
 * Nothing here reads files: facts come through a reader. Nothing is decided by time.
 */

/*
 * Gives the raw text of one attribute's (or local's) fact, as the fact holds it: with its
 * trailing newline, before `key` is looked up. A fact with two paths gives both texts joined by
 * one ':' (each without its trailing newline). @name serves sources that know values by
 * attribute instead of by path (device files): those set *ret_final, and `key` is not looked up.
 *
 * Returns 0 with *ret valid as long as @a; -ENOENT: absent; -ENODEV: the subject itself has
 * vanished; anything else: unreadable (-EFBIG: more than FACT_TEXT_MAX bytes; -EUCLEAN: where it
 * would stand, something is broken). @ret_from, a
 * path or another name for people of where the text came from, may be left empty.
 *
 * .value is for those who have values already (tests in policies, analysis). Where it is not NULL
 * it is asked instead of .read: 0 with *ret of the attribute's type, or with *ret_ranges for
 * versions(N); -ENOENT: absent; -ENODEV as above; anything else: unreadable. A value of another
 * type, or outside of the declared domain, is unreadable too, as its text would be.
 */
struct fact_reader {
	int (*read)(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
		bool *ret_final, struct str *ret_from);
	void *ctx;
	int (*value)(void *ctx, const struct attr *attr, struct value *ret,
		struct ranges *ret_ranges);
};

/* What is to be evaluated. Views must live as long as the evaluation's arena is used. */
struct subject {
	enum subject_kind kind;
	struct str driver; /* mdev: the parent's driver, else bus, else class; vfio: bound driver */
	struct str type;   /* mdev type name; .p NULL: none */
	bool instance;	   /* a device that exists: dynamic attributes are read; else defaults */
	struct fact_reader facts;
	struct file_reader files; /* for policies with `speaks`; .read NULL: there are none */
};

/* Raw and parsed form of one attribute's value, for `info` and `explain`. */
struct fact_result {
	const struct attr *attr;
	struct str raw;	 /* as read; .p NULL: absent or not read */
	struct str from; /* where it came from */
	bool absent;	 /* no value of its own: the default (or absence) holds */
	struct value value; /* effective value; type VT_NONE: absent */
	struct ranges ranges; /* locals of type versions(N) */
	bool has_ranges;
};

#define FINGERPRINT_LEN 57
#define DESCRIPTOR_MAGIC "mdc1"

struct evaluation {
	enum mdc_status status;
	struct str detail; /* the attribute a fact's status speaks of; else empty */
	struct str detail_why; /* for people: what was wrong with it */
	int32_t input;	   /* which input of the image answered, -1: none */
	struct policy policy; /* head of the section that answered (.rule: see rules) */
	bool has_policy;

	struct fact_result type; /* of a vfio device whose scope says `type from`; else .attr NULL */
	struct fact_result *fact; /* declared attributes, by number - ATTR_FIRST */
	struct fact_result *local;
	const struct spoken_attr **spoken; /* by attribute number, NULL: the policy's own; NULL
					    * as a whole without `speaks` */
	const struct value **self; /* effective values by attribute number; NULL: absent */
	struct record record;

	const struct rule *rule; /* those whose conditions hold, in order; see bound_rule */
	struct bound_rule *bound;
	uint32_t n_bound;

	struct dstore *store;
	dref accepts;	  /* closed */
	bool has_offers;
	dref offers;	  /* open; only if has_offers */
	bool migratable_no;
	bool unjudged; /* STATUS_TARGET_ONLY: a narrowing policy refuses by the source's record, which
			* whoever asks the driver does not have */
	uint32_t n_narrows; /* narrowing policies that were applied */
	const struct evaluation *narrowed_by; /* the last of them, for reasons; in it the one before */
	bool accepts_own;   /* accepts and offers hold for its own record */
	const uint16_t *claim_attr; /* attributes claimed by some accept block, ascending by name */
	uint32_t n_claim_attrs;

	struct str record_text, accepts_text, offers_text;
	struct str descriptor; /* the whole line */
	char fingerprint[FINGERPRINT_LEN + 1]; /* empty string without one */
};

/* A rule whose conditions hold, with one binding of the variables in its conditions. */
struct bound_rule {
	const struct rule *rule;
	int16_t value[TEMPLATE_VARS_MAX]; /* index of the value, -1: bound by blocks */
};

struct eval_options {
	const struct dlimits *limits; /* NULL: dlimits_default */
	bool no_descriptor;	      /* stop after the diagrams: no texts, no hashes */
	struct eval_shared *shared;   /* NULL: nothing is; for evaluate() only */
};

/*
 * What subjects have in common that differ in their type alone, as those of one parent do: the
 * first to be evaluated with it leaves there what the others need not read and decode again,
 * facts included (also those that are absent or unreadable). It takes about 4 MiB of @a, which
 * must outlive all of their evaluations; what does not fit is not kept. Other pages of @img may be
 * forgotten back to where @a was afterwards. 0, -ENOMEM. A subject of another kind or driver is
 * -EINVAL then.
 */
struct eval_shared;
int eval_shared_new(struct arena *a, struct image *img, enum subject_kind kind,
	struct str driver, struct eval_shared **ret);

/*
 * Evaluates @s against @img. All of *ret lives in @a, of which it takes at most EVAL_MEMORY_MAX
 * bytes: more is too complex, if @a has as much, else -ENOMEM. Pages of @img count too if they come
 * from @a; let them come from elsewhere. Returns 0 whenever there is an answer to
 * give, also "unknown: missing-fact" and the like (ret->status); an error means that nothing is
 * known and nothing may be said: -ENODEV (the subject vanished), -EIO, -ENOMEM.
 */
int evaluate(struct arena *a, struct image *img, const struct subject *s,
	const struct eval_options *o, struct evaluation *ret);

/*
 * The same with a section at hand instead of an image (tests, `check`). @narrows may be NULL.
 */
int evaluate_section(struct arena *a, const struct section_source *section,
	const struct section_source *narrows, uint32_t n_narrows, const struct subject *s,
	const struct eval_options *o, struct evaluation *ret);

/* `unknown:<code>` or `unknown:<code>:<detail>`, detail escaped; for a status without
 * fingerprint. */
void eval_print_unknown(struct sbuf *b, const struct evaluation *e);
