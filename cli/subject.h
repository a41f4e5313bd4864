/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/host.h"
#include "engine/eval/descriptor.h"
#include "engine/eval/eval.h"
#include "engine/probe/devicefile.h"

/*
 * A SUBJECT as it is named on the command line (mdevcompat(1), "Subjects"), found and judged.
 */
enum subject_form { FORM_TYPE, FORM_INSTANCE, FORM_VFIO, FORM_FILE, FORM_DESCRIPTOR };

struct cli_subject {
	struct str name; /* as given, or in the form in which `list` prints it */
	enum subject_form form;
	struct device device;	/* FORM_TYPE: the parent */
	struct probe probe;
	struct subject subject; /* all but FORM_DESCRIPTOR */
	struct evaluation eval; /* likewise */
	struct device_file file;      /* FORM_FILE */
	struct descriptor descriptor; /* FORM_DESCRIPTOR */
};

const char *subject_form_text(enum subject_form f);

/*
 * Finds the subject. Points into itself: do not move it. Returns 0 or the exit code after the
 * failure was reported: EXIT_USAGE (this is no subject), EXIT_UNKNOWN (there is none of that
 * name; a fingerprint), EXIT_INPUT (a device file or descriptor that does not parse).
 */
int subject_find(struct host *h, const char *text, struct cli_subject *ret);

/* Evaluates it, unless it is a descriptor. Opens the image when it is needed. 0 (also when the
 * status is one without fingerprint), or the exit code after a report. */
int subject_judge(struct host *h, struct cli_subject *s);

/* Both, and the notes on what is on disk and not in the image. */
int subject_get(struct host *h, const char *text, struct cli_subject *ret);

/* The status: STATUS_OK for a descriptor. */
enum mdc_status subject_status(const struct cli_subject *s);

/* NULL: it has none. A descriptor names its device as well as a policy does. In the run's arena. */
const char *subject_fingerprint(struct cli *c, const struct cli_subject *s);

/* A fact as policies spell it: "site "nvidia.ecc"". In the run's arena. */
const char *subject_fact_text(struct cli *c, const struct fact *f);

/* Why a subject has no fingerprint, on one line, with file and line where a policy is to blame:
 * "missing-fact: ecc: a fact without default is not there, read from site "nvidia.ecc"". In the run's
 * arena. */
const char *subject_trouble(struct host *h, const struct cli_subject *s);

/* All subjects of the host, in a fixed order: parents by path with their types and instances,
 * then vfio devices. */
struct subject_row {
	struct device device; /* of a type: the parent */
	struct str type;      /* FORM_TYPE */
	struct str name;      /* what to write on the command line */
	enum subject_form form;
	bool is_parent;	      /* a heading: no subject itself */
	int32_t parent;	      /* row under which it stands, -1: none */
};
int subject_list(struct host *h, struct subject_row **ret, uint32_t *ret_n);
/* A row as a subject; not judged yet. @row must outlive it. */
void subject_of_row(struct subject_row *row, struct cli_subject *ret);
