/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads nettle, libudev, libyaml and libsmartcols when they are first called, so that a verb pays only for what
 * it uses: linked in the usual way, they would cost every start more than a light verb's work.
 * Each function stands here under its own name and forwards; callers, ours and the engine's,
 * know nothing of it, and the compiler holds the forms against the libraries' headers. A verb
 * that needs a further function fails to link until it is added.
 *
 * The pointers below are the only writable memory at file scope in the program.
 */
#include <dlfcn.h>
#include <libsmartcols/libsmartcols.h>
#include <libudev.h>
#include <nettle/sha2.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "cli/command.h"

/* The names of the interfaces that the headers describe. */
static const char libnettle[] = "libnettle.so.8", libudev[] = "libudev.so.1",
		  libyaml[] = "libyaml-0.so.2", libsmartcols[] = "libsmartcols.so.1";

/* There is no answer without the library and no way to say so to the caller. */
static void *find(const char *library, const char *name)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
	void *function = handle ? dlsym(handle, name) : NULL;

	if (function)
		return function;
	fflush(stdout);
	fprintf(stderr, "mdevcompat: this needs %s: %s\n", library, dlerror());
	exit(EXIT_SYSTEM);
}

#define FORWARD(library, type, name, parameters, arguments)                      \
	type name parameters                                                     \
	{                                                                        \
		static __typeof__(name) *function;                               \
                                                                                 \
		if (!function)                                                   \
			function = (__typeof__(name) *)find(library, #name);     \
		return function arguments;                                       \
	}

#define FORWARD_VOID(library, name, parameters, arguments)                       \
	void name parameters                                                     \
	{                                                                        \
		static __typeof__(name) *function;                               \
                                                                                 \
		if (!function)                                                   \
			function = (__typeof__(name) *)find(library, #name);     \
		function arguments;                                              \
	}

FORWARD_VOID(libnettle, nettle_sha256_init, (struct sha256_ctx *c), (c))
FORWARD_VOID(libnettle, nettle_sha256_update, (struct sha256_ctx *c, size_t n, const uint8_t *p),
	(c, n, p))
FORWARD_VOID(libnettle, nettle_sha256_digest, (struct sha256_ctx *c, size_t n, uint8_t *digest),
	(c, n, digest))

/*
 * What the engine calls is libmd's, which is small and portable and has no more than C. Where
 * whole policies are hashed, nettle stands in for it: it knows the processor's own instructions,
 * and takes a tenth of the time.
 */
_Static_assert(sizeof(struct sha256_ctx) <= sizeof(SHA2_CTX), "one's state fits the other's place");

void SHA256Init(SHA2_CTX *c)
{
	nettle_sha256_init((struct sha256_ctx *)c);
}

void SHA256Update(SHA2_CTX *c, const uint8_t *p, size_t n)
{
	nettle_sha256_update((struct sha256_ctx *)c, n, p);
}

void SHA256Final(uint8_t digest[SHA256_DIGEST_LENGTH], SHA2_CTX *c)
{
	nettle_sha256_digest((struct sha256_ctx *)c, SHA256_DIGEST_LENGTH, digest);
}

FORWARD(libudev, struct udev *, udev_new, (void), ())
FORWARD(libudev, struct udev *, udev_unref, (struct udev *u), (u))
FORWARD(libudev, struct udev_device *, udev_device_new_from_syspath,
	(struct udev *u, const char *path), (u, path))
FORWARD(libudev, struct udev_device *, udev_device_unref, (struct udev_device *d), (d))
FORWARD(libudev, const char *, udev_device_get_action, (struct udev_device *d), (d))
FORWARD(libudev, const char *, udev_device_get_devpath, (struct udev_device *d), (d))
FORWARD(libudev, const char *, udev_device_get_property_value,
	(struct udev_device *d, const char *key), (d, key))
FORWARD(libudev, struct udev_list_entry *, udev_device_get_properties_list_entry,
	(struct udev_device *d), (d))
FORWARD(libudev, int, udev_device_get_is_initialized, (struct udev_device *d), (d))
FORWARD(libudev, int, udev_device_has_tag, (struct udev_device *d, const char *tag), (d, tag))
FORWARD(libudev, struct udev_enumerate *, udev_enumerate_new, (struct udev *u), (u))
FORWARD(libudev, struct udev_enumerate *, udev_enumerate_unref, (struct udev_enumerate *e), (e))
FORWARD(libudev, int, udev_enumerate_add_match_tag, (struct udev_enumerate *e, const char *tag),
	(e, tag))
FORWARD(libudev, int, udev_enumerate_scan_devices, (struct udev_enumerate *e), (e))
FORWARD(libudev, struct udev_list_entry *, udev_enumerate_get_list_entry,
	(struct udev_enumerate *e), (e))
FORWARD(libudev, struct udev_list_entry *, udev_list_entry_get_next, (struct udev_list_entry *l),
	(l))
FORWARD(libudev, const char *, udev_list_entry_get_name, (struct udev_list_entry *l), (l))
FORWARD(libudev, const char *, udev_list_entry_get_value, (struct udev_list_entry *l), (l))
FORWARD(libudev, struct udev_monitor *, udev_monitor_new_from_netlink,
	(struct udev *u, const char *name), (u, name))
FORWARD(libudev, struct udev_monitor *, udev_monitor_unref, (struct udev_monitor *m), (m))
FORWARD(libudev, int, udev_monitor_enable_receiving, (struct udev_monitor *m), (m))
FORWARD(libudev, int, udev_monitor_filter_add_match_tag,
	(struct udev_monitor *m, const char *tag), (m, tag))
FORWARD(libudev, int, udev_monitor_get_fd, (struct udev_monitor *m), (m))
FORWARD(libudev, struct udev_device *, udev_monitor_receive_device, (struct udev_monitor *m), (m))

FORWARD(libyaml, int, yaml_parser_initialize, (yaml_parser_t *p), (p))
FORWARD_VOID(libyaml, yaml_parser_delete, (yaml_parser_t *p), (p))
FORWARD_VOID(libyaml, yaml_parser_set_encoding, (yaml_parser_t *p, yaml_encoding_t e), (p, e))
FORWARD_VOID(libyaml, yaml_parser_set_input_string,
	(yaml_parser_t *p, const unsigned char *s, size_t n), (p, s, n))
FORWARD(libyaml, int, yaml_parser_parse, (yaml_parser_t *p, yaml_event_t *e), (p, e))
FORWARD_VOID(libyaml, yaml_event_delete, (yaml_event_t *e), (e))

FORWARD(libsmartcols, struct libscols_table *, scols_new_table, (void), ())
FORWARD_VOID(libsmartcols, scols_unref_table, (struct libscols_table *t), (t))
FORWARD(libsmartcols, int, scols_table_set_termforce, (struct libscols_table *t, int force), (t, force))
FORWARD(libsmartcols, int, scols_table_enable_noheadings, (struct libscols_table *t, int on), (t, on))
FORWARD(libsmartcols, int, scols_table_enable_colors, (struct libscols_table *t, int on), (t, on))
FORWARD(libsmartcols, struct libscols_column *, scols_table_new_column,
	(struct libscols_table *t, const char *name, double width, int flags), (t, name, width, flags))
FORWARD(libsmartcols, struct libscols_line *, scols_table_new_line,
	(struct libscols_table *t, struct libscols_line *parent), (t, parent))
FORWARD(libsmartcols, int, scols_line_set_data,
	(struct libscols_line *l, size_t n, const char *text), (l, n, text))
FORWARD(libsmartcols, int, scols_line_set_color, (struct libscols_line *l, const char *color),
	(l, color))
FORWARD(libsmartcols, int, scols_print_table, (struct libscols_table *t), (t))
