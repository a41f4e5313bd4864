/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The enumeration and udev's side of devices, for shell tests:
 *
 *	devices list [ROOT]             ROLE PATH DRIVER TYPE, a line each
 *	devices trigger DEVPATH         `change`
 *	devices property DEVPATH KEY
 *	devices watch N                 says "watching", then N events of tagged devices
 *
 * Exits with 1 and the error's name when something fails.
 */
#include <errno.h>
#include <poll.h>

#include "engine/probe/enumerate.h"
#include "tests/tap.h"

static struct arena arena;
static struct sysfs sysfs;

static int fail(int r)
{
	fprintf(stderr, "%s\n", strerrorname_np(-r));
	return 1;
}

static int list(void)
{
	static const char *const role[] = { "other", "parent", "mdev", "vfio" };
	struct device *d;
	uint32_t n, i;
	int r = host_devices(&sysfs, &arena, &d, &n);

	if (r < 0)
		return fail(r);
	for (i = 0; i < n; i++)
		printf("%s %.*s %.*s %.*s\n", role[d[i].role], STR_FMT(d[i].path),
			STR_FMT(d[i].driver), STR_FMT(d[i].type));
	return 0;
}

static int watch(unsigned n)
{
	struct udev_watch *w;
	struct udev_event e;
	uint32_t i;
	int r = udev_watch_open(&w);

	if (r < 0)
		return fail(r);
	printf("watching\n");
	fflush(stdout);
	while (n > 0) {
		struct pollfd p = { udev_watch_fd(w), POLLIN, 0 };

		poll(&p, 1, -1);
		r = udev_watch_next(w, &arena, &e);
		if (r == -EAGAIN)
			continue;
		if (r < 0)
			break;
		printf("%.*s %.*s%s\n", STR_FMT(e.action), STR_FMT(e.devpath),
			e.tagged ? " tagged" : "");
		for (i = 0; i < e.n_properties; i++)
			printf("  %.*s=%.*s\n", STR_FMT(e.property[i].key),
				STR_FMT(e.property[i].value));
		fflush(stdout);
		n--;
	}
	udev_watch_close(w);
	return r < 0 ? fail(r) : 0;
}

static int one(char **argv)
{
	struct device d;
	struct str text;
	int r = device_open(&sysfs, &arena, str_from(argv[2]), &d);

	if (r == 0 && strcmp(argv[1], "trigger") == 0)
		return (r = device_trigger(&d)) < 0 ? fail(r) : 0;
	if (r == 0)
		r = device_property(&d, &arena, argv[3], &text);
	if (r < 0)
		return fail(r);
	printf("%.*s\n", STR_FMT(text));
	return 0;
}

int main(int argc, char **argv)
{
	int r;

	arena_init(&arena, (size_t)64 << 20);
	if (argc < 2)
		return 2;
	r = sysfs_open(&sysfs, strcmp(argv[1], "list") == 0 ? argv[2] : NULL);
	if (r < 0)
		return fail(r);
	if (strcmp(argv[1], "list") == 0)
		r = list();
	else if (strcmp(argv[1], "watch") == 0 && argc == 3)
		r = watch((unsigned)atoi(argv[2]));
	else if (argc == (strcmp(argv[1], "trigger") == 0 ? 3 : 4))
		r = one(argv);
	else
		r = 2;
	sysfs_close(&sysfs);
	arena_release(&arena);
	return r;
}
