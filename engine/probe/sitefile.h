/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/base/diag.h"

/*
 * Site files (mdevcompat-site.d(5)): what an operator says of a host, of the devices of a driver,
 * or of one device, because no file in /sys does. YAML of one form; every scalar is text.
 */
#define SITE_ENTRIES_MAX 4096 /* facts and names of one file */
#define SITE_NAME_MAX	 255  /* bytes of a driver, an address or a key */

enum site_level { SITE_HOST = 0, SITE_DRIVER, SITE_ADDRESS };

struct site_entry {
	enum site_level level;
	struct str name; /* of the driver or the device; SITE_HOST: empty */
	struct str key, value;
	struct span span; /* the key in the text */
};

struct site_file {
	const struct site_entry *entry; /* in the order written */
	uint32_t n;
};

/*
 * Reads @src. Everything lives in @a. -EBADMSG: the text is wrong, and @d says where: nothing of
 * it may be used then, as what it says otherwise may stand behind the mistake. -ENOMEM.
 */
int site_parse(struct arena *a, const struct source *src, struct diags *d, struct site_file *ret);

/* The lines of one file as site_find() takes them (engine/probe/subject.h), under the name @path.
 * Appends to @b; look at its .overflow. */
void site_fold(struct sbuf *b, struct str path, const struct site_file *f);
/* The line that stands for a file that cannot be read: it makes every site fact unreadable. */
void site_fold_broken(struct sbuf *b, struct str path);
