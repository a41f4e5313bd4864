/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has udev look at devices again after their policy has changed. Knows which
 * devices have another answer now; finding and telling them is the probe's work.
 */
#include "cli/trigger.h"

#include <errno.h>

#include "engine/probe/enumerate.h"

/* ---- what changed ------------------------------------------------------------------------------ */

static bool same_bytes(struct section_source *x, struct section_source *y)
{
	const uint8_t *a, *b;

	if (x->size != y->size)
		return false;
	if (x->size == 0)
		return true;
	if (x->read(x->ctx, 0, x->size, &a) < 0 || y->read(y->ctx, 0, y->size, &b) < 0)
		return false;
	return memcmp(a, b, x->size) == 0;
}

static bool reads_folded(const struct attr *attr, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (attr[i].fact.kind == FACT_OS_RELEASE || attr[i].fact.kind == FACT_SITE)
			return true;
	return false;
}

/* Does the section read what is folded in, and is that different? */
static bool folded_differs(struct cli *c, struct image *was, struct image *is,
	const struct section_source *section)
{
	struct str a, b, x, y;
	struct policy head;

	if (image_os_release(was, &a) < 0 || image_os_release(is, &b) < 0 ||
		image_site(was, &x) < 0 || image_site(is, &y) < 0)
		return true;
	if (str_eq(a, b) && str_eq(x, y))
		return false;
	if (section_decode_head(c->arena, section, &head) < 0)
		return true;
	return reads_folded(head.attr, head.n_attrs) || reads_folded(head.local, head.n_locals);
}

bool images_agree(struct cli *c, struct image *was, struct image *is, enum subject_kind kind,
	struct str driver)
{
	struct image_answer a, b;

	if (!was || !is)
		return was == is;
	if (image_find(was, kind, driver, &a) < 0 || image_find(is, kind, driver, &b) < 0)
		return false;
	if (a.status != b.status || a.n_narrows != b.n_narrows)
		return false;
	if (!status_has_fingerprint(a.status))
		return true;
	for (uint32_t i = 0; i < a.n_narrows; i++)
		if (!same_bytes(&a.narrows[i], &b.narrows[i]))
			return false;
	return same_bytes(&a.section, &b.section) && !folded_differs(c, was, is, &b.section);
}

/* ---- whom to tell ------------------------------------------------------------------------------ */

/* Something that is nothing to us any more and still carries our tag has old properties. */
static bool is_concerned(struct cli *c, const struct device *d, struct image *was, struct image *is)
{
	if (d->role == DEVICE_OTHER)
		return true;
	return !images_agree(c, was, is, d->role == DEVICE_VFIO ? KIND_VFIO : KIND_MDEV, d->driver);
}

int trigger_devices(struct host *h, struct image *was, struct image *is, uint32_t *ret_n,
	bool *ret_all)
{
	struct cli *c = h->c;
	struct device *d;
	uint32_t n, n_triggered = 0;
	bool all = true;
	int r;

	r = host_open_sysfs(h);
	if (r != 0)
		return r;
	r = host_devices(&h->sysfs, c->arena, &d, &n);
	if (r < 0)
		return cli_fail_errno(c, r, "%.*s", STR_FMT(h->sysfs.top));
	for (uint32_t i = 0; i < n; i++) {
		if (!is_concerned(c, &d[i], was, is))
			continue;
		r = device_trigger(&d[i]);
		if (r == 0)
			n_triggered++;
		/* Where sysfs can only be read, others tell. */
		all = all && (r == 0 || r == -ENODEV || r == -EROFS);
		if (r < 0 && r != -ENODEV)
			cli_note(c, "trigger", "/sys/%.*s/uevent: %s", STR_FMT(d[i].path), strerror(-r));
	}
	*ret_n = n_triggered;
	*ret_all = all;
	return 0;
}
