/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fact reader over sysfs: from `parent "vendor" "device"` to the text of those files for
 * one subject. What the text says - keys in it, numbers, words - is eval's affair.
 */
#include <errno.h>
#include <sys/utsname.h>

#include "engine/base/limits.h"
#include "engine/probe/subject.h"

/* The compiler refuses such paths too; an image is not trusted. */
static int fact_path_check(struct str path)
{
	return path_stays_below(path) && !fact_forbidden(path) ? 0 : -EINVAL;
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

/* A text of the image's, which outlives neither the image nor its pages. */
static int keep_text(struct arena *a, int r, struct str *text)
{
	if (r < 0)
		return r;
	*text = str_dup(a, *text);
	return text->p ? 0 : -ENOMEM;
}

static int read_os_release(struct sysfs *s, struct arena *a, const struct fact *f,
	struct str *ret, struct str *ret_from)
{
	struct str text = { 0 };
	int r = s->image ? image_os_release(s->image, &text) : 0;

	*ret_from = STR("os-release");
	return r < 0 ? r : keep_text(a, os_release_find(text, f->path[0], ret), ret);
}

/* The name of the physical function that the device at @path belongs to; empty: it is none's. */
static int read_physfn(struct sysfs *s, struct arena *a, struct str path, struct str *ret)
{
	struct str none = { 0 }, link;
	int r = fact_path(a, path, none, none, STR("physfn"), &link);

	if (r == 0)
		r = sysfs_link_name(s, a, str_sub(link, sizeof("/sys/") - 1, link.n), ret);
	return r == -ENOENT ? 0 : r;
}

static int read_site(struct probe *p, struct arena *a, const struct fact *f, struct str *ret,
	struct str *ret_from)
{
	const struct device *d = p->device;
	/* An mdev is found by its parent; what is a VF then also by its physical function. */
	struct str place = d->role == DEVICE_MDEV ? d->parent : d->path;
	struct str text = { 0 }, physfn = { 0 };
	int r = d->sysfs->image ? image_site(d->sysfs->image, &text) : 0;

	*ret_from = STR("site");
	if (r < 0 || text.n == 0)
		return r < 0 ? r : -ENOENT;
	r = read_physfn(d->sysfs, a, place, &physfn);
	if (r == 0)
		r = site_find(text, path_name(place), physfn, d->driver, f->path[0], ret, ret_from);
	r = keep_text(a, r, ret);
	return keep_text(a, r, ret_from);
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
		return read_os_release(p->device->sysfs, a, f, ret, ret_from);
	case FACT_KERNEL_RELEASE:
		return read_kernel_release(p->device->sysfs, a, ret, ret_from);
	case FACT_SITE:
		return read_site(p, a, f, ret, ret_from);
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

/* Takes `word ` off the beginning of *line. */
static bool take_word(struct str *line, struct str word)
{
	if (word.n == 0 || !str_starts(*line, word) || line->n == word.n ||
		line->p[word.n] != ' ')
		return false;
	*line = str_sub(*line, word.n + 1, line->n);
	return true;
}

/* How closely the line speaks about the device, which is taken off it: the least is the closest. */
enum site_rank { SITE_RANK_OWN = 0, SITE_RANK_PHYSFN, SITE_RANK_DRIVER, SITE_RANK_HOST, SITE_RANK_NONE };

static enum site_rank rank_of(struct str *line, struct str address, struct str physfn,
	struct str driver)
{
	if (take_word(line, STR("address")))
		return take_word(line, address) ? SITE_RANK_OWN :
		       take_word(line, physfn)  ? SITE_RANK_PHYSFN :
						  SITE_RANK_NONE;
	if (take_word(line, STR("driver")))
		return take_word(line, driver) ? SITE_RANK_DRIVER : SITE_RANK_NONE;
	return take_word(line, STR("*")) ? SITE_RANK_HOST : SITE_RANK_NONE;
}

int site_find(struct str text, struct str address, struct str physfn, struct str driver,
	struct str key, struct str *ret, struct str *ret_from)
{
	enum site_rank best = SITE_RANK_NONE, rank;
	struct str line, value, file = { 0 };

	while (next_line(&text, &line)) {
		if (take_word(&line, STR("unreadable"))) {
			*ret_from = line;
			return -EUCLEAN;
		}
		if (take_word(&line, STR("file"))) {
			file = line;
			continue;
		}
		rank = rank_of(&line, address, physfn, driver);
		if (rank >= best || !item_has(line, key, &value))
			continue;
		best = rank;
		*ret = value;
		if (file.n > 0)
			*ret_from = file;
	}
	return best == SITE_RANK_NONE ? -ENOENT : 0;
}
