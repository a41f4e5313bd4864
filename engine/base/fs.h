/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Files of the compile leg: read whole and bounded, replaced whole, opened below another root.
 * Not in the helper, which reads sysfs and the image in ways of its own.
 */
#include <sys/types.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/*
 * Reads the rest of @fd into the arena, NUL-terminated too (not counted). 0, -EFBIG (more than
 * @max bytes; nothing is cut), -ENOMEM, or what read() said.
 */
int fs_read(struct arena *a, int fd, size_t max, struct str *ret);

/*
 * Opens @path as if @root were "/": absolute links and ".." stay below it, also in the middle
 * of the path. @flags as for open(); creating (O_CREAT, O_TMPFILE) is -EINVAL. O_CLOEXEC is
 * added. Where the kernel has no openat2(), or a filter forbids it, the path is walked by hand.
 * Returns the descriptor, which is the caller's, or -errno; -ELOOP: more than 40 links;
 * -ENAMETOOLONG: more than FS_DEPTH_MAX folders deep, or longer than PATH_MAX.
 */
#define FS_DEPTH_MAX 64
int fs_open_below(int root, const char *path, int flags);
/* The part of it that walks by hand, for its test. */
int fs_walk_below(int root, const char *path, int flags);

/*
 * Replaces the file @name in the folder @dir by @bytes: whatever happens, under that name is the
 * old content or the new one, whole. Writes a file beside it (".NAME.XXXXXXXX"), syncs it,
 * renames it, syncs the folder. Several may be at it at once: the last one stays. Files that
 * earlier tries left behind are removed; those that somebody is still writing are not.
 *
 * Returns 0 or -errno, and then *ret_step (may be NULL) says for people what failed. -EINVAL: a
 * @name with a slash; -ENAMETOOLONG. An error from the very last step, the folder's sync, comes
 * when the new content is in place already, and may or may not survive a loss of power.
 */
int fs_replace_step(int dir, const char *name, struct str bytes, mode_t mode,
	const char **ret_step);

static inline int fs_replace(int dir, const char *name, struct str bytes, mode_t mode)
{
	return fs_replace_step(dir, name, bytes, mode, NULL);
}
