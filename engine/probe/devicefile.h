/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/base/arena.h"
#include "engine/eval/eval.h"

/*
 * Device files: a subject without hardware, written down in YAML (DESIGN 7). Every scalar is
 * text, whatever YAML would make of it. Anchors, aliases, tags, lists, a second document and
 * keys that stand twice are refused.
 *
 * The fact reader of such a subject answers by the name of the attribute or local, else by the
 * file that the fact is read from, if `files:` has its text; what the file leaves out is absent.
 * It is an instance: dynamic attributes may be given.
 */
#define DEVICE_FILE_MAX	      (1024 * 1024) /* bytes */
#define DEVICE_FILE_ATTRS_MAX 1024
#define DEVICE_FILE_FILES_MAX 1024

struct device_file_error {
	uint32_t line, column; /* from 1; 0: the file as a whole */
	struct str text;       /* lower case, no full stop */
	struct str help;       /* what to write instead; may be empty */
};

struct device_file_attr {
	struct str name, text;
	uint32_t line, column; /* of the name */
};

/* A file of the device, as it would be read: `files: { type: { interface_version: 2.1.3 } }`. */
struct device_file_text {
	enum fact_kind where; /* FACT_TYPE, FACT_PARENT or FACT_DEVICE */
	struct str path, text;
};

struct device_file {
	enum subject_kind kind;
	struct str driver;
	struct str type; /* .p NULL: none */
	const struct device_file_attr *attr; /* in the order written */
	uint32_t n_attrs;
	const struct device_file_text *file; /* in the order written */
	uint32_t n_files;
};

/* @text need not outlive the call. -EBADMSG with *ret_error, which lives in @a; -ENOMEM. */
int device_file_parse(struct arena *a, struct str text, struct device_file *ret,
	struct device_file_error *ret_error);

/* The same with the file at @path: also -EFBIG, -EISDIR, -EINVAL for what is no file, and the
 * errors of open and read. */
int device_file_load(struct arena *a, const char *path, struct device_file *ret,
	struct device_file_error *ret_error);

/* A subject to evaluate; @f must outlive it. */
void device_file_subject(const struct device_file *f, struct subject *ret);

/* Does the policy that answered declare every attribute that the file names? -EBADMSG with
 * *ret_error for the first that it does not; built-in ones are named at the top of the file. */
int device_file_check(struct arena *a, const struct device_file *f, const struct policy *p,
	struct device_file_error *ret_error);
