/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/image/image.h"
#include "engine/image/section.h"
#include "tests/image/small.h"
#include "tests/tap.h"

struct attr small_builtin[ATTR_FIRST] = {
	{ .name = STR_INIT("kind"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("driver"), .type.type.tag = VT_STRING },
	{ .name = STR_INIT("type"), .type.type.tag = VT_STRING },
};

static struct scope one_scope = { .kind = KIND_MDEV, .driver = STR_INIT("mtty") };

struct policy small_policy(void)
{
	return (struct policy){ .name = STR("mtty"),
		.file = STR("mtty.policy"),
		.language = 1,
		.scope = &one_scope,
		.n_scopes = 1,
		.attr = small_builtin,
		.n_attrs = ATTR_FIRST };
}

static struct scope mtty_scope = { .kind = KIND_MDEV, .driver = STR_INIT("mtty"),
	.place = { 1, 41 } };
static struct block mtty_block = { .kind = BLOCK_ACCEPT, .place = { 1, 47 } };
struct rule mtty_rule = { .block = &mtty_block, .n_blocks = 1, .place = { 1, 47 } };

struct policy mtty(void)
{
	return (struct policy){ .name = STR("mtty"), .file = STR("90-mtty.policy"),
		.language = 1, .scope = &mtty_scope, .n_scopes = 1, .attr = small_builtin,
		.n_attrs = ATTR_FIRST, .rule = &mtty_rule, .n_rules = 1 };
}

struct str small_image(struct arena *a)
{
	struct image_scope scope = { .kind = KIND_MDEV, .driver = STR("mtty"),
		.status = STATUS_OK };
	struct image_input input = { .path = STR("/etc/mdevcompat/policies/90-mtty.policy") };
	struct image_build b = { .input = &input, .n_inputs = 1, .scope = &scope, .n_scopes = 1,
		.os_release = STR("ID=debian") };
	struct policy p = mtty();
	struct str bytes;

	if (section_encode(a, &p, &input.section) != 0 || image_encode(a, &b, &bytes) != 0)
		bail_out("the small image");
	return bytes;
}

int fd_of(struct str bytes)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
		bail_out("memfd");
	return fd;
}

/* @n policies with a scope each, some without a section, some narrowed by others. */
