/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fact reader over sysfs: from `parent "vendor" "device"` to the text of those files for
 * one subject. What the text says - keys in it, numbers, words - is eval's affair.
 */
#include <errno.h>
#include <sys/utsname.h>

#include "engine/base/limits.h"
#include "engine/probe/subject.h"

/* Files that are no facts: reading some of these takes seconds or wakes hardware. */
static bool forbidden_file(struct str path)
{
	static const struct str never[] = { STR_INIT("rom"), STR_INIT("vpd"), STR_INIT("config"),
		STR_INIT("remove"), STR_INIT("reset"), STR_INIT("rescan") };
	size_t i;

	while (str_find(path, '/') < path.n)
		path = str_sub(path, str_find(path, '/') + 1, path.n);
	for (i = 0; i < ARRAY_SIZE(never); i++)
		if (str_eq(path, never[i]))
			return true;
	if (!str_starts(path, STR("resource")))
		return false;
	path = str_sub(path, sizeof("resource") - 1, path.n);
	return path.n == 0 || ascii_isdigit(path.p[0]);
}

/* The compiler refuses such paths too; an image is not trusted. */
static int fact_path_check(struct str path)
{
	struct str rest = path, part;
	size_t i;

	if (!path.p || forbidden_file(path))
		return -EINVAL;
	for (;;) {
		i = str_find(rest, '/');
		part = str_sub(rest, 0, i);
		if (part.n == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return -EINVAL;
		if (i == rest.n)
			return 0;
		rest = str_sub(rest, i + 1, rest.n);
	}
}

/* "/sys/<folder>/<sub>/<name>/<file>", parts without .p left out. */
static int fact_path(struct arena *a, struct str folder, struct str sub, struct str name,
	struct str file, struct str *ret)
{
	const struct str part[] = { STR("/sys"), folder, sub, name, file };
	size_t n = 0, i;
	struct sbuf b;

	for (i = 0; i < ARRAY_SIZE(part); i++)
		n += part[i].n + 1;
	b = (struct sbuf){ .p = arena_alloc(a, n), .size = n };
	if (!b.p)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		if (part[i].p && b.n > 0)
			sbuf_putc(&b, '/');
		sbuf_put_str(&b, part[i]);
	}
	*ret = sbuf_str(&b);
	return 0;
}

static int read_below(struct probe *p, struct arena *a, struct str folder, struct str sub,
	struct str name, struct str file, struct str *ret, struct str *ret_from)
{
	struct sysfs *s = p->device->sysfs;
	struct str path;
	int r;

	r = fact_path_check(file);
	if (r < 0)
		return r;
	r = fact_path(a, folder, sub, name, file, &path);
	if (r < 0)
		return r;
	*ret_from = path;
	r = sysfs_read(s, a, str_sub(path, sizeof("/sys/") - 1, path.n), ret);
	/* A file below a file is not there either. */
	return r == -ENOTDIR ? -ENOENT : r;
}

static int read_file(struct probe *p, struct arena *a, const struct fact *f, struct str file,
	struct str *ret, struct str *ret_from)
{
	const struct device *d = p->device;
	struct str none = { 0 };

	switch (f->kind) {
	case FACT_TYPE:
		if (!p->type.p || d->role == DEVICE_VFIO)
			return -EINVAL;
		return read_below(p, a, d->parent, STR("mdev_supported_types"), p->type, file,
			ret, ret_from);
	case FACT_PARENT:
		return read_below(p, a, d->parent, none, none, file, ret, ret_from);
	case FACT_DEVICE:
		/* A type has no device yet. */
		if (d->role == DEVICE_PARENT)
			return -ENOENT;
		return read_below(p, a, d->path, none, none, file, ret, ret_from);
	default:
		return -EINVAL;
	}
}

static struct str without_newline(struct str s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

static int read_pair(struct probe *p, struct arena *a, const struct fact *f, struct str *ret,
	struct str *ret_from)
{
	struct str text[2], from[2];
	struct sbuf b;
	size_t i, n;
	int r;

	for (i = 0; i < 2; i++) {
		r = read_file(p, a, f, f->path[i], &text[i], &from[i]);
		if (r < 0)
			return r;
		text[i] = without_newline(text[i]);
	}
	n = text[0].n + 1 + text[1].n;
	if (n > FACT_TEXT_MAX)
		return -EFBIG;
	b = (struct sbuf){ .p = arena_alloc(a, n), .size = n };
	if (!b.p)
		return -ENOMEM;
	sbuf_put_str(&b, text[0]);
	sbuf_putc(&b, ':');
	sbuf_put_str(&b, text[1]);
	*ret = sbuf_str(&b);
	*ret_from = from[0];
	return 0;
}

static int read_kernel_release(struct sysfs *s, struct arena *a, struct str *ret,
	struct str *ret_from)
{
	struct utsname u;

	*ret_from = STR("uname -r");
	if (!s->kernel_release.p) {
		/* Another root's kernel is not the one that runs here. */
		if (s->fake)
			return -ENOENT;
		if (uname(&u) < 0)
			return -errno;
		*ret = str_dup(a, str_from(u.release));
	} else
		*ret = str_dup(a, s->kernel_release);
	return ret->p ? 0 : -ENOMEM;
}

static int read_os_release(struct sysfs *s, const struct fact *f, struct str *ret,
	struct str *ret_from)
{
	struct str text = { 0 };
	int r = s->image ? image_os_release(s->image, &text) : 0;

	*ret_from = STR("os-release");
	return r < 0 ? r : os_release_find(text, f->path[0], ret);
}

static struct str last_part(struct str path)
{
	while (str_find(path, '/') < path.n)
		path = str_sub(path, str_find(path, '/') + 1, path.n);
	return path;
}

static int read_site(struct probe *p, const struct fact *f, struct str *ret,
	struct str *ret_from)
{
	const struct device *d = p->device;
	struct str text = { 0 }, address, physfn = { 0 };
	int r = d->sysfs->image ? image_site(d->sysfs->image, &text) : 0;

	*ret_from = STR("site");
	if (r < 0)
		return r;
	/* An mdev is found by its parent, a VF by its own name and then its physical one's. */
	address = d->role == DEVICE_MDEV ? last_part(d->parent) : d->name;
	if (d->role == DEVICE_VFIO && !str_eq(d->parent, d->path))
		physfn = last_part(d->parent);
	return site_find(text, address, physfn, d->driver, f->path[0], ret);
}

static int read_fact(struct probe *p, struct arena *a, const struct fact *f, struct str *ret,
	struct str *ret_from)
{
	struct str none = { 0 };

	switch (f->kind) {
	case FACT_TYPE:
	case FACT_PARENT:
	case FACT_DEVICE:
		if (f->n_paths == 2)
			return read_pair(p, a, f, ret, ret_from);
		return read_file(p, a, f, f->path[0], ret, ret_from);
	case FACT_MODULE:
		if (fact_path_check(f->path[0]) < 0)
			return -EINVAL;
		return read_below(p, a, STR("module"), none, f->path[0], f->path[1], ret,
			ret_from);
	case FACT_OS_RELEASE:
		return read_os_release(p->device->sysfs, f, ret, ret_from);
	case FACT_KERNEL_RELEASE:
		return read_kernel_release(p->device->sysfs, a, ret, ret_from);
	case FACT_SITE:
		return read_site(p, f, ret, ret_from);
	case FACT_NONE:
		break;
	}
	return -EINVAL;
}

/* Only of a device, and of a type, that are still there a missing file says something. */
static int missing_fact(struct probe *p, struct arena *a, const struct fact *f)
{
	struct str none = { 0 }, folder;
	int r;

	if (f->kind == FACT_TYPE) {
		r = fact_path(a, p->device->parent, STR("mdev_supported_types"), p->type, none,
			&folder);
		if (r == 0)
			r = sysfs_stat(p->device->sysfs,
				str_sub(folder, sizeof("/sys/") - 1, folder.n), NULL);
		if (r < 0)
			return r == -ENOENT || r == -ENOTDIR ? -ENODEV : r;
	}
	r = device_still(p->device);
	return r < 0 ? r : -ENOENT;
}

/* What a read that failed says about the device and about us. */
static int note_failure(struct probe *p, struct arena *a, const struct fact *f, int r)
{
	if (r == -ENOENT)
		r = missing_fact(p, a, f);
	if (r == -ENODEV)
		p->vanished = true;
	if (r == -ENOMEM || r == -EMFILE || r == -ENFILE || r == -EINTR)
		p->failed = r;
	return r;
}

static int probe_read(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	struct str text = { 0 }, from = { 0 };
	struct probe *p = ctx;
	int r;

	*ret_final = false;
	r = read_fact(p, a, &attr->fact, &text, &from);
	*ret_from = from;
	r = note_failure(p, a, &attr->fact, r);
	if (r == 0)
		*ret = text;
	return r;
}

/* ---- files for adapters -------------------------------------------------------------------- */

static int probe_file(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str *ret, struct str *ret_from)
{
	const struct fact f = { .kind = where, .path[0] = path, .n_paths = 1 };
	struct probe *p = ctx;

	return note_failure(p, a, &f, read_file(p, a, &f, path, ret, ret_from));
}

/* The folder that a fact of this kind is below of, or one in it. */
static int folder_path(struct probe *p, struct arena *a, enum fact_kind where, struct str path,
	struct str *ret)
{
	const struct device *d = p->device;
	struct str none = { 0 };

	if (path.n == 0)
		path = none;
	else if (fact_path_check(path) < 0)
		return -EINVAL;
	if (where == FACT_TYPE && p->type.p && d->role != DEVICE_VFIO)
		return fact_path(a, d->parent, STR("mdev_supported_types"), p->type, path, ret);
	if (where == FACT_PARENT)
		return fact_path(a, d->parent, none, none, path, ret);
	if (where == FACT_DEVICE && d->role != DEVICE_PARENT)
		return fact_path(a, d->path, none, none, path, ret);
	return -ENOENT;
}

static int probe_list(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str **ret, uint32_t *ret_n)
{
	const struct fact f = { .kind = where };
	struct probe *p = ctx;
	struct str folder;
	int r;

	r = folder_path(p, a, where, path, &folder);
	if (r == 0)
		r = sysfs_list(p->device->sysfs, a,
			str_sub(folder, sizeof("/sys/") - 1, folder.n), SPOKEN_NAMES_MAX, ret,
			ret_n);
	return note_failure(p, a, &f, r);
}


void subject_of_type(const struct device *parent, struct str type, struct probe *probe,
	struct subject *ret)
{
	*probe = (struct probe){ .device = parent, .type = type };
	*ret = (struct subject){
		.kind = KIND_MDEV,
		.driver = parent->driver,
		.type = type,
		.facts = { .read = probe_read, .ctx = probe },
		.files = { probe_file, probe_list, probe },
	};
}

void subject_of_device(const struct device *d, struct probe *probe, struct subject *ret)
{
	*probe = (struct probe){ .device = d, .type = d->type };
	*ret = (struct subject){
		.kind = d->role == DEVICE_MDEV ? KIND_MDEV : KIND_VFIO,
		.driver = d->driver,
		.type = d->type,
		.instance = true,
		.facts = { .read = probe_read, .ctx = probe },
		.files = { probe_file, probe_list, probe },
	};
}

/* ---- folded texts ------------------------------------------------------------------------ */

/* Takes the first line off *text. */
static bool next_line(struct str *text, struct str *ret)
{
	size_t i = str_find(*text, '\n');

	if (text->n == 0)
		return false;
	*ret = str_sub(*text, 0, i);
	*text = str_sub(*text, i + 1, text->n);
	return true;
}

/* Is @line `key=value`? */
static bool item_has(struct str line, struct str key, struct str *ret)
{
	size_t i = str_find(line, '=');

	if (i == line.n || !str_eq(str_sub(line, 0, i), key))
		return false;
	*ret = str_sub(line, i + 1, line.n);
	return true;
}

int os_release_find(struct str text, struct str key, struct str *ret)
{
	struct str line;

	while (next_line(&text, &line))
		if (item_has(line, key, ret))
			return 0;
	return -ENOENT;
}

/* Looks for `<prefix> key=value`. */
static int site_find_at(struct str text, struct str word, struct str name, struct str key,
	struct str *ret)
{
	struct str line, rest;

	if (name.p && name.n == 0)
		return -ENOENT;
	while (next_line(&text, &line)) {
		rest = line;
		if (!str_starts(rest, word))
			continue;
		rest = str_sub(rest, word.n, rest.n);
		if (name.p) {
			if (!str_starts(rest, name) || str_sub(rest, name.n, rest.n).n == 0 ||
				rest.p[name.n] != ' ')
				continue;
			rest = str_sub(rest, name.n + 1, rest.n);
		}
		if (item_has(rest, key, ret))
			return 0;
	}
	return -ENOENT;
}

int site_find(struct str text, struct str address, struct str physfn, struct str driver,
	struct str key, struct str *ret)
{
	struct str none = { 0 };

	if (address.n > 0 && site_find_at(text, STR("address "), address, key, ret) == 0)
		return 0;
	if (physfn.n > 0 && site_find_at(text, STR("address "), physfn, key, ret) == 0)
		return 0;
	if (driver.n > 0 && site_find_at(text, STR("driver "), driver, key, ret) == 0)
		return 0;
	return site_find_at(text, STR("* "), none, key, ret);
}
