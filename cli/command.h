/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "cli/json.h"
#include "engine/base/arena.h"
#include "engine/base/diag.h"
#include "engine/base/macro.h"
#include "engine/base/str.h"

/*
 * What a command is and what it is given. To add one: write cli/cmd-NAME.c with `int
 * cmd_name(struct cli *c)` and, if it has any, `const struct cli_option name_options[]`, declare
 * them below, and add one row to the table in cli/commands.c. Help, option parsing and shell
 * completion follow from the row.
 */

/* The meanings of exit statuses, the same in every command. */
enum exit_code {
	EXIT_YES = 0,	  /* yes, or done, or nothing to do */
	EXIT_NO = 1,	  /* no */
	EXIT_USAGE = 2,	  /* not understood what was wanted */
	EXIT_INPUT = 3,	  /* a policy or another input is broken */
	EXIT_UNKNOWN = 4, /* no answer: also every status without a fingerprint */
	EXIT_SYSTEM = 5,  /* the system failed */
};

/* What --help groups commands by. */
#define COMMAND_GROUPS(X)                                \
	X(GROUP_WRITE, "Write policies")                 \
	X(GROUP_INSTALL, "Put them in force")            \
	X(GROUP_LOOK, "Look at devices")                 \
	X(GROUP_DECIDE, "Decide")                        \
	X(GROUP_HIDDEN, NULL)

#define COMMAND_GROUP_ENUM(name, title) name,
enum command_group { COMMAND_GROUPS(COMMAND_GROUP_ENUM) GROUP_MAX_ };
#undef COMMAND_GROUP_ENUM

/* One option of a command. A list of them ends with an empty row. */
struct cli_option {
	const char *name;     /* without the dashes */
	const char *argument; /* what follows it, for help; NULL: a switch */
	const char *help;
};

/* Which of the options that all commands could have this one has a use for. */
enum command_flags {
	CMD_ROOT = 1,	  /* --root */
	CMD_POLICIES = 2, /* --policies */
	CMD_JSON = 4,	  /* --json */
	CMD_SUBJECTS = 8, /* its arguments are SUBJECTs, for completion */
	CMD_FILES = 16,	  /* its arguments are files */
	CMD_RAW = 32,	  /* all that follows its name are arguments */
};

struct cli;

struct command {
	const char *name;
	enum command_group group;
	unsigned flags;
	const char *arguments; /* for the usage line: "SOURCE TARGET" */
	unsigned min_args, max_args;
	const char *summary; /* one line, no full stop */
	const char *more;    /* further lines for `help VERB`; may be NULL */
	const struct cli_option *options; /* may be NULL */
	int (*run)(struct cli *c);	  /* returns an exit_code */
};

extern const struct command commands[]; /* ends with .name NULL */

#define CLI_OPTIONS_MAX 16 /* given on one command line */
#define CLI_DIRS_MAX	16 /* --policies */

/* One run. All of it belongs to main(). */
struct cli {
	const struct command *command;
	struct arena *arena; /* lives as long as the run */
	struct arena *images;  /* as long, for their pages: evaluations are bounded without them */
	struct arena *scratch; /* as long, for what is made and forgotten */
	const char *root;    /* "" or an absolute or relative path without trailing slash */
	struct str policies[CLI_DIRS_MAX];
	uint32_t n_policies;
	bool json;
	bool quiet; /* failures are not printed: nobody would read them */
	bool color_out, color_err; /* may these two be coloured? */
	bool pager;		   /* may output go through a pager? */
	char *const *arg;	   /* what is neither verb nor option */
	unsigned n_args;
	struct {
		const struct cli_option *option;
		const char *value; /* "" for a switch */
	} given[CLI_OPTIONS_MAX];
	unsigned n_given;
	struct diags diags;  /* of policies; printed before anything else that goes wrong */
	size_t n_diags_printed;
	enum diag_format diag_format;
	struct json out;     /* with --json: an open object; the command adds its keys */
	struct json notes;   /* with --json: what cli_note() was told */
	const char *error;   /* the code word, once cli_fail() was called */
	char *error_text;
	pid_t pager_pid;
};

/* The value of an option as given last ("" for a switch), or NULL. */
const char *cli_given(const struct cli *c, const char *name);

/*
 * Something is wrong and the command ends: prints `mdevcompat: TEXT` (or keeps it for --json,
 * where it becomes .error.code and .error.message) and returns @code for the caller to return.
 * @word is a stable code: a status of status.h, "usage", "no-such-subject", "bad-input",
 * "system", "busy".
 */
int cli_fail(struct cli *c, enum exit_code code, const char *word, const char *fmt, ...)
	_printf_(4, 5);
/* The same for a negative errno: appends what it means. EXIT_SYSTEM. */
int cli_fail_errno(struct cli *c, int r, const char *fmt, ...) _printf_(3, 4);
/* Wrong usage: points to --help as well. EXIT_USAGE. */
int cli_usage(struct cli *c, const char *fmt, ...) _printf_(2, 3);

/* Something worth knowing that ends nothing: standard error, or .notes of --json. */
void cli_note(struct cli *c, const char *word, const char *fmt, ...) _printf_(3, 4);

/* Prints the diagnostics that are new; main() does it when the command has ended. */
void cli_print_diags(struct cli *c);

/* Text formatted into the run's arena; never NULL. */
const char *cli_text(struct cli *c, const char *fmt, ...) _printf_(2, 3);

/* For results longer than a screen: sends standard output through a pager if it may be. */
void cli_start_pager(struct cli *c);

/* Escape sequences where @f may be coloured, else "". */
enum cli_color { COLOR_NONE = 0, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_BOLD, COLOR_DIM };
const char *cli_color(const struct cli *c, FILE *f, enum cli_color color);

/* Prints bytes that others wrote so that a terminal cannot be commanded by them. */
void cli_print(FILE *f, struct str text);
/* The same for what a driver has named: it stays on its line. */
void cli_print_name(FILE *f, struct str name);

int cmd_accepts(struct cli *c);
int cmd_cat(struct cli *c);
int cmd_check(struct cli *c);
int cmd_claim(struct cli *c);
int cmd_complete(struct cli *c);
int cmd_diff(struct cli *c);
int cmd_dump(struct cli *c);
int cmd_explain(struct cli *c);
int cmd_fmt(struct cli *c);
int cmd_help(struct cli *c);
int cmd_info(struct cli *c);
int cmd_list(struct cli *c);
int cmd_match(struct cli *c);
int cmd_prove(struct cli *c);
int cmd_range(struct cli *c);
int cmd_status(struct cli *c);
int cmd_update(struct cli *c);
int cmd_watch(struct cli *c);
extern const struct cli_option accepts_options[];
extern const struct cli_option check_options[];
extern const struct cli_option claim_options[];
extern const struct cli_option dump_options[];
extern const struct cli_option fmt_options[];
extern const struct cli_option info_options[];
extern const struct cli_option list_options[];
extern const struct cli_option prove_options[];
extern const struct cli_option range_options[];
extern const struct cli_option subject_options[]; /* of match and explain */
extern const struct cli_option update_options[];
extern const struct cli_option watch_options[];
extern const struct cli_option global_options[];
