/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds what the user named - a type, an mdev, a device, a file, a descriptor - and has it
 * judged. Knows the spellings; values and verdicts are the engine's.
 */
#include "cli/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/probe/enumerate.h"
#include "grammar/expand-spell.h"

#define TYPES_DIR "mdev_supported_types"

const char *subject_form_text(enum subject_form f)
{
	switch (f) {
	case FORM_TYPE: return "mdev type";
	case FORM_INSTANCE: return "mdev";
	case FORM_VFIO: return "vfio device";
	case FORM_FILE: return "device file";
	case FORM_DESCRIPTOR: return "descriptor";
	}
	return "subject";
}

static bool is_uuid(struct str s)
{
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s.p[i] != '-' : ascii_hexval(s.p[i]) < 0)
			return false;
	return true;
}

/* [DDDD:]BB:DD.F; *ret_short: the domain is left out. */
static bool is_pci_address(struct str s, bool *ret_short)
{
	static const char pattern[] = "xxxx:xx:xx.f";
	const char *p = s.n == 7 ? pattern + 5 : pattern;

	if (s.n != strlen(p))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (p[i] == 'x' ? ascii_hexval(s.p[i]) < 0 :
		    p[i] == 'f' ? s.p[i] < '0' || s.p[i] > '7' :
				  s.p[i] != p[i])
			return false;
	*ret_short = s.n == 7;
	return true;
}

static bool ends_with(struct str s, struct str end)
{
	return s.n >= end.n && str_eq(str_sub(s, s.n - end.n, s.n), end);
}

static struct str join(struct cli *c, struct str a, const char *between, struct str b)
{
	return str_from(cli_text(c, "%.*s%s%.*s", STR_FMT(a), between, STR_FMT(b)));
}

/* Addresses and UUIDs stand in sysfs in lower case. */
static struct str lower(struct cli *c, struct str s)
{
	char *p = arena_dup(c->arena, s.p, s.n);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = ascii_tolower(p[i]);
	return p ? (struct str){ p, s.n } : s;
}

/* ---- in sysfs -------------------------------------------------------------------------------- */

/* Opens what @path below sysfs leads to. -ENODEV: nothing there. */
static int open_at(struct host *h, struct str path, struct device *ret)
{
	struct cli *c = h->c;
	struct str resolved;
	int r = sysfs_resolve(&h->sysfs, c->arena, path, &resolved);

	if (r == -ENOENT || r == -ENOTDIR || r == -EXDEV)
		return -ENODEV;
	if (r < 0)
		return r;
	r = device_open(&h->sysfs, c->arena,
		str_from(cli_text(c, "/%.*s", STR_FMT(resolved))), ret);
	return r == -EINVAL || r == -ENOTDIR ? -ENODEV : r;
}

static int no_such(struct host *h, struct str name, const char *why)
{
	return cli_fail(h->c, EXIT_UNKNOWN, "no-such-subject", "%.*s: %s", STR_FMT(name), why);
}

static int failed(struct host *h, struct str name, int r)
{
	if (r == -ENODEV)
		return no_such(h, name, "no such device on this host");
	if (r == -EAGAIN)
		return no_such(h, name, "the kernel has not yet linked this mdev to its type");
	return cli_fail_errno(h->c, r, "%.*s", STR_FMT(name));
}

static int take_type(struct host *h, struct str name, struct str type, struct cli_subject *ret)
{
	struct str path = join(h->c, ret->device.path, "/" TYPES_DIR "/", type);
	int fd;

	if (ret->device.role != DEVICE_PARENT)
		return no_such(h, name, "the device before the '/' has no mdev types");
	if (type.n == 0 || type.n > TYPE_NAME_MAX || type.p[0] == '.')
		return no_such(h, name, "no such type");
	fd = sysfs_open_below(&h->sysfs, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return no_such(h, name, "the parent has no such type");
	close(fd);
	ret->form = FORM_TYPE;
	ret->name = join(h->c, ret->device.name, "/", type);
	subject_of_type(&ret->device, type, &ret->probe, &ret->subject);
	return 0;
}

static int take_device(struct host *h, struct str name, struct cli_subject *ret)
{
	struct str *type;
	uint32_t n = 0;
	int r;

	switch (ret->device.role) {
	case DEVICE_MDEV:
	case DEVICE_VFIO:
		ret->form = ret->device.role == DEVICE_MDEV ? FORM_INSTANCE : FORM_VFIO;
		ret->name = ret->device.name;
		subject_of_device(&ret->device, &ret->probe, &ret->subject);
		return 0;
	case DEVICE_PARENT:
		r = device_types(&ret->device, h->c->arena, &type, &n);
		if (r == -E2BIG)
			return cli_fail(h->c, EXIT_UNKNOWN, status_name(STATUS_TOO_MANY_TYPES),
				"%.*s is a parent, and none of its types is judged: %s",
				STR_FMT(name), status_text(STATUS_TOO_MANY_TYPES));
		if (r == 0 && n > 0)
			return cli_fail(h->c, EXIT_UNKNOWN, "no-such-subject",
				"%.*s is a parent: name one of its %u types, such as %.*s/%.*s",
				STR_FMT(name), n, STR_FMT(ret->device.name), STR_FMT(type[0]));
		return no_such(h, name, "a parent without types");
	case DEVICE_OTHER:
		break;
	}
	return no_such(h, name, "neither an mdev nor bound to a vfio driver");
}

/* A path below /sys, with or without the type's folder at its end. */
static int find_path(struct host *h, struct str name, struct str path, struct cli_subject *ret)
{
	static const struct str middle = STR_INIT("/" TYPES_DIR "/");
	struct str type = { 0 };
	int r;

	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i + middle.n < path.n; i++)
		if (str_eq(str_sub(path, i, i + middle.n), middle)) {
			type = str_sub(path, i + middle.n, path.n);
			/* What lies below a type is none, but may lead to an mdev of it. */
			if (str_find(type, '/') < type.n)
				type = (struct str){ 0 };
			else
				path = str_sub(path, 0, i);
			break;
		}
	if (path.n == 0)
		return no_such(h, name, "no such device on this host");
	r = open_at(h, path, &ret->device);
	if (r < 0)
		return failed(h, name, r);
	return type.p ? take_type(h, name, type, ret) : take_device(h, name, ret);
}

/* A parent's name: in class/mdev_bus, or a PCI address. */
static int open_parent(struct host *h, struct str parent, struct device *ret)
{
	bool short_form;
	int r;

	r = open_at(h, join(h->c, STR("class/mdev_bus/"), "", parent), ret);
	if (r == -ENODEV && is_pci_address(parent, &short_form))
		r = open_at(h, join(h->c, STR("bus/pci/devices/"), short_form ? "0000:" : "",
				       lower(h->c, parent)), ret);
	return r;
}

static int find_in_sysfs(struct host *h, struct str name, struct cli_subject *ret)
{
	size_t slash = name.n;
	bool short_form;
	int r;

	if (is_uuid(name)) {
		r = open_at(h, join(h->c, STR("bus/mdev/devices/"), "", lower(h->c, name)), &ret->device);
		return r < 0 ? failed(h, name, r) : take_device(h, name, ret);
	}
	while (slash > 0 && name.p[slash - 1] != '/')
		slash--;
	if (slash > 1) {
		struct str parent = str_sub(name, 0, slash - 1);

		if (str_find(parent, '/') < parent.n)
			return -ENOENT;
		r = open_parent(h, parent, &ret->device);
		if (r == -ENODEV && !is_pci_address(parent, &short_form))
			return -ENOENT;
		return r < 0 ? failed(h, name, r) :
			       take_type(h, name, str_sub(name, slash, name.n), ret);
	}
	r = open_parent(h, name, &ret->device);
	if (r == -ENODEV && !is_pci_address(name, &short_form))
		return -ENOENT;
	return r < 0 ? failed(h, name, r) : take_device(h, name, ret);
}

/* ---- elsewhere ------------------------------------------------------------------------------- */

static int find_descriptor(struct host *h, struct str name, struct cli_subject *ret)
{
	int r = descriptor_parse(h->c->arena, name, &ret->descriptor);

	if (r == -ENOMEM)
		return cli_fail_errno(h->c, r, "descriptor");
	if (r < 0)
		return cli_fail(h->c, EXIT_INPUT, "bad-input",
			"this begins as a descriptor does and is none, or not in its one spelling");
	ret->form = FORM_DESCRIPTOR;
	return 0;
}

static int bad_file(struct host *h, struct str name, const struct device_file_error *e)
{
	const char *help = e->help.n > 0 ? cli_text(h->c, "; %.*s", STR_FMT(e->help)) : "";

	if (e->line == 0)
		return cli_fail(h->c, EXIT_INPUT, "bad-input", "%.*s: %.*s%s", STR_FMT(name),
			STR_FMT(e->text), help);
	return cli_fail(h->c, EXIT_INPUT, "bad-input", "%.*s:%u:%u: %.*s%s", STR_FMT(name), e->line,
		e->column, STR_FMT(e->text), help);
}

static int find_file(struct host *h, struct str name, struct cli_subject *ret)
{
	struct device_file_error e = { 0 };
	int r = device_file_load(h->c->arena, name.p, &ret->file, &e);

	if (r == -EBADMSG)
		return bad_file(h, name, &e);
	if (r == -EFBIG)
		return cli_fail(h->c, EXIT_INPUT, "bad-input", "%.*s: larger than a device file may be",
			STR_FMT(name));
	if (r == -ENOENT)
		return no_such(h, name, "no such file");
	if (r < 0)
		return cli_fail_errno(h->c, r, "%.*s", STR_FMT(name));
	ret->form = FORM_FILE;
	device_file_subject(&ret->file, &ret->subject);
	return 0;
}

/* A name that the policy does not declare is a mistake in the file, not an absent value. */
static int check_file(struct host *h, struct cli_subject *s)
{
	struct device_file_error e = { 0 };
	int r;

	if (!s->eval.has_policy)
		return 0;
	r = device_file_check(h->c->arena, &s->file, &s->eval.policy, &e);
	if (r == -EBADMSG)
		return bad_file(h, s->name, &e);
	return r < 0 ? cli_fail_errno(h->c, r, "%.*s", STR_FMT(s->name)) : 0;
}

int subject_find(struct host *h, const char *text, struct cli_subject *ret)
{
	struct str name = str_from(text), rest = { 0 };
	int r;

	*ret = (struct cli_subject){ .name = name };
	if (descriptor_looks_like(name))
		return find_descriptor(h, name, ret);
	if (fingerprint_looks_like(name)) {
		if (!fingerprint_valid(name))
			return cli_fail(h->c, EXIT_INPUT, "bad-input",
				"this begins as a fingerprint does and is none");
		return cli_fail(h->c, EXIT_UNKNOWN, "unknown-fingerprint",
			"a fingerprint names a device and does not describe it; give a descriptor "
			"(`mdevcompat info --descriptor`) or the device itself");
	}
	if (ends_with(name, STR(".yaml")) || ends_with(name, STR(".yml")) ||
		str_starts(name, STR("./")) || str_starts(name, STR("../")))
		return find_file(h, name, ret);
	r = host_open_sysfs(h);
	if (r != 0)
		return r;
	if (str_starts(name, STR("/sys/")))
		rest = str_sub(name, 5, name.n);
	else if (str_starts(name, STR("/devices/")))
		rest = str_sub(name, 1, name.n);
	else if (h->c->root[0] && str_starts(name, h->sysfs.top) && name.n > h->sysfs.top.n &&
		name.p[h->sysfs.top.n] == '/')
		rest = str_sub(name, h->sysfs.top.n + 1, name.n);
	if (rest.p)
		return find_path(h, name, rest, ret);
	r = name.n > 0 && name.p[0] == '/' ? -ENOENT : find_in_sysfs(h, name, ret);
	if (r != -ENOENT)
		return r;
	if (access(text, F_OK) == 0)
		return find_file(h, name, ret);
	return cli_fail(h->c, EXIT_UNKNOWN, "no-such-subject",
		"%.*s: no such subject; write PARENT/TYPE, an mdev's UUID, a PCI or sysfs address, a "
		"device file or a descriptor",
		STR_FMT(name));
}

int subject_judge(struct host *h, struct cli_subject *s)
{
	int r;

	if (s->form == FORM_DESCRIPTOR)
		return 0;
	r = host_open_image(h);
	if (r != 0)
		return r;
	h->sysfs.image = h->image;
	if (!h->image) {
		s->eval.status = h->image_status;
		s->eval.input = -1;
		return 0;
	}
	r = evaluate(h->c->arena, h->image, &s->subject, NULL, &s->eval);
	if (r == 0 && s->form != FORM_FILE)
		r = device_still(&s->device);
	if (r == -ENODEV)
		return no_such(h, s->name, "the device went away");
	if (r < 0)
		return cli_fail_errno(h->c, r, "%.*s", STR_FMT(s->name));
	return s->form == FORM_FILE ? check_file(h, s) : 0;
}

int subject_get(struct host *h, const char *text, struct cli_subject *ret)
{
	int r = subject_find(h, text, ret);

	return r != 0 ? r : subject_judge(h, ret);
}

enum mdc_status subject_status(const struct cli_subject *s)
{
	return s->form == FORM_DESCRIPTOR ? STATUS_OK : s->eval.status;
}

const char *subject_fingerprint(struct cli *c, const struct cli_subject *s)
{
	const struct descriptor *d = &s->descriptor;
	char *text;

	if (s->form != FORM_DESCRIPTOR)
		return s->eval.fingerprint[0] ? s->eval.fingerprint : NULL;
	text = arena_alloc(c->arena, FINGERPRINT_LEN + 1);
	if (text)
		fingerprint_make(d->record_text, d->accepts_text, d->offers_text,
			descriptor_match(d, d) == VERDICT_COMPATIBLE, text);
	return text;
}

const char *subject_fact_text(struct cli *c, const struct fact *f)
{
	char buf[512];
	struct sbuf b = SBUF(buf);

	expand_fact(&b, f); /* begins with " from " */
	return cli_text(c, "%.*s%s", STR_FMT(str_sub(sbuf_str(&b), 6, b.n)), b.overflow ? "..." : "");
}

/* ", read from site "nvidia.ecc"", of the fact that the status speaks of. */
static const char *where_it_is_not(struct cli *c, const struct evaluation *e)
{
	const struct policy *p = &e->policy;

	for (uint32_t i = ATTR_FIRST; e->has_policy && i < p->n_attrs; i++)
		if (str_eq(p->attr[i].name, e->detail) && p->attr[i].fact.kind != FACT_NONE)
			return cli_text(c, ", read from %s", subject_fact_text(c, &p->attr[i].fact));
	return "";
}

const char *subject_trouble(struct host *h, const struct cli_subject *s)
{
	const struct evaluation *e = &s->eval;
	enum mdc_status status = subject_status(s);
	struct image_input in;

	if (e->input >= 0 && h->image && image_input_get(h->image, (uint32_t)e->input, &in) == 0 &&
		in.message.n > 0)
		return cli_text(h->c, "%s: %.*s", status_name(status), STR_FMT(in.message));
	if (e->detail_why.n > 0)
		return cli_text(h->c, "%s: %.*s: %.*s", status_name(status), STR_FMT(e->detail),
			STR_FMT(e->detail_why));
	if (e->detail.n > 0)
		return cli_text(h->c, "%s: %.*s: %s%s", status_name(status), STR_FMT(e->detail),
			status_text(status), where_it_is_not(h->c, e));
	return cli_text(h->c, "%s: %s", status_name(status), status_text(status));
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct listing {
	struct host *h;
	struct subject_row *row;
	uint32_t n, room;
};

static struct subject_row *add_row(struct listing *l)
{
	if (l->n == l->room) {
		uint32_t room = l->room ? l->room * 2 : 64;
		struct subject_row *grown = arena_new_array(l->h->c->arena, room, struct subject_row);

		if (!grown)
			return NULL;
		if (l->n > 0)
			memcpy(grown, l->row, l->n * sizeof(*grown));
		l->row = grown;
		l->room = room;
	}
	l->row[l->n].parent = -1;
	return &l->row[l->n++];
}

/* @mdev: all devices of the host, among them the parent's. */
static int add_parent(struct listing *l, const struct device *d, const struct device *mdev,
	uint32_t n_mdevs)
{
	struct cli *c = l->h->c;
	struct subject_row *row = add_row(l);
	int32_t parent = (int32_t)l->n - 1;
	struct str *type;
	uint32_t n;
	int r;

	if (!row)
		return -ENOMEM;
	row->device = *d;
	row->name = d->name;
	row->is_parent = true;
	r = device_types(d, c->arena, &type, &n);
	/* Nor does udev say more of such a parent; the others are none the worse for it. */
	if (r == -E2BIG)
		cli_note(c, status_name(STATUS_TOO_MANY_TYPES), "%.*s: %s", STR_FMT(d->name),
			status_text(STATUS_TOO_MANY_TYPES));
	if (r < 0)
		return r == -ENODEV || r == -E2BIG ? 0 : r;
	for (uint32_t i = 0; i < n; i++) {
		int32_t of = (int32_t)l->n;

		row = add_row(l);
		if (!row)
			return -ENOMEM;
		row->device = *d;
		row->type = type[i];
		row->form = FORM_TYPE;
		row->name = join(c, d->name, "/", type[i]);
		row->parent = parent;
		for (uint32_t k = 0; k < n_mdevs; k++) {
			if (mdev[k].role != DEVICE_MDEV || !str_eq(mdev[k].parent, d->path) ||
				!str_eq(mdev[k].type, type[i]))
				continue;
			row = add_row(l);
			if (!row)
				return -ENOMEM;
			row->device = mdev[k];
			row->form = FORM_INSTANCE;
			row->name = mdev[k].name;
			row->parent = of;
		}
	}
	return 0;
}

static int add_vfio(struct listing *l, const struct device *d)
{
	struct subject_row *row = add_row(l);

	if (!row)
		return -ENOMEM;
	row->device = *d;
	row->form = FORM_VFIO;
	row->name = d->name;
	return 0;
}

int subject_list(struct host *h, struct subject_row **ret, uint32_t *ret_n)
{
	struct listing l = { .h = h };
	struct device *d = NULL;
	uint32_t n = 0;
	int r;

	r = host_open_sysfs(h);
	if (r != 0)
		return r;
	r = host_devices(&h->sysfs, h->c->arena, &d, &n);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		if (d[i].role == DEVICE_PARENT)
			r = add_parent(&l, &d[i], d, n);
	for (uint32_t i = 0; r == 0 && i < n; i++)
		if (d[i].role == DEVICE_VFIO)
			r = add_vfio(&l, &d[i]);
	if (r < 0)
		return cli_fail_errno(h->c, r, "%.*s", STR_FMT(h->sysfs.top));
	*ret = l.row;
	*ret_n = l.n;
	return 0;
}

void subject_of_row(struct subject_row *row, struct cli_subject *ret)
{
	*ret = (struct cli_subject){ .name = row->name, .form = row->form, .device = row->device };
	if (row->form == FORM_TYPE)
		subject_of_type(&ret->device, row->type, &ret->probe, &ret->subject);
	else
		subject_of_device(&ret->device, &ret->probe, &ret->subject);
}
