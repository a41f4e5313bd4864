/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/host.h"
#include "engine/probe/sitefile.h"

/*
 * The site files of a host (mdevcompat-site.d(5)) as one set: read, checked, and folded into the
 * text that an image holds.
 *
 * A broken or refused file makes every site fact unreadable, whatever the others say and whatever
 * it said before: the operator was about to say something, perhaps about any key of any device,
 * and neither a default nor yesterday's value is that. So there is no last good form as policies
 * have it; those are as good as the facts, and this is a fact.
 */
struct siteset {
	const struct policy_file *file;	  /* in drop-in order */
	const struct image_input *input; /* one for each, without section */
	const struct source *source;	 /* likewise, for those that were read */
	const struct site_file *parsed;	 /* likewise, for those that are in order */
	uint32_t n;
	struct str text; /* for struct image_build */
	bool broken;
};

/* Reads what is below --root; mistakes go to the run's diagnostics. 0 or an exit code. */
int siteset_load(struct cli *c, struct siteset *ret);
/* Adds text and inputs to the image of @set, and warns of keys that no policy of it reads, unless
 * some of it could not be read. 0 or an exit code. */
int siteset_add(struct cli *c, const struct siteset *s, struct policyset *set);
/* The options of policyset_scan() for site files. */
struct policyset_options siteset_options(const struct cli *c);
/* Is the path of an input that of a site file? */
bool is_site_path(struct str path);

/* A site file on disk, beside the one that is in the image. */
struct site_now {
	bool gone;
	bool changed; /* it is gone, or its text is another one */
	int64_t age;  /* seconds since it was written; only if not .gone */
};
void site_look(struct host *h, struct str path, struct site_now *ret);
/* "3 days old". */
const char *site_age_text(struct cli *c, const struct site_now *now);
