/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/analyse/relation.h"
#include "engine/eval/eval.h"

/*
 * The inside of engine/analyse: the variables that subjects differ in, and their representatives.
 *
 * A *variable* is one fact read as one type: an attribute or local of one or several policies.
 * Variable 0 is the scope (kind and driver), 1 the type, then the others in level order.
 */
#define ANALYSE_SUBJECTS_MAX 4096	/* representatives compared with each other */
#define ANALYSE_POINTS_MAX   4096	/* representatives of one variable */
#define ANALYSE_DOMAIN_MAX   256	/* an int under arithmetic, all of whose values are taken */
#define ANALYSE_BINDINGS_MAX 65536	/* combinations of the variables of one template */
#define ANALYSE_CONSTS_MAX   64		/* sets or masks that one attribute is compared with */
#define ANALYSE_MEMBERS_MAX  12		/* members that vary freely: 4096 sets */
#define ANALYSE_MEMORY_MAX   ((size_t)1 << 30) /* bytes for one question */

#define VAR_SCOPE 0u
#define VAR_TYPE  1u
#define VAR_NONE  UINT32_MAX

struct point {
	bool absent;
	bool has_ranges;
	struct value value;
	struct ranges ranges;
};

/* A list that grows in an arena. */
struct list {
	void *at;
	uint32_t n, room;
};
/* Room for one more of @size bytes at the end, zeroed and counted; NULL: -ENOMEM. */
void *list_push(struct arena *a, struct list *v, size_t size);

/* An operator that compares two variables, on source and target. */
struct relates {
	uint32_t x, y;
	enum clause_op op;
};

/* How the variables of one group (those compared with each other) are looked at. */
struct looks {
	struct list words;    /* struct str */
	struct list prefixes; /* struct str */
	struct list cuts;     /* struct key: where something changes */
	struct list consts;   /* struct value: sets and masks */
	struct list relates;  /* struct relates */
	uint32_t const_atoms; /* conditions that sets or masks are put under by constants */
	uint8_t majors;	      /* bit K: not-newer with K major parts */
	bool whole;	      /* every value counts (claims, arithmetic) */
	bool too_many;	      /* more bindings than can be looked at */
};

struct var {
	struct str name;
	bool local;
	const struct attr *attr; /* the first that declares it; NULL: the scope */
	struct value_type type;
	bool list;		 /* versions(N) */
	uint32_t group;		 /* parent in the forest of groups */
	uint32_t part;		 /* parent in the forest of parts (parts.c) */
	struct looks looks;	 /* at the group's root */
	struct list listed_by;	 /* of a list: variables that `in self.LIST` stands on: uint32_t */
	struct point *point;
	uint32_t n_points;
	struct str inexact;	 /* why the points do not decide; empty: they do */
};

/* One policy as it takes part. */
struct view {
	const struct policy *p;
	uint8_t side;
	bool narrow;
	uint32_t *attr_var, *local_var; /* by number */
};

struct universe {
	struct arena *arena;
	const struct judged *side[2];
	uint32_t n_sides;
	const struct scope *scope; /* of the first side that has a policy */
	uint32_t n_scopes;
	struct view *view;
	uint32_t n_views;
	struct var *var;
	uint32_t n_vars;
	const struct section_source *section[2]; /* by side, subject_prepare(): the policy, then
						  * what narrows it */
	bool names_scope; /* some clause looks at kind or driver */
	bool has_offers;
	bool orders;	  /* the question itself compares versions */
	bool mixed_types; /* some scopes have a type, others have none */
};

/* The variables of one policy, or of two that are compared. Groups are made, and what policies look
 * at is collected. 0, -ENOMEM. */
int universe_new(struct arena *a, const struct judged *const *side, uint32_t n_sides,
	struct universe **ret);

/* Do two attributes read one fact? Does one text give one value of both types (the declared domains
 * may differ)? */
bool attr_same_fact(const struct fact *x, const struct fact *y);
bool attr_same_reading(const struct attr_type *x, const struct attr_type *y);

/* The variable that an attribute or local of that fact and type is; VAR_NONE: none. */
uint32_t universe_find(const struct universe *u, const struct attr *at);

/* The root of a forest. */
uint32_t group_of(const struct universe *u, uint32_t var);

/* Adds to the looks of a group what one clause, or one left out, says. (looks.c) */
int looks_collect(struct universe *u);

/* Fills .point of every variable for questions about @tuple subjects (1, 2 or 3). */
int points_make(struct universe *u, unsigned tuple);
/* The same for sets and masks (points-members.c). */
int points_members(struct universe *u, uint32_t var, unsigned tuple, struct list *out);

/* Does this scope give its subjects a type? */
static inline bool scope_has_type(const struct scope *s)
{
	return s->kind == KIND_MDEV || s->has_type_from;
}
