/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Folds the host's os-release into an image, so that the helper needs no /etc. Knows the file's
 * shell-like quoting; which keys matter is the policies' business, so all are taken.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/host.h"
#include "engine/base/fs.h"

#define OS_RELEASE_MAX	 65536
#define OS_RELEASE_ITEMS 256

struct item {
	struct str key, value;
	uint32_t order;
};

static int by_key(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int r = str_cmp(a->key, b->key);

	return r != 0 ? r : (a->order > b->order) - (a->order < b->order);
}

static bool is_key(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_isalnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n > 0 && !ascii_isdigit(s.p[0]);
}

/* Undoes the quoting of os-release(5). False: not a value we can stand for. */
static bool unquote(struct arena *a, struct str s, struct str *ret)
{
	char quote = s.n > 0 && (s.p[0] == '"' || s.p[0] == '\'') ? s.p[0] : 0;
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0, i = quote ? 1 : 0;
	bool closed = !quote;

	if (!p)
		return false;
	for (; i < s.n; i++) {
		char ch = s.p[i];

		if (quote && ch == quote) {
			closed = i + 1 == s.n;
			break;
		}
		if (quote == '"' && ch == '\\') {
			if (++i == s.n)
				return false;
			ch = s.p[i];
		}
		if (!ascii_isprint(ch) || (!quote && (ch == ' ' || ch == '\\' || ch == '"')))
			return false;
		p[n++] = ch;
	}
	*ret = (struct str){ p, n };
	return closed && n <= FACT_TEXT_MAX;
}

/* What stands for a value that could not be read: no text of a fact has such a byte, so that
 * whoever asks for it finds it unreadable, and not absent. */
static const struct str unreadable = STR_INIT("\001");

/* 0, -E2BIG (more keys than any os-release has), -ENOMEM. */
static int fold_os_release(struct cli *c, struct str text, struct str *ret)
{
	struct item *item = arena_new_array(c->arena, OS_RELEASE_ITEMS, struct item);
	uint32_t n = 0;
	struct sbuf b;

	if (!item)
		return -ENOMEM;
	for (size_t at = 0; at < text.n;) {
		struct str line = str_sub(text, at, at + str_find(str_sub(text, at, text.n), '\n'));
		size_t equals = str_find(line, '=');

		at += line.n + 1;
		if (equals == line.n || !is_key(str_sub(line, 0, equals)))
			continue;
		if (n == OS_RELEASE_ITEMS)
			return -E2BIG;
		item[n].key = str_sub(line, 0, equals);
		item[n].order = n;
		if (!unquote(c->arena, str_trim(str_sub(line, equals + 1, line.n)), &item[n].value))
			item[n].value = unreadable;
		n++;
	}
	qsort(item, n, sizeof(*item), by_key);
	b = (struct sbuf){ .p = arena_alloc(c->arena, text.n * 2 + 2), .size = text.n * 2 + 2 };
	if (!b.p)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		if (i + 1 < n && str_eq(item[i].key, item[i + 1].key))
			continue; /* as in the shell, the last one counts */
		sbuf_put_str(&b, item[i].key);
		sbuf_putc(&b, '=');
		sbuf_put_str(&b, item[i].value);
		sbuf_putc(&b, '\n');
	}
	*ret = sbuf_str(&b);
	return 0;
}

/* Reads @path below the root. -ENOENT: not there. */
static int read_below(struct cli *c, const char *path, struct str *ret)
{
	int root = open(c->root[0] ? c->root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int fd, r;

	if (root < 0)
		return -errno;
	fd = fs_open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	close(root);
	if (fd < 0)
		return fd;
	r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	if (r == 0)
		r = fs_read(c->arena, fd, OS_RELEASE_MAX, ret);
	close(fd);
	return r;
}

static int find_os_release(struct cli *c, const char **ret_path, struct str *ret)
{
	int r;

	*ret_path = "/etc/os-release";
	r = read_below(c, *ret_path, ret);
	if (r == -ENOENT) {
		*ret_path = "/usr/lib/os-release";
		r = read_below(c, *ret_path, ret);
	}
	return r;
}

const char *host_os_release_path(struct cli *c)
{
	const char *path;
	struct str text;

	return find_os_release(c, &path, &text) == 0 ? path : "os-release";
}

int host_fold(struct cli *c, struct image_build *build)
{
	const char *path;
	struct str text;
	int r = find_os_release(c, &path, &text);

	if (r == -ENOENT)
		return 0; /* absent then; a policy that needs it will say so */
	if (r == 0)
		r = fold_os_release(c, text, &build->os_release);
	return r < 0 ? cli_fail_errno(c, r, "%s%s", c->root, path) : 0;
}
