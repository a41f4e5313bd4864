/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/host.h"
#include "lint/lint.h"

/*
 * The subjects below --root, for the lints of check. They are read as `list` reads them, with
 * os-release and the site files of the same tree.
 */
struct check_tree {
	struct cli cli; /* a run of its own: what fails here is no failure of check */
	struct host host;
	struct lint_tree tree;
	bool loaded, usable;
};

/* The tree when it is first asked for, then the same; NULL: --root was not given, or what is below
 * it cannot be read. @t is zeroed before; it points into itself: do not move it. */
const struct lint_tree *check_tree_get(struct check_tree *t, const struct cli *c);
/* Takes one that was never asked for. */
void check_tree_close(struct check_tree *t);
