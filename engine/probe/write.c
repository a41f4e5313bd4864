/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing below sysfs, as carefully as reading. What is written, and why, is others' affair. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/probe/write.h"

bool sysfs_read_only(struct sysfs *s, struct str path)
{
	int fd = sysfs_open_below(s, path, O_PATH | O_CLOEXEC);
	struct stat st;
	bool yes;

	if (fd < 0)
		return false;
	yes = fstat(fd, &st) == 0 && !(st.st_mode & 0222);
	close(fd);
	return yes;
}

int sysfs_write(struct sysfs *s, struct str path, struct str text, bool *ret_opened)
{
	/* As a shell's `>` does; sysfs takes no notice of O_TRUNC. */
	int fd = sysfs_open_below(s, path,
		O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r = 0;
	ssize_t n;

	if (ret_opened)
		*ret_opened = false;
	if (fd < 0)
		return fd == -ENOTDIR ? -ENOENT : fd;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0) {
		if (ret_opened)
			*ret_opened = true;
		n = write(fd, text.p, text.n);
		r = n < 0 ? -errno : (size_t)n < text.n ? -EIO : 0;
	}
	close(fd);
	return r;
}
