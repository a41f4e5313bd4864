/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mdevcompat_id, the program that udevd runs for a parent of mediated devices, a mediated device
 * or a vfio device: prints the device's properties with one write, or nothing.
 *
 * This file knows the order of things: what is opened, what is then given up, what is retried,
 * and which end means which exit status. Everything lives in two static arenas, one for what was
 * read of the image and one that each type finds empty; untouched pages of them cost nothing.
 * The heap, standard I/O and the locale stay out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/eval/eval.h"
#include "engine/helper/emit.h"
#include "engine/helper/sandbox.h"
#include "engine/probe/subject.h"

enum {
	EXIT_SAID = 0,
	EXIT_GONE = 1, /* the device is not there, or not one of ours, or not ready */
	EXIT_USAGE = 2,
	EXIT_SYSTEM = 5,
};

#define DEADLINE_MS	 500
#define TYPE_LINK_MS	 300 /* how long an mdev's type link may be late */
/*
 * Both together stay below the 64 MiB that sandbox_limits() leaves. One evaluation takes what it
 * may, beside the names of all types; and the pages that it looks at may all have to be put
 * together from pieces, beside what is kept of the image for all types.
 */
#define EVAL_ARENA_SIZE	 (EVAL_MEMORY_MAX + ((size_t)1 << 20))
#define PAGES_ROOM	 (2 * (size_t)EVAL_PAGES_MAX * IMAGE_PAGE_SIZE + 2 * FOLDED_MAX + ((size_t)1 << 20))
#define IMAGE_ARENA_SIZE (PAGES_ROOM + ((size_t)7 << 20))
#define IMAGE_NAME	 "mdevcompat/policies.bin"

/* Common: linkers put that behind all small variables, which then share a page. */
#define LAST __attribute__((common, aligned(16)))
_Static_assert(HELPER_OUTPUT_MAX > SYSFS_PATH_MAX, "a file's name has room where the output has");

char eval_memory[EVAL_ARENA_SIZE] LAST;
char image_memory[IMAGE_ARENA_SIZE] LAST;

struct options {
	const char *root, *image;
	unsigned deadline_ms;
};

static void say(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static const char help[] =
	"Usage: mdevcompat_id [--root DIR] [--image FILE] [--deadline MS]\n"
	"\n"
	"Prints the compatibility properties of the device that DEVPATH names in the\n"
	"environment. udevd runs it; see mdevcompat_id(8).\n"
	"\n"
	"  --root DIR      look below DIR/sys, and for the image below DIR\n"
	"  --image FILE    use this image\n"
	"  --deadline MS   give up after MS milliseconds (500)\n"
	"  --help, --version\n";

/* The value of an option that was asked for, or NULL. */
static const char *option_value(char **argv, int *i, const char *name)
{
	struct str arg = str_from(argv[*i]), want = str_from(name);

	if (str_eq(arg, want))
		return argv[*i + 1] ? argv[++*i] : NULL;
	if (str_starts(arg, want) && arg.p[want.n] == '=')
		return arg.p + want.n + 1;
	return NULL;
}

/* 0: go on, else what to exit with; -1 is EXIT_SAID after --help. */
static int parse_options(char **argv, struct options *ret)
{
	const char *value;
	uint64_t ms;
	int i;

	for (i = 1; argv[i]; i++) {
		if (str_eq(str_from(argv[i]), STR("--help"))) {
			say(STDOUT_FILENO, help);
			return -1;
		}
		if (str_eq(str_from(argv[i]), STR("--version"))) {
			say(STDOUT_FILENO, "mdevcompat_id " MDC_VERSION "\n");
			return -1;
		}
		value = option_value(argv, &i, "--root");
		if (value) {
			ret->root = value;
			continue;
		}
		value = option_value(argv, &i, "--image");
		if (value) {
			ret->image = value;
			continue;
		}
		value = option_value(argv, &i, "--deadline");
		if (value && str_to_u64(str_from(value), 3600 * 1000, &ms) == 0 && ms > 0) {
			ret->deadline_ms = (unsigned)ms;
			continue;
		}
		say(STDERR_FILENO, "mdevcompat_id: unknown or incomplete option; see --help\n");
		return EXIT_USAGE;
	}
	return 0;
}

/* The first that exists. *ret_fd is -1 when none does. @path is room for names. */
static int open_image(const struct options *o, char *path, size_t size, int *ret_fd)
{
	static const char *const place[] = { "/run/", "/etc/", "/usr/lib/" };
	size_t i, n = o->image ? 1 : ARRAY_SIZE(place);
	struct sbuf b;
	int fd;

	for (i = 0; i < n; i++) {
		b = (struct sbuf){ .p = path, .size = size };
		if (o->image) {
			sbuf_puts(&b, o->image);
		} else {
			sbuf_puts(&b, o->root ? o->root : "");
			sbuf_puts(&b, place[i]);
			sbuf_puts(&b, IMAGE_NAME);
		}
		sbuf_putc(&b, '\0');
		if (b.overflow)
			return -ENAMETOOLONG;
		/* Not open(), which some libcs follow with a fcntl(). */
		fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd >= 0) {
			*ret_fd = fd;
			return 0;
		}
		if (errno != ENOENT && errno != ENOTDIR)
			return -errno;
	}
	*ret_fd = -1;
	return 0;
}

/* *ret is NULL, and *ret_status says why, when there is an answer to give without one. */
static int read_image(struct arena *a, int fd, struct image **ret, enum mdc_status *ret_status)
{
	struct stat st;
	int r;

	*ret = NULL;
	*ret_status = STATUS_NO_IMAGE;
	if (fd < 0)
		return 0;
	r = image_open(a, fd, ret, ret_status);
	if (r == 0)
		return 0;
	*ret = NULL;
	if (r == -EPROTONOSUPPORT || r == -EBADMSG)
		return 0;
	/* A folder, or a pipe, can be opened as a file can, and then not read so. */
	if (r == -EIO && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return 0;
	return r;
}

/*
 * An mdev's type link is made after its last event was sent: moments after `bind`, but on `add`
 * only after a probe that may take long, and then `bind` follows and does this again.
 */
static int open_device(struct sysfs *s, struct arena *a, struct str devpath,
	struct device *ret)
{
	const char *action = getenv("ACTION");
	bool wait = !action || !str_eq(str_from(action), STR("add"));
	struct arena_mark mark = arena_mark(a);
	unsigned waited = 0, step = 1;
	int r;

	for (;;) {
		r = device_open(s, a, devpath, ret);
		if (r != -EAGAIN || !wait || waited >= TYPE_LINK_MS)
			return r;
		step = MIN(step, TYPE_LINK_MS - waited);
		nanosleep(&(struct timespec){ 0, (long)step * 1000 * 1000 }, NULL);
		waited += step;
		step = MIN(step * 2, 32u);
		arena_rewind(a, mark);
	}
}

struct run {
	struct arena *a;    /* for one type */
	struct arena *kept; /* for all of them, and the image */
	char *out;	    /* HELPER_OUTPUT_MAX bytes */
	struct eval_options options;
	struct image *image;
	enum mdc_status image_status;
};

static int judge(struct run *run, const struct subject *s, const struct probe *p,
	struct evaluation *ret)
{
	int r;

	if (!run->image) {
		*ret = (struct evaluation){ .status = run->image_status };
		return 0;
	}
	if (s->type.p && !str_printable(s->type)) {
		*ret = (struct evaluation){ .status = STATUS_UNREADABLE_FACT,
			.detail = STR("type") };
		return 0;
	}
	r = evaluate(run->a, run->image, s, &run->options, ret);
	/* A read that did not fit into what an evaluation may take says nothing about us. */
	if (r == 0 && ret->status == STATUS_TOO_COMPLEX && p->failed == -ENOMEM)
		return 0;
	if (r == 0 && p->vanished)
		r = -ENODEV;
	/* What failed on our side says nothing about the device. */
	return r == 0 ? p->failed : r;
}

static int say_parent(struct run *run, const struct device *d, struct str *ret)
{
	struct emit_parent p;
	struct evaluation e;
	struct subject s;
	struct probe probe;
	struct arena_mark mark, pages;
	struct str *type;
	uint32_t n, i;
	int r;

	r = device_types(d, run->a, &type, &n);
	if (r == -E2BIG) {
		r = device_count_types(d, &n);
		return r < 0 ? r : emit_too_many(run->out, HELPER_OUTPUT_MAX, n, ret);
	}
	if (r == 0 && run->image)
		r = eval_shared_new(run->kept, run->image, KIND_MDEV, d->driver,
			&run->options.shared);
	if (r < 0)
		return r;
	r = emit_parent_begin(&p, run->a, run->out, HELPER_OUTPUT_MAX, type, n);
	mark = arena_mark(run->a);
	pages = arena_mark(run->kept);
	for (i = 0; r == 0 && i < n && !emit_parent_full(&p); i++) {
		if (run->image && arena_left(run->kept) < PAGES_ROOM)
			image_forget(run->image, pages);
		subject_of_type(d, type[i], &probe, &s);
		r = judge(run, &s, &probe, &e);
		if (r == 0)
			emit_parent_type(&p, i, &e);
		arena_rewind(run->a, mark);
	}
	return r < 0 ? r : emit_parent_end(&p, ret);
}

static int say_instance(struct run *run, const struct device *d, struct str *ret)
{
	struct evaluation e;
	struct subject s;
	struct probe probe;
	struct str type;
	int r;

	subject_of_device(d, &probe, &s);
	r = judge(run, &s, &probe, &e);
	if (r < 0)
		return r;
	type = s.type;
	/* A vfio device has the type that its policy finds. */
	if (!type.p && e.self && e.self[ATTR_TYPE] && value_type_is_word(e.self[ATTR_TYPE]->type))
		type = e.self[ATTR_TYPE]->word;
	return emit_instance(run->out, HELPER_OUTPUT_MAX, type, &e, ret);
}

static int work(struct run *run, struct sysfs *s, int image_fd, struct str devpath,
	struct str *ret)
{
	struct device d;
	int r;

	r = open_device(s, run->a, devpath, &d);
	if (r < 0)
		return r;
	if (d.role == DEVICE_OTHER)
		return -ENODEV;
	r = read_image(run->kept, image_fd, &run->image, &run->image_status);
	if (r < 0)
		return r;
	s->image = run->image;
	r = d.role == DEVICE_PARENT ? say_parent(run, &d, ret) : say_instance(run, &d, ret);
	return r < 0 ? r : device_still(&d);
}

int main(int argc, char **argv)
{
	struct options o = { .deadline_ms = DEADLINE_MS };
	const char *devpath = getenv("DEVPATH");
	struct arena a, kept;
	struct run run = { .a = &a, .kept = &kept };
	struct str text = { 0 };
	struct sysfs sysfs;
	int image_fd = -1, r;

	r = parse_options(argv, &o);
	if (r != 0)
		return r < 0 ? EXIT_SAID : r;
	if (!devpath || devpath_check(str_from(devpath)) < 0) {
		say(STDERR_FILENO, "mdevcompat_id: DEVPATH in the environment names no device\n");
		return EXIT_USAGE;
	}
	if (sandbox_deadline(o.deadline_ms) < 0)
		return EXIT_SYSTEM;
	arena_init_fixed(&a, eval_memory, sizeof(eval_memory));
	arena_init_fixed(&kept, image_memory, sizeof(image_memory));
	run.out = arena_alloc_raw(&kept, HELPER_OUTPUT_MAX);
	/* Names of files are there before anything that is to be printed. */
	if (!run.out || sysfs_open(&sysfs, o.root) < 0 ||
		open_image(&o, run.out, SYSFS_PATH_MAX + 1, &image_fd) < 0)
		return EXIT_SYSTEM;
	sysfs.keep = true;
	sandbox_limits();
	sandbox_filter();

	r = work(&run, &sysfs, image_fd, str_from(devpath), &text);
	if (r == -ENODEV || r == -EAGAIN)
		return EXIT_GONE;
	if (r < 0 || text.n == 0)
		return EXIT_SYSTEM;
	/* All or nothing: udevd takes what we print only if we end well. */
	if (write(STDOUT_FILENO, text.p, text.n) != (ssize_t)text.n)
		return EXIT_SYSTEM;
	return EXIT_SAID;
}
