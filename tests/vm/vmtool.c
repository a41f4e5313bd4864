/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the guest needs and busybox lacks, in one static program: ending the machine with a
 * status, and measuring udev's messages as a listener receives them.  It knows the guest of
 * run-vm and nothing of the project.
 *
 *   vmtool exit N     qemu ends with status 2N+1 (needs -device isa-debug-exit,iobase=0x501)
 *   vmtool listen     one line "LENGTH ACTION DEVPATH" for each message that udevd sends
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/socket.h>
#include <unistd.h>

#define UDEV_GROUP 2	      /* multicast group of messages after rules; group 1 is the kernel's */
#define UDEV_PROPERTIES 16    /* offset of two 32-bit fields of the header: where they begin, */
#define UDEV_PROPERTIES_LEN 20 /* and how many bytes they take */

static const char *property(const char *text, const char *end, const char *key)
{
	size_t n = strlen(key);

	for (; text < end; text += strlen(text) + 1)
		if (!strncmp(text, key, n) && text[n] == '=')
			return text + n + 1;
	return "-";
}

static int listen_udev(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = UDEV_GROUP };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	static char buf[1 << 20];

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		perror("vmtool: listen");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("listening");
	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf) - 1, 0);
		unsigned int at, len;

		if (n < 0) {
			perror("vmtool: recv");
			return 1;
		}
		buf[n] = 0;
		if (n < 40 || memcmp(buf, "libudev", 8))
			continue;
		memcpy(&at, buf + UDEV_PROPERTIES, sizeof(at));
		memcpy(&len, buf + UDEV_PROPERTIES_LEN, sizeof(len));
		if (at > (size_t)n || len > (size_t)n - at)
			continue;
		printf("%zd %s %s\n", n, property(buf + at, buf + at + len, "ACTION"),
		       property(buf + at, buf + at + len, "DEVPATH"));
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "exit")) {
		sync();
		if (ioperm(0x501, 1, 1) < 0) {
			perror("vmtool: ioperm");
			return 1;
		}
		outb(atoi(argv[2]), 0x501);
		return 1;
	}
	if (argc == 2 && !strcmp(argv[1], "listen"))
		return listen_udev();
	fprintf(stderr, "usage: vmtool exit N | listen\n");
	return 2;
}
