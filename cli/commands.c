/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of commands, and what is printed from it: --help, `help VERB`, --version. One row a
 * command; nothing else lists them.
 */
#include <string.h>

#include "cli/command.h"
#include "config.h"
#include "engine/eval/descriptor.h"
#include "engine/image/image.h"
#include "grammar/parse.h"

const struct cli_option global_options[] = {
	{ "root", "DIR", "work on the file system below DIR instead of /" },
	{ "policies", "DIR", "compile the policies in DIR instead of using the installed ones; "
			     "may be given several times" },
	{ "json", NULL, "print one JSON document, errors included" },
	{ "no-color", NULL, "no colours, as with NO_COLOR in the environment" },
	{ "no-pager", NULL, "never start a pager" },
	{ "help", NULL, "print help, for a command after its name" },
	{ "version", NULL, "print versions" },
	{ 0 },
};

#define ANY_NUMBER 65535

#define SUBJECTS_HELP                                                                            \
	"A SUBJECT is\n"                                                                         \
	"  PARENT/TYPE      an mdev type: 0000:41:00.0/nvidia-231\n"                             \
	"  UUID             an mdev\n"                                                           \
	"  ADDRESS          a vfio device, by PCI address or a path below /sys\n"                \
	"  FILE             a device file (*.yaml), which needs no hardware\n"                   \
	"  DESCRIPTOR       what `mdevcompat info --descriptor SUBJECT` prints\n"

const struct command commands[] = {
	{ "check", GROUP_WRITE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_FILES, "[FILE|DIR]...", 0,
		ANY_NUMBER, "say what is wrong in policy files",
		"Without arguments, checks the files that `mdevcompat update` would compile. With --root,\n"
		"warns also of facts that none of the devices there has.\n",
		check_options, cmd_check },
	{ "fmt", GROUP_WRITE, CMD_JSON | CMD_FILES, "[FILE]...", 0, ANY_NUMBER,
		"lay out policies, keeping comments",
		"Prints the result; without FILE, of standard input. A file that cannot be read is left\n"
		"as it is, and the exit status is 3.\n",
		fmt_options, cmd_fmt },
	{ "cat", GROUP_WRITE, CMD_ROOT | CMD_POLICIES | CMD_JSON, "", 0, 0,
		"print the policy files in their order, and which are in effect", NULL, NULL, cmd_cat },
	{ "dump", GROUP_WRITE, CMD_ROOT | CMD_JSON | CMD_FILES, "[IMAGE]", 0, 1,
		"print what is in force, or in an image file, as policy text",
		"The text of each policy compiles to what the image has; comments say which file it was, and\n"
		"what came of files that are broken.\n",
		dump_options, cmd_dump },
	{ "prove", GROUP_WRITE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_FILES, "[FILE|DIR]...", 0,
		ANY_NUMBER, "say which properties policies have, or show why not",
		"Properties:\n"
		"  own-twin      each target accepts a source that is equal to it\n"
		"  forward-only  no source of a higher version is accepted\n"
		"  symmetric     what may go there may come back\n"
		"  transitive    what may go there in two steps may go in one\n"
		"\n"
		"Each answer is yes, no with the smallest example, or undecided with the bound that was met.\n"
		"Exit status 0 when all are yes, 1 when one is no, else 4. Without arguments, looks at the\n"
		"policies in force.\n",
		prove_options, cmd_prove },
	{ "diff", GROUP_WRITE, CMD_ROOT | CMD_JSON | CMD_FILES, "OLD NEW", 2, 2,
		"say what two policies, or folders of them, judge differently",
		"Prints groups of (source, target) pairs whose verdict changes, each with the smallest example,\n"
		"and whose fingerprints change, of all devices that could be and of this host's. A default, type\n"
		"or unit that an attribute changes is an error.\n"
		"Exit status 0 when there is no difference, 1 when there is one, 3 after an error, 4 when not all\n"
		"could be looked at.\n",
		NULL, cmd_diff },
	{ "range", GROUP_WRITE, CMD_JSON, "OPERATION ARGUMENT...", 2, 3, "calculate with version ranges",
		"Operations:\n"
		"  normal RANGE            print what it means: [2.0.2,2.0.5) [2.1.0,*), or none\n"
		"  union RANGE RANGE       print what is in either\n"
		"  intersect RANGE RANGE   print what is in both\n"
		"  minus RANGE RANGE       print what is in the first and not in the second\n"
		"  contains RANGE VERSION  exit 0 if it is in the range, else 1\n"
		"  subset RANGE RANGE      exit 0 if all of the first is in the second, else print the\n"
		"                          smallest version that is not, and exit 1\n"
		"  compare VERSION VERSION print <, = or >\n"
		"\n"
		"A range is written as in policies (2.0.<2,3,4>, 2.1+ except 2.1.7), as the drivers of the\n"
		"proposals write it (2.0.2-2.0.4, 2.1.0-), or as this command prints it. What a version\n"
		"leaves out is zero.\n",
		range_options, cmd_range },
	{ "update", GROUP_INSTALL, CMD_ROOT | CMD_POLICIES | CMD_JSON, "", 0, 0,
		"compile the policies and put them in force",
		"When a file is broken, nothing is changed (unless --keep-going) and the exit status is 3.\n",
		update_options, cmd_update },
	{ "status", GROUP_INSTALL, CMD_ROOT | CMD_JSON, "", 0, 0,
		"show what is in force, from which files, and what is broken", NULL, NULL, cmd_status },
	{ "list", GROUP_LOOK, CMD_ROOT | CMD_POLICIES | CMD_JSON, "", 0, 0,
		"list the mdev types, mdevs and vfio devices of this host", NULL, list_options, cmd_list },
	{ "info", GROUP_LOOK, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_SUBJECTS, "SUBJECT", 1, 1,
		"show one subject in full: facts, record, rules, fingerprint", SUBJECTS_HELP,
		info_options, cmd_info },
	{ "watch", GROUP_LOOK, CMD_JSON, "", 0, 0, "follow udev and print every change of a fingerprint",
		"A line for each subject whose fingerprint or status changes; with --json a JSON object on\n"
		"each. Ends with status 0 at an interrupt (Ctrl-C) or SIGTERM.\n",
		watch_options, cmd_watch },
	{ "match", GROUP_DECIDE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_SUBJECTS, "SOURCE TARGET",
		2, 2, "may the state of SOURCE be loaded by TARGET",
		"Line 1 is compatible, incompatible or unknown; line 2 the clause that decides, with its\n"
		"place. Exit status 0, 1, 4.\n\n" SUBJECTS_HELP,
		subject_options, cmd_match },
	{ "explain", GROUP_DECIDE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_SUBJECTS, "SOURCE TARGET",
		2, 2, "the same, with what each attribute has to do with it", SUBJECTS_HELP,
		subject_options, cmd_explain },
	{ "accepts", GROUP_DECIDE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_SUBJECTS, "TARGET <STRING", 1,
		1, "may the state that a string stands for be loaded by TARGET",
		"The string on standard input is what the source's driver shows as migration_version, if\n"
		"TARGET's policy says 'speaks migration-version': it is written to the target's, and the driver\n"
		"judges. For all other targets it is a descriptor. Exit status 0, 1, 4.\n\n" SUBJECTS_HELP,
		accepts_options, cmd_accepts },
	{ "claim", GROUP_DECIDE, CMD_ROOT | CMD_POLICIES | CMD_JSON | CMD_SUBJECTS, "SOURCE TARGET", 2,
		2, "what has to be set on TARGET before it can load SOURCE's state",
		"Prints a file and its new text on each line; --apply sets them, all or none. Exit status 1\n"
		"or 4, with nothing set, if TARGET may not load it.\n\n" SUBJECTS_HELP,
		claim_options, cmd_claim },
	{ "__complete", GROUP_HIDDEN, CMD_RAW, "CWORD WORD...", 1, ANY_NUMBER, "for shells", NULL,
		NULL, cmd_complete },
	{ "help", GROUP_HIDDEN, 0, "[COMMAND]", 0, 1, "print help", NULL, NULL, cmd_help },
	{ 0 },
};

#define GROUP_TITLE(name, title) title,
static const char *const group_titles[] = { COMMAND_GROUPS(GROUP_TITLE) };
#undef GROUP_TITLE

static void print_options(const struct cli_option *o, unsigned flags)
{
	for (; o && o->name; o++) {
		char left[64];

		if ((strcmp(o->name, "root") == 0 && !(flags & CMD_ROOT)) ||
			(strcmp(o->name, "policies") == 0 && !(flags & CMD_POLICIES)) ||
			(strcmp(o->name, "json") == 0 && !(flags & CMD_JSON)))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->argument ? " " : "",
			o->argument ? o->argument : "");
		printf("  %-18s %s\n", left, o->help);
	}
}

static void print_all(const struct cli *c, FILE *f)
{
	const char *bold = cli_color(c, f, COLOR_BOLD), *plain = cli_color(c, f, COLOR_NONE);

	fputs("Usage: mdevcompat [OPTION]... COMMAND [ARGUMENT]...\n"
	      "May the state of one assigned device be loaded by another?\n",
		f);
	for (int group = 0; group < GROUP_HIDDEN; group++) {
		bool any = false;

		for (const struct command *k = commands; k->name; k++) {
			if ((int)k->group != group)
				continue;
			if (!any)
				fprintf(f, "\n%s%s%s\n", bold, group_titles[group], plain);
			any = true;
			fprintf(f, "  %-10s %s\n", k->name, k->summary);
		}
	}
	fprintf(f, "\n%sOptions%s\n", bold, plain);
	for (const struct cli_option *o = global_options; o->name; o++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->argument ? " " : "",
			o->argument ? o->argument : "");
		fprintf(f, "  %-15s %s\n", left, o->help);
	}
	fputs("\n`mdevcompat help COMMAND` says more about one command; mdevcompat(1) is the manual.\n"
	      "Exit status: 0 yes or done, 1 no, 2 usage, 3 bad policy or input, 4 unknown, 5 system.\n",
		f);
}

static void print_one(const struct cli *c, const struct command *k)
{
	printf("Usage: mdevcompat %s [OPTION]... %s\n%c%s.\n", k->name, k->arguments,
		k->summary[0] >= 'a' && k->summary[0] <= 'z' ? k->summary[0] - 'a' + 'A' :
							       k->summary[0],
		k->summary + 1);
	if (k->more)
		printf("\n%s", k->more);
	printf("\n%sOptions%s\n", cli_color(c, stdout, COLOR_BOLD),
		cli_color(c, stdout, COLOR_NONE));
	print_options(k->options, ~0u);
	print_options(global_options, k->flags);
}

int cmd_help(struct cli *c)
{
	const struct command *k = c->command;

	if (cli_given(c, "version")) {
		printf("mdevcompat %s\nlanguage %d, descriptor %s, image %d, JSON %d\n", PACKAGE_VERSION,
			POLICY_LANGUAGE, DESCRIPTOR_MAGIC, IMAGE_VERSION, JSON_FORMAT);
		return EXIT_YES;
	}
	if (!k && !cli_given(c, "help")) {
		print_all(c, stderr);
		return EXIT_USAGE;
	}
	if (k && strcmp(k->name, "help") == 0) {
		if (c->n_args == 0)
			k = NULL;
		for (const struct command *o = commands; c->n_args > 0 && o->name; o++)
			if (strcmp(o->name, c->arg[0]) == 0)
				k = o;
		if (c->n_args > 0 && strcmp(k->name, c->arg[0]) != 0)
			return cli_usage(c, "no command '%s'", c->arg[0]);
	}
	if (k)
		print_one(c, k);
	else
		print_all(c, stdout);
	return EXIT_YES;
}
