/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/status.h"
#include "engine/image/interface.h"
#include "engine/image/model.h"

/*
 * Drivers that speak one of the proposed kernel interfaces: `speaks NAME;`. An adapter
 * reads the driver's own files and puts what they say into the terms of the model:
 * attributes with their values, and blocks about them. It decides nothing; evaluation
 * takes both as it takes those of a policy, and the policy's own are one more
 * conjunction.
 *
 * Built into the udev helper too. Files are read through a reader, at most FACT_TEXT_MAX
 * bytes each. Whatever cannot be read or understood is a status, never a value.
 */
#define SPOKEN_ATTRS_MAX ATTRS_MAX
#define SPOKEN_NAMES_MAX 1024 /* names looked at in one folder */

/*
 * The files of a subject. @where is FACT_TYPE, FACT_DEVICE or FACT_PARENT; @path is below
 * that folder, "" for the folder itself.
 */
struct file_reader {
	/* The text as the file holds it. 0; -ENOENT; -ENODEV: the subject is gone; else
	 * unreadable (-EFBIG: more than FACT_TEXT_MAX bytes). *ret_from names the file
	 * for people and may be left empty. */
	int (*read)(void *ctx, struct arena *a, enum fact_kind where, struct str path,
		struct str *ret, struct str *ret_from);
	/* The names in a folder, sorted bytewise, at most SPOKEN_NAMES_MAX (-E2BIG); else
	 * as read(). */
	int (*list)(void *ctx, struct arena *a, enum fact_kind where, struct str path,
		struct str **ret, uint32_t *ret_n);
	void *ctx;
};

struct adapter_input {
	enum subject_kind kind;
	struct str driver;
	struct str type; /* .p NULL: none */
	bool instance;
	bool offers; /* `as offers`: lists are of targets */
	const struct file_reader *files;
};

struct spoken_attr {
	struct attr attr;   /* .spoken */
	struct value value; /* effective; type VT_NONE: absent */
	bool absent;	    /* not there: the default, if there is one */
	struct str raw, from;
};

/* What the driver says. Clauses number these attributes from ATTR_FIRST on, in this
 * order. */
struct spoken {
	enum mdc_status
		status;	   /* STATUS_OK, MISSING_FACT, UNREADABLE_FACT, TARGET_ONLY */
	struct str detail; /* the file that the status speaks of, or the attribute */
	struct str detail_why;
	const struct spoken_attr *attr;
	uint32_t n_attrs;
	struct rule rule; /* .spoken; without conditions and variables */
};

/*
 * Reads. 0 with *ret, also when that is a status; -ENODEV: the subject is gone; -E2BIG: a
 * bound was passed, too complex; -ENOMEM; -EINVAL: there is no interface of that name.
 * All of *ret lives in @a, texts of @in must live as long.
 */
int adapter_speak(struct arena *a, struct str name, const struct adapter_input *in,
	struct spoken *ret);
