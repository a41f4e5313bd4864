/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads device files with libyaml's event interface. The library has no limit on nesting and is
 * quadratic in it, but it looks at most a line ahead: the first list, and the first mapping too
 * many, end the reading. What the values mean is left to eval.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/limits.h"
#include "engine/probe/devicefile.h"
#include "engine/probe/yaml-read.h"

struct reader {
	struct arena *a;
	struct yaml_reader yaml;
	struct device_file file;
	bool has_kind, has_attributes, has_files;
	struct device_file_attr *attr;
	uint32_t n_attrs;
	struct device_file_text *text;
	uint32_t n_texts;
};

/* ---- the file ---------------------------------------------------------------------------- */

static int read_attribute(struct reader *r, struct str name, yaml_mark_t at)
{
	struct device_file_attr *attr;
	struct str text;
	uint32_t i;
	int e;

	for (i = 0; i < r->n_attrs; i++)
		if (str_eq(r->attr[i].name, name))
			return yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", name, " stands here twice"));
	if (r->n_attrs == DEVICE_FILE_ATTRS_MAX)
		return yaml_fail_at(&r->yaml, at, STR("more than 1024 attributes"));
	e = yaml_next_value(&r->yaml, &text);
	if (e < 0)
		return e;
	attr = &r->attr[r->n_attrs++];
	*attr = (struct device_file_attr){ name, text, (uint32_t)at.line + 1,
		(uint32_t)at.column + 1 };
	return 0;
}

static int read_attributes(struct reader *r)
{
	struct str name;
	yaml_mark_t at;
	int e;

	e = yaml_expect(&r->yaml, YAML_MAPPING_START_EVENT, "attributes are lines `name: text`");
	while (e == 0 && (e = yaml_next_key(&r->yaml, &name, &at)) > 0)
		e = read_attribute(r, name, at);
	return e;
}

/* One file: `PATH: TEXT`. A path that others go through is a folder. */
static int read_one_file(struct reader *r, enum fact_kind where, struct str path, yaml_mark_t at)
{
	struct str text;
	uint32_t i;
	int e;

	if (!path_stays_below(path))
		return yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", path, " is no path below the device"));
	for (i = 0; i < r->n_texts; i++) {
		struct str other = r->text[i].path;
		struct str shorter = other.n < path.n ? other : path;
		struct str longer = other.n < path.n ? path : other;

		if (r->text[i].where != where || !str_starts(longer, shorter))
			continue;
		if (longer.n == shorter.n)
			return yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", path, " stands here twice"));
		if (longer.p[shorter.n] == '/')
			return yaml_fail_at(&r->yaml, at,
				yaml_quoted(r->a, "", shorter, " is a file and a folder"));
	}
	if (r->n_texts == DEVICE_FILE_FILES_MAX)
		return yaml_fail_at(&r->yaml, at, STR("more than 1024 files"));
	e = yaml_next_value(&r->yaml, &text);
	if (e < 0)
		return e;
	r->text[r->n_texts++] = (struct device_file_text){ where, path, text };
	return 0;
}

static int read_folder(struct reader *r, enum fact_kind where)
{
	struct str path;
	yaml_mark_t at;
	int e;

	e = yaml_expect(&r->yaml, YAML_MAPPING_START_EVENT, "files are lines `path: text`");
	while (e == 0 && (e = yaml_next_key(&r->yaml, &path, &at)) > 0)
		e = read_one_file(r, where, path, at);
	return e;
}

static int read_files(struct reader *r)
{
	static const struct str known[] = { STR_INIT("type"), STR_INIT("parent"),
		STR_INIT("device") };
	static const enum fact_kind kind[] = { FACT_TYPE, FACT_PARENT, FACT_DEVICE };
	bool seen[ARRAY_SIZE(known)] = { false };
	struct str word;
	yaml_mark_t at;
	size_t i;
	int e;

	e = yaml_expect(&r->yaml, YAML_MAPPING_START_EVENT, "files stand below type, parent or device");
	while (e == 0 && (e = yaml_next_key(&r->yaml, &word, &at)) > 0) {
		for (i = 0; i < ARRAY_SIZE(known) && !str_eq(word, known[i]);)
			i++;
		if (i == ARRAY_SIZE(known))
			return yaml_fail_at(&r->yaml, at,
				yaml_quoted(r->a, "", word, " is neither type, parent nor device"));
		if (seen[i])
			return yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", word, " stands here twice"));
		seen[i] = true;
		e = read_folder(r, kind[i]);
	}
	return e;
}

static int read_kind(struct reader *r)
{
	struct str text;
	int e = yaml_next_value(&r->yaml, &text);

	if (e < 0)
		return e;
	if (!str_eq(text, STR("mdev")) && !str_eq(text, STR("vfio")))
		return yaml_fail(&r->yaml, "a kind is mdev or vfio");
	r->file.kind = str_eq(text, STR("vfio")) ? KIND_VFIO : KIND_MDEV;
	return 0;
}

static int read_key(struct reader *r, struct str key, yaml_mark_t at)
{
	static const struct str known[] = { STR_INIT("kind"), STR_INIT("driver"),
		STR_INIT("type"), STR_INIT("attributes"), STR_INIT("files") };
	const bool seen[] = { r->has_kind, r->file.driver.p, r->file.type.p, r->has_attributes,
		r->has_files };
	size_t i = 0;
	int e;

	while (i < ARRAY_SIZE(known) && !str_eq(key, known[i]))
		i++;
	if (i == ARRAY_SIZE(known)) {
		e = yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", key, " is no key of a device file"));
		r->yaml.fault.help = yaml_did_you_mean(r->a, key, known, ARRAY_SIZE(known));
		if (r->yaml.fault.help.n == 0)
			r->yaml.fault.help = STR("keys are kind, driver, type, attributes, files");
		return e;
	}
	if (seen[i])
		return yaml_fail_at(&r->yaml, at, yaml_quoted(r->a, "", key, " stands here twice"));
	switch (i) {
	case 0:
		r->has_kind = true;
		return read_kind(r);
	case 1:
		return yaml_next_value(&r->yaml, &r->file.driver);
	case 2:
		return yaml_next_value(&r->yaml, &r->file.type);
	case 3:
		r->has_attributes = true;
		return read_attributes(r);
	default:
		r->has_files = true;
		return read_files(r);
	}
}

/* A word of a record: printable, not empty. */
static bool is_word(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!ascii_isprint(s.p[i]))
			return false;
	return s.n > 0;
}

static int check_whole(struct reader *r)
{
	struct yaml_fault e = { 0 };

	if (!r->file.driver.p)
		e.text = STR("no driver");
	else if (!is_word(r->file.driver))
		e.text = STR("a driver's name is printable ASCII");
	else if (r->file.type.p && !is_word(r->file.type))
		e.text = STR("a type's name is printable ASCII");
	else if (!r->file.type.p && r->file.kind == KIND_MDEV) {
		e.text = STR("no type");
		e.help = STR("write `type: NAME`, or `kind: vfio` for a vfio device");
	}
	if (!e.text.p)
		return 0;
	r->yaml.fault = e;
	return -EBADMSG;
}

static int read_file(struct reader *r)
{
	struct str key;
	yaml_mark_t at;
	int e = yaml_begin(&r->yaml, "a device file is lines `key: value`", NULL);

	if (e < 0)
		return e;
	while ((e = yaml_next_key(&r->yaml, &key, &at)) > 0) {
		e = read_key(r, key, at);
		if (e < 0)
			return e;
	}
	if (e == 0)
		e = yaml_finish(&r->yaml, "a second document; one device a file");
	return e < 0 ? e : check_whole(r);
}

int device_file_parse(struct arena *a, struct str text, struct device_file *ret,
	struct device_file_error *ret_error)
{
	struct reader r = { .a = a, .file = { .kind = KIND_MDEV } };
	const struct yaml_fault *f = &r.yaml.fault;
	int e;

	if (text.n > DEVICE_FILE_MAX) {
		*ret_error = (struct device_file_error){ .text = STR("more than 1 MiB") };
		return -EBADMSG;
	}
	r.attr = arena_new_array(a, DEVICE_FILE_ATTRS_MAX, struct device_file_attr);
	r.text = arena_new_array(a, DEVICE_FILE_FILES_MAX, struct device_file_text);
	if (!r.attr || !r.text || yaml_reader_open(&r.yaml, a, text) < 0)
		return -ENOMEM;
	e = read_file(&r);
	yaml_reader_close(&r.yaml);
	if (e == -EBADMSG)
		*ret_error = (struct device_file_error){ f->line, f->column, f->text, f->help };
	if (e < 0)
		return e;
	r.file.attr = r.attr;
	r.file.n_attrs = r.n_attrs;
	r.file.file = r.text;
	r.file.n_files = r.n_texts;
	*ret = r.file;
	return 0;
}

static int load_text(struct arena *a, int fd, struct str *ret)
{
	char *p = arena_alloc_raw(a, DEVICE_FILE_MAX + 1);
	struct stat st;
	size_t n = 0;
	ssize_t got;

	if (!p)
		return -ENOMEM;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	for (;;) {
		got = read(fd, p + n, DEVICE_FILE_MAX + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		n += (size_t)got;
		if (n > DEVICE_FILE_MAX)
			return -EFBIG;
		if (got == 0)
			break;
	}
	*ret = (struct str){ p, n };
	return 0;
}

int device_file_load(struct arena *a, const char *path, struct device_file *ret,
	struct device_file_error *ret_error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct str text;
	int r;

	if (fd < 0)
		return -errno;
	r = load_text(a, fd, &text);
	close(fd);
	return r < 0 ? r : device_file_parse(a, text, ret, ret_error);
}

/* ---- as a subject ------------------------------------------------------------------------ */

/* -ENOENT, -EISDIR. */
static int find_text(const struct device_file *f, enum fact_kind where, struct str path,
	struct str *ret)
{
	uint32_t i;

	for (i = 0; i < f->n_files; i++) {
		const struct device_file_text *t = &f->file[i];

		if (t->where != where || !str_starts(t->path, path))
			continue;
		if (t->path.n > path.n) {
			if (t->path.p[path.n] == '/')
				return -EISDIR;
			continue;
		}
		*ret = t->text;
		return 0;
	}
	return -ENOENT;
}

static int read_text(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str *ret, struct str *ret_from)
{
	(void)a;
	*ret_from = STR("device file");
	/* Nor is it read on a host. */
	if (fact_forbidden(path))
		return -EINVAL;
	return find_text(ctx, where, path, ret);
}

/* The names below a folder: the next part of each path that goes through it. */
static int list_texts(void *ctx, struct arena *a, enum fact_kind where, struct str path,
	struct str **ret, uint32_t *ret_n)
{
	const struct device_file *f = ctx;
	struct str *name = arena_new_array(a, f->n_files, struct str);
	uint32_t i, k, n = 0;

	if (!name)
		return -ENOMEM;
	for (i = 0; i < f->n_files; i++) {
		struct str rest = f->file[i].path;

		if (f->file[i].where != where || !str_starts(rest, path))
			continue;
		if (path.n > 0) {
			if (rest.n == path.n)
				return -ENOTDIR;
			if (rest.p[path.n] != '/')
				continue;
			rest = str_sub(rest, path.n + 1, rest.n);
		}
		rest = str_sub(rest, 0, str_find(rest, '/'));
		for (k = 0; k < n && str_cmp(name[k], rest) < 0;)
			k++;
		if (k < n && str_eq(name[k], rest))
			continue;
		for (uint32_t j = n++; j > k; j--)
			name[j] = name[j - 1];
		name[k] = rest;
	}
	if (n == 0 && path.n > 0)
		return -ENOENT;
	*ret = name;
	*ret_n = n;
	return n > SPOKEN_NAMES_MAX ? -E2BIG : 0;
}

/* A fact's text from `files`; the two of a pci-id are joined. */
static int read_fact_text(const struct device_file *f, struct arena *a, const struct fact *fact,
	struct str *ret)
{
	struct str text[2] = { { 0 } };
	struct sbuf b;
	unsigned i;
	int r;

	for (i = 0; i < fact->n_paths && i < 2; i++) {
		r = find_text(f, fact->kind, fact->path[i], &text[i]);
		if (r < 0)
			return r;
	}
	if (fact->n_paths != 2) {
		*ret = text[0];
		return fact->n_paths == 1 ? 0 : -ENOENT;
	}
	b = (struct sbuf){ .size = text[0].n + text[1].n + 1 };
	b.p = arena_alloc(a, b.size);
	if (!b.p)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		if (text[i].n > 0 && text[i].p[text[i].n - 1] == '\n')
			text[i].n--;
		sbuf_put_str(&b, text[i]);
		if (i == 0)
			sbuf_putc(&b, ':');
	}
	*ret = sbuf_str(&b);
	return 0;
}

static int file_read(void *ctx, struct arena *a, const struct attr *attr, struct str *ret,
	bool *ret_final, struct str *ret_from)
{
	const struct device_file *f = ctx;
	uint32_t i;

	*ret_final = true;
	*ret_from = (struct str){ 0 };
	for (i = 0; i < f->n_attrs; i++)
		if (str_eq(f->attr[i].name, attr->name)) {
			*ret = f->attr[i].text;
			*ret_from = STR("device file");
			return 0;
		}
	/* Nor could it be read on a host. */
	if (attr->fact.kind == FACT_TYPE && f->kind == KIND_VFIO)
		return -EINVAL;
	if (attr->fact.kind != FACT_TYPE && attr->fact.kind != FACT_PARENT &&
		attr->fact.kind != FACT_DEVICE)
		return -ENOENT;
	*ret_final = false;
	*ret_from = STR("device file");
	return read_fact_text(f, a, &attr->fact, ret);
}

void device_file_subject(const struct device_file *f, struct subject *ret)
{
	*ret = (struct subject){
		.kind = f->kind,
		.driver = f->driver,
		.type = f->type,
		.instance = true,
		.facts = { .read = file_read, .ctx = (void *)f },
		.files = { read_text, list_texts, (void *)f },
	};
}

static bool declared(const struct policy *p, struct str name)
{
	uint32_t i;

	for (i = ATTR_FIRST; i < p->n_attrs; i++)
		if (str_eq(p->attr[i].name, name))
			return true;
	for (i = 0; i < p->n_locals; i++)
		if (str_eq(p->local[i].name, name))
			return true;
	return false;
}

int device_file_check(struct arena *a, const struct device_file *f, const struct policy *p,
	struct device_file_error *ret_error)
{
	struct str *name;
	uint32_t i, k, n = 0;

	for (i = 0; i < f->n_attrs && declared(p, f->attr[i].name);)
		i++;
	if (i == f->n_attrs)
		return 0;
	name = arena_new_array(a, (size_t)p->n_attrs + p->n_locals, struct str);
	if (!name)
		return -ENOMEM;
	for (k = ATTR_FIRST; k < p->n_attrs; k++)
		name[n++] = p->attr[k].name;
	for (k = 0; k < p->n_locals; k++)
		name[n++] = p->local[k].name;
	*ret_error = (struct device_file_error){
		.line = f->attr[i].line,
		.column = f->attr[i].column,
		.text = yaml_quoted(a, "the policy has no attribute ", f->attr[i].name, ""),
		.help = yaml_did_you_mean(a, f->attr[i].name, name, n),
	};
	return ret_error->text.p ? -EBADMSG : -ENOMEM;
}
