/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/probe/subject.h"

/*
 * Writes @text to a file below sysfs with one write. Not in the udev helper, which writes nothing.
 *
 * 0; -EIO for a short write, else what open or write said; *ret_opened (may be NULL) tells which.
 * -ENOENT: no such file; -EINVAL, -EISDIR: nothing that could be written to. Paths as for
 * sysfs_read().
 */
int sysfs_write(struct sysfs *s, struct str path, struct str text, bool *ret_opened);
/* Is there a file that nobody may write to, whoever asks? */
bool sysfs_read_only(struct sysfs *s, struct str path);
