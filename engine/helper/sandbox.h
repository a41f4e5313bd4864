/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the helper takes from itself once everything is open: it reads what a kernel driver and
 * somebody's policy say, as root. All of it is best effort but the deadline.
 */

/*
 * After @ms milliseconds the process ends by SIGALRM, whatever it waits for but a read that a
 * driver makes wait uninterruptibly. 0, -errno.
 */
int sandbox_deadline(unsigned ms);

/* Bounds on CPU time, memory, descriptors, core files. */
void sandbox_limits(void);

/* No new privileges, and only the system calls that reading files takes; others fail with
 * EPERM. 0, -errno when this kernel or this architecture has no filter. */
int sandbox_filter(void);
