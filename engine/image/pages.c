/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages on demand. It knows checksums and where a payload byte lies in the file; what the bytes
 * mean is known by those who ask. Never mmap: a file that is cut short under a map kills.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/image/layout.h"
#include "engine/image/pages.h"

int64_t pages_pread(const struct pages *s, void *buf, size_t n, uint64_t at)
{
	size_t done = 0;
	ssize_t r;

	if (s->fd < 0) {
		if (at >= s->bytes.n)
			return 0;
		n = MIN(n, s->bytes.n - (size_t)at);
		memcpy(buf, s->bytes.p + at, n);
		return (int64_t)n;
	}
	while (done < n) {
		r = pread(s->fd, (char *)buf + done, n - done, (off_t)(at + done));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -EIO;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (int64_t)done;
}

static struct page *slot(struct page *table, uint32_t room, uint32_t number)
{
	uint32_t i = number;

	while (table[i & (room - 1)].p && table[i & (room - 1)].number != number)
		i++;
	return &table[i & (room - 1)];
}

static int grow(struct pages *s)
{
	uint32_t i, room = 2 * s->room;
	struct page *table = arena_new_array(s->arena, room, struct page);

	if (!table)
		return -ENOMEM;
	for (i = 0; i < s->room; i++)
		if (s->table[i].p)
			*slot(table, room, s->table[i].number) = s->table[i];
	s->table = table;
	s->room = room;
	return 0;
}

int pages_take(struct pages *s, uint32_t number, const uint8_t *p)
{
	int r;

	if (!s->table) {
		s->table = s->first_table;
		s->room = ARRAY_SIZE(s->first_table);
	}
	s->read++;
	if (get_le64(p + PAGE_PAYLOAD) != page_sum(p, s->digest, number))
		return -EBADMSG;
	if (2 * s->used >= s->room) {
		r = grow(s);
		if (r < 0)
			return r;
	}
	s->last = (struct page){ number, p };
	*slot(s->table, s->room, number) = s->last;
	s->used++;
	return 0;
}

/* Page @number into @buf, checked, not kept. */
static int read_page(struct pages *s, uint32_t number, uint8_t *buf)
{
	int64_t n = pages_pread(s, buf, IMAGE_PAGE_SIZE, (uint64_t)number * IMAGE_PAGE_SIZE);

	if (n < 0)
		return (int)n;
	return n == IMAGE_PAGE_SIZE ? 0 : -EBADMSG;
}

static int get_page(struct pages *s, uint32_t number, const uint8_t **ret)
{
	struct page *have;
	uint8_t *buf;
	int r;

	if (s->last.p && s->last.number == number) {
		*ret = s->last.p;
		return 0;
	}
	if (number >= s->n)
		return -EBADMSG;
	have = slot(s->table, s->room, number);
	if (have->p) {
		s->last = *have;
		*ret = have->p;
		return 0;
	}
	if (s->fd < 0) {
		uint64_t at = (uint64_t)number * IMAGE_PAGE_SIZE;

		if (at + IMAGE_PAGE_SIZE > s->bytes.n)
			return -EBADMSG;
		*ret = (const uint8_t *)s->bytes.p + at;
		return pages_take(s, number, *ret);
	}
	buf = arena_alloc_raw(s->arena, IMAGE_PAGE_SIZE);
	if (!buf)
		return -ENOMEM;
	r = read_page(s, number, buf);
	if (r == 0)
		r = pages_take(s, number, buf);
	if (r == 0)
		*ret = buf;
	return r;
}

/* What lies over pages' ends is put together. The pages at both ends are kept, as something else
 * may lie there; those between belong to this alone. */
static int get_pieces(struct pages *s, uint32_t at, uint32_t n, const uint8_t **ret)
{
	uint8_t *whole, buf[IMAGE_PAGE_SIZE];
	uint32_t done = 0;
	int r;

	whole = arena_alloc_raw(s->arena, n);
	if (!whole)
		return -ENOMEM;
	while (done < n) {
		uint32_t number = (at + done) / PAGE_PAYLOAD, from = (at + done) % PAGE_PAYLOAD;
		uint32_t some = MIN(n - done, PAGE_PAYLOAD - from);
		const uint8_t *p = buf;

		if (some < PAGE_PAYLOAD || s->fd < 0) {
			r = get_page(s, number, &p);
		} else {
			r = read_page(s, number, buf);
			s->read++;
			if (r == 0 &&
				get_le64(buf + PAGE_PAYLOAD) != page_sum(buf, s->digest, number))
				r = -EBADMSG;
		}
		if (r < 0)
			return r;
		memcpy(whole + done, p + from, some);
		done += some;
	}
	*ret = whole;
	return 0;
}

int pages_get(struct pages *s, uint32_t at, uint32_t n, const uint8_t **ret)
{
	uint32_t from = at % PAGE_PAYLOAD;
	const uint8_t *page;
	int r;

	if (n > (uint64_t)s->n * PAGE_PAYLOAD || at > (uint64_t)s->n * PAGE_PAYLOAD - n)
		return -EBADMSG;
	if (n > PAGE_PAYLOAD - from)
		return get_pieces(s, at, n, ret);
	if (n == 0) {
		*ret = s->digest;
		return 0;
	}
	r = get_page(s, at / PAGE_PAYLOAD, &page);
	if (r == 0)
		*ret = page + from;
	return r;
}

void pages_forget(struct pages *s)
{
	memset(s->first_table, 0, sizeof(s->first_table));
	s->table = s->first_table;
	s->room = ARRAY_SIZE(s->first_table);
	s->used = 0;
	s->last = (struct page){ 0 };
}
