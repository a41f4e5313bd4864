/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/host.h"

/* Do both images answer alike for (@kind, @driver)? NULL is an image without answers. When one
 * cannot be read the answer is no. */
bool images_agree(struct cli *c, struct image *was, struct image *is, enum subject_kind kind,
	struct str driver);

/*
 * Has udev look again at each device whose answer differs between the two images: writes
 * `change` to its own uevent file, never to its children's. Devices are those that carry our
 * tag, mdev parents, mdevs and vfio devices. @was may be NULL. *ret_n: how many. What cannot be
 * told to one device is noted and does not stop the others; *ret_all: there was none such.
 */
int trigger_devices(struct host *h, struct image *was, struct image *is, uint32_t *ret_n,
	bool *ret_all);
