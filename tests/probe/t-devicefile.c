/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device files: what they may say, where each error is, and what they give as a subject.
 */
#include <errno.h>
#include <unistd.h>

#include "engine/probe/devicefile.h"
#include "tests/tap.h"

static struct arena arena;

static const struct {
	const char *text;
	unsigned line, column;
	const char *message, *help;
} bad[] = {
	{ "", 1, 1, "the file is empty", NULL },
	{ "# nothing\n", 2, 1, "the file is empty", NULL },
	{ "x", 1, 1, "a device file is lines `key: value`", NULL },
	{ "- a\n", 1, 1, "a list; every value here is one text", NULL },
	{ "driver: a\n", 0, 0, "no type", "write `type: NAME`, or `kind: vfio` for a vfio device" },
	{ "type: a\n", 0, 0, "no driver", NULL },
	{ "driver: ''\ntype: a\n", 0, 0, "a driver's name is printable ASCII", NULL },
	{ "driver: a\ntype: \"a\\nb\"\n", 0, 0, "a type's name is printable ASCII", NULL },
	{ "drivr: a\ntype: b\n", 1, 1, "'drivr' is no key of a device file",
		"did you mean 'driver'?" },
	{ "driver: a\ntype: b\nattributs: {}\n", 3, 1, "'attributs' is no key of a device file",
		"did you mean 'attributes'?" },
	{ "driver: a\ntype: b\nname: x\n", 3, 1, "'name' is no key of a device file",
		"keys are kind, driver, type, attributes, files" },
	{ "driver: a\ntype: b\ndriver: c\n", 3, 1, "'driver' stands here twice", NULL },
	{ "driver: a\ntype: b\nattributes: {}\nattributes: {}\n", 4, 1,
		"'attributes' stands here twice", NULL },
	{ "driver: a\ntype: b\nattributes:\n  x: 1\n  y: 2\n  x: 1\n", 6, 3,
		"'x' stands here twice", NULL },
	{ "driver: a\ntype: b\nattributes: x\n", 3, 13, "attributes are lines `name: text`", NULL },
	{ "driver: a\ntype: b\nattributes: [x]\n", 3, 13, "a list; every value here is one text",
		NULL },
	{ "driver: a\ntype: b\nattributes:\n  x: [1, 2]\n", 4, 6,
		"a list; every value here is one text", NULL },
	{ "driver: a\ntype: b\nattributes:\n  x: {a: 1}\n", 4, 6, "a text is expected here", NULL },
	{ "driver: a\ntype: b\nattributes:\n  x:\n", 4, 5, "no value",
		"write '' for an empty text, or leave the line out" },
	{ "driver:\ntype: b\n", 1, 8, "no value",
		"write '' for an empty text, or leave the line out" },
	{ "driver: a\nkind: parent\n", 2, 7, "a kind is mdev or vfio", NULL },
	{ "driver: a\ntype: b\nfiles: x\n", 3, 8, "files stand below type, parent or device", NULL },
	{ "driver: a\ntype: b\nfiles:\n  types: {}\n", 4, 3,
		"'types' is neither type, parent nor device", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type: {}\n  type: {}\n", 5, 3, "'type' stands here twice",
		NULL },
	{ "driver: a\ntype: b\nfiles: {}\nfiles: {}\n", 4, 1, "'files' stands here twice", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type: x\n", 4, 9, "files are lines `path: text`", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type:\n    a/b: 1\n    a/b: 1\n", 6, 5,
		"'a/b' stands here twice", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type:\n    a/b: 1\n    a: 1\n", 6, 5,
		"'a' is a file and a folder", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type:\n    ../b: 1\n", 5, 5,
		"'../b' is no path below the device", NULL },
	{ "driver: a\ntype: b\nfiles:\n  type:\n    /b: 1\n", 5, 5,
		"'/b' is no path below the device", NULL },
	{ "driver: &a x\ntype: *a\n", 1, 9, "an anchor; write the value out", NULL },
	{ "driver: a\ntype: *a\n", 2, 7, "an alias; write the value out", NULL },
	{ "driver: !!str a\ntype: b\n", 1, 9, "a tag; every value here is text as it stands", NULL },
	{ "driver: !x a\ntype: b\n", 1, 9, "a tag; every value here is text as it stands", NULL },
	{ "!x\ndriver: a\n", 1, 1, "a tag; every value here is text as it stands", NULL },
	{ "driver: a\ntype: b\n---\ndriver: c\n", 3, 1, "a second document; one device a file", NULL },
	{ "driver: \"a\\0b\"\ntype: b\n", 1, 9, "a NUL in a text", NULL },
	{ "driver: \"a\ntype: b\n", 3, 1, NULL, NULL },
	{ "driver: a\n\ttype: b\n", 2, 1, NULL, NULL },
	{ "driver: \377\n", 1, 1, "a byte that is no UTF-8 text", NULL },
	{ "{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", 1, 2, "a text is expected here", NULL },
};

static void test_bad(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct device_file f;
		struct device_file_error e = { 0 };
		int r = device_file_parse(&arena, str_from(bad[i].text), &f, &e);
		bool good = r == -EBADMSG && e.line == bad[i].line && e.text.n > 0;

		good = good && (e.column == bad[i].column || !bad[i].message);
		good = good && (!bad[i].message || str_eq(e.text, str_from(bad[i].message)));
		good = good && (bad[i].help ? str_eq(e.help, str_from(bad[i].help)) : e.help.n == 0);
		if (!ok(good, "error %zu", i))
			diag("%d %u:%u %.*s (%.*s)", r, e.line, e.column, STR_FMT(e.text),
				STR_FMT(e.help));
	}
}
#define N_BAD ARRAY_SIZE(bad)

static struct attr attr_of(const char *name)
{
	return (struct attr){ .name = str_from(name) };
}

static const char *value(struct subject *s, const char *name)
{
	struct attr at = attr_of(name);
	struct str text = { 0 }, from;
	bool final = false;
	int r = s->facts.read(s->facts.ctx, &arena, &at, &text, &final, &from);

	if (!final)
		return "a key would be looked up";
	return r == -ENOENT ? "absent" : r < 0 ? "error" : text.p;
}

static void test_good(void)
{
	static const char text[] = "# comment\n---\n"
				   "driver: i915\n"
				   "type: i915-GVTg_V5_4\n"
				   "attributes:\n"
				   "  pci_id: 8086:59\n"
				   "  interface: 2.10\n"
				   "  yes: on\n"
				   "  tilde: ~\n"
				   "  null: null\n"
				   "  empty: ''\n"
				   "  lines: \"a\\nb\"\n"
				   "  folded: a\n    b\n"
				   "  block: |\n    a\n    b\n"
				   "  quoted: 'it''s'\n"
				   "...\n";
	static const struct {
		const char *name, *value;
	} want[] = { { "pci_id", "8086:59" }, { "interface", "2.10" }, { "yes", "on" },
		{ "tilde", "~" }, { "null", "null" }, { "empty", "" }, { "lines", "a\nb" },
		{ "folded", "a b" }, { "block", "a\nb\n" }, { "quoted", "it's" },
		{ "missing", "absent" } };
	struct device_file f;
	struct device_file_error e = { 0 };
	struct subject s;
	size_t i;

	is_int(device_file_parse(&arena, str_from(text), &f, &e), 0, "a device file");
	device_file_subject(&f, &s);
	ok(s.kind == KIND_MDEV && s.instance && str_eq(s.driver, STR("i915")) &&
			str_eq(s.type, STR("i915-GVTg_V5_4")),
		"its subject");
	for (i = 0; i < ARRAY_SIZE(want); i++)
		is_str(value(&s, want[i].name), want[i].value, "the text of %s", want[i].name);
	is_int(device_file_parse(&arena, STR("kind: vfio\ndriver: mlx5\n"), &f, &e), 0,
		"a vfio device needs no type");
	device_file_subject(&f, &s);
	ok(s.kind == KIND_VFIO && !s.type.p, "and has none");
	is_int(device_file_parse(&arena, STR("kind: mdev\ndriver: a\ntype: b\nattributes: {}\n"),
		       &f, &e),
		0, "an empty list of attributes");
}
#define N_GOOD (2 + 11 + 3)

static void test_declared(void)
{
	struct attr attr[] = { attr_of("kind"), attr_of("driver"), attr_of("type"),
		attr_of("profile"), attr_of("manager") };
	struct attr local[] = { attr_of("listed") };
	struct policy p = { .attr = attr, .n_attrs = 5, .local = local, .n_locals = 1 };
	struct device_file f;
	struct device_file_error e = { 0 };

	device_file_parse(&arena, STR("driver: a\ntype: b\nattributes:\n  listed: x\n  manager: 1\n"),
		&f, &e);
	is_int(device_file_check(&arena, &f, &p, &e), 0, "declared attributes and locals");
	device_file_parse(&arena, STR("driver: a\ntype: b\nattributes:\n  manager: 1\n  profil: x\n"),
		&f, &e);
	is_int(device_file_check(&arena, &f, &p, &e), -EBADMSG, "one that is not");
	ok(e.line == 5 && e.column == 3 &&
			str_eq(e.text, STR("the policy has no attribute 'profil'")) &&
			str_eq(e.help, STR("did you mean 'profile'?")),
		"where, and what was meant");
	device_file_parse(&arena, STR("driver: a\ntype: b\nattributes: {type: c}\n"), &f, &e);
	is_int(device_file_check(&arena, &f, &p, &e), -EBADMSG, "a built-in one is not declared");
}
#define N_DECLARED 4

/* At each bound and one past it. */
static bool reads(const struct subject *s, enum fact_kind where, const char *path, int want,
	const char *text)
{
	struct str got, from;
	int r = s->files.read(s->files.ctx, &arena, where, str_from(path), &got, &from);

	return r == want && (r < 0 || str_eq(got, str_from(text)));
}

static void test_files(void)
{
	static const char text[] = "driver: a\ntype: b\nfiles:\n  type:\n    m/self/x: |\n      1\n"
				   "    m/other: ''\n    ma: 2\n    b: 3\n  device:\n    m: 4\n"
				   "  parent:\n    vendor: |\n      0x8086\n    device: 0x591d\n";
	struct attr pci = { .name = STR("id"), .fact = { .kind = FACT_PARENT, .n_paths = 2,
		.path = { STR("vendor"), STR("device") } } };
	struct device_file_error e = { 0 };
	struct str *name, got, from;
	struct device_file f;
	struct subject s;
	bool final;
	uint32_t n;

	is_int(device_file_parse(&arena, str_from(text), &f, &e), 0, "files");
	device_file_subject(&f, &s);
	ok(reads(&s, FACT_TYPE, "m/self/x", 0, "1\n"), "a text with its newline");
	ok(reads(&s, FACT_TYPE, "m/other", 0, ""), "an empty one");
	ok(reads(&s, FACT_DEVICE, "m", 0, "4"), "each folder has its own");
	ok(reads(&s, FACT_TYPE, "m", -EISDIR, NULL), "a folder is no file");
	ok(reads(&s, FACT_TYPE, "m/self/y", -ENOENT, NULL), "what is not there");
	is_int(s.files.list(s.files.ctx, &arena, FACT_TYPE, STR(""), &name, &n), 0, "a list");
	ok(n == 3 && str_eq(name[0], STR("b")) && str_eq(name[1], STR("m")) &&
			str_eq(name[2], STR("ma")),
		"sorted, a folder once");
	is_int(s.files.list(s.files.ctx, &arena, FACT_TYPE, STR("m"), &name, &n), 0, "of a folder");
	ok(n == 2 && str_eq(name[0], STR("other")) && str_eq(name[1], STR("self")), "its own only");
	is_int(s.files.list(s.files.ctx, &arena, FACT_TYPE, STR("x"), &name, &n), -ENOENT,
		"of none");
	is_int(s.files.list(s.files.ctx, &arena, FACT_TYPE, STR("b"), &name, &n), -ENOTDIR,
		"of a file");
	is_int(s.facts.read(s.facts.ctx, &arena, &pci, &got, &final, &from), 0, "a fact of two files");
	ok(str_eq(got, STR("0x8086:0x591d")) && !final, "joined as from sysfs");
}
#define N_FILES 14

static void test_bounds(void)
{
	static char text[DEVICE_FILE_MAX + 64];
	struct device_file f;
	struct device_file_error e;
	size_t n;
	int i;

	n = (size_t)sprintf(text, "driver: a\ntype: b\nattributes:\n  x: ");
	memset(text + n, 'v', FACT_TEXT_MAX + 1);
	is_int(device_file_parse(&arena, (struct str){ text, n + FACT_TEXT_MAX }, &f, &e), 0,
		"4096 bytes of text");
	is_int(device_file_parse(&arena, (struct str){ text, n + FACT_TEXT_MAX + 1 }, &f, &e),
		-EBADMSG, "4097");
	n = (size_t)sprintf(text, "driver: a\ntype: b\nattributes:\n");
	for (i = 0; i < DEVICE_FILE_ATTRS_MAX; i++)
		n += (size_t)sprintf(text + n, "  a%d: x\n", i);
	is_int(device_file_parse(&arena, (struct str){ text, n }, &f, &e), 0, "1024 attributes");
	n += (size_t)sprintf(text + n, "  a%d: x\n", i);
	is_int(device_file_parse(&arena, (struct str){ text, n }, &f, &e), -EBADMSG, "1025");
	n = (size_t)sprintf(text, "driver: a\ntype: b\n#");
	memset(text + n, 'x', sizeof(text) - n);
	is_int(device_file_parse(&arena, (struct str){ text, DEVICE_FILE_MAX }, &f, &e), 0, "1 MiB");
	is_int(device_file_parse(&arena, (struct str){ text, DEVICE_FILE_MAX + 1 }, &f, &e), -EBADMSG,
		"a byte more");
	/* The library is quadratic in these, and has no bound of its own. */
	memset(text, '[', 200000);
	is_int(device_file_parse(&arena, (struct str){ text, 200000 }, &f, &e), -EBADMSG,
		"200,000 brackets");
	for (n = 0; n < 200000; n += 2)
		memcpy(text + n, "[\n", 2);
	is_int(device_file_parse(&arena, (struct str){ text, n }, &f, &e), -EBADMSG,
		"100,000 brackets, each on a line");
	memcpy(text, "? ", 2);
	for (n = 2; n < 200000; n += 2)
		memcpy(text + n, "? ", 2);
	is_int(device_file_parse(&arena, (struct str){ text, n }, &f, &e), -EBADMSG,
		"100,000 nested keys");
}
#define N_BOUNDS 9

static void test_load(void)
{
	char path[] = "/tmp/mdevcompat-devicefile.XXXXXX";
	struct device_file f;
	struct device_file_error e;
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, "driver: a\ntype: b\n", 18) != 18)
		bail_out("%s: %s", path, strerror(errno));
	is_int(device_file_load(&arena, path, &f, &e), 0, "a file");
	ok(str_eq(f.driver, STR("a")), "is read");
	if (ftruncate(fd, DEVICE_FILE_MAX + 1) < 0)
		bail_out("ftruncate: %s", strerror(errno));
	is_int(device_file_load(&arena, path, &f, &e), -EFBIG, "a large file");
	close(fd);
	unlink(path);
	is_int(device_file_load(&arena, path, &f, &e), -ENOENT, "no file");
	is_int(device_file_load(&arena, "/tmp", &f, &e), -EISDIR, "a folder");
	is_int(device_file_load(&arena, "/dev/null", &f, &e), -EINVAL, "a device");
}
#define N_LOAD 6

int main(void)
{
	plan(N_BAD + N_GOOD + N_FILES + N_DECLARED + N_BOUNDS + N_LOAD);
	arena_init(&arena, (size_t)64 << 20);
	test_bad();
	test_good();
	test_declared();
	test_files();
	test_bounds();
	test_load();
	arena_release(&arena);
	return done_testing();
}
