/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Both runs of a scenario, the kernel's in a namespace of its own, and their comparison. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

#define SHOWN_MAX 12

/* One CPU for the child: then a datagram is there when the send that made it returns. */
static void
pin_here(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void
no_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY);

	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			kx_kernel.close(-1); /* a kernel without IPv6 is as good */
		close(fd);
	}
}

/* The child never comes back. It is alone in its process: the library's threads are not in it. */
static void __rte_noreturn
run_kernel(const struct kop *ops, unsigned int n, struct krecord *record)
{
	pin_here();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
		record->skipped = true;
		snprintf(record->text, sizeof(record->text), "unshare: %s", strerror(errno));
		_exit(0);
	}
	no_ipv6();
	k_run(&kx_kernel, ops, n, record);
	_exit(0);
}

static struct krecord *
record_create(void)
{
	struct krecord *record = mmap(NULL, sizeof(*record), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(record, MAP_FAILED);
	return record;
}

static char *
line_of(char **text)
{
	char *line = *text;
	char *end = strchr(line, '\n');

	if (*line == '\0')
		return NULL;
	if (end == NULL) {
		*text = line + strlen(line);
	} else {
		*end = '\0';
		*text = end + 1;
	}
	return line;
}

/* How many lines differ; the first ones are shown with the last line that was equal. */
static unsigned int
differences(char *kernel, char *ours)
{
	const char *last = "the beginning";
	unsigned int n = 0;

	for (;;) {
		const char *a = line_of(&kernel);
		const char *b = line_of(&ours);

		if (a == NULL && b == NULL)
			return n;
		if (a != NULL && b != NULL && strcmp(a, b) == 0) {
			last = a;
			continue;
		}
		if (n++ < SHOWN_MAX)
			print_error("behind: %s\n  kernel: %s\n  ours:   %s\n", last,
					a != NULL ? a : "(nothing)", b != NULL ? b : "(nothing)");
		if (a == NULL || b == NULL)
			return n;
	}
}

void
k_compare(struct fx *fx, const struct kop *ops, unsigned int n)
{
	struct krecord *kernel = record_create();
	struct krecord *ours = record_create();
	char why[128];
	unsigned int wrong;
	bool skipped;
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		run_kernel(ops, n, kernel);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	skipped = kernel->skipped;
	if (skipped) {
		snprintf(why, sizeof(why), "%.100s", kernel->text);
		wrong = 0;
	} else {
		kx_lop_use(fx_lop(fx, NULL));
		k_run(&kx_lop, ops, n, ours);
		assert_true(kernel->done && ours->done);
		wrong = differences(kernel->text, ours->text);
	}
	munmap(kernel, sizeof(*kernel));
	munmap(ours, sizeof(*ours));
	if (skipped)
		lo_unsupported("a network namespace: %s", why);
	if (wrong != 0)
		fail_msg("%u lines are not as the kernel has them", wrong);
}
