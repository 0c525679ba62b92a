/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* Both runs of a scenario. */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oracle.h"
#include "scenario.h"

#define RECORD_MAX (16U << 20)

/* One CPU for the child: then a datagram is there when the send that made it returns. */
static void
pin(unsigned int n)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpus > 0 ? n % cpus : 0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* The child never comes back. It is alone in its process: the library's threads are not in it. */
static void __rte_noreturn
kernel_child(const struct scenario *s, int fd, unsigned int n)
{
	json_t *record;
	int ret;

	pin(n);
	ret = unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? sys_begin(!s->no_capture) : -errno;
	if (ret == 0)
		record = run_scenario(&dx_kernel, s);
	else
		record = json_integer(-ret);
	if (json_dumpfd(record, fd, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		_exit(1);
	_exit(0);
}

static json_t *
read_all(int fd)
{
	char *text = malloc(RECORD_MAX);
	size_t used = 0;
	json_error_t error;
	json_t *record;
	ssize_t n;

	if (text == NULL)
		return NULL;
	while (used < RECORD_MAX && (n = read(fd, text + used, RECORD_MAX - used)) > 0)
		used += n;
	record = json_loadb(text, used, JSON_DECODE_ANY, &error);
	free(text);
	return record;
}

void
kernel_start(struct kernel_job *job, const struct scenario *s)
{
	static unsigned int n;
	int pipes[2];

	job->s = s;
	job->child = -1;
	n++;
	fflush(NULL);
	if (pipe2(pipes, O_CLOEXEC) != 0)
		return;
	job->child = fork();
	if (job->child == 0) {
		close(pipes[0]);
		kernel_child(s, pipes[1], n);
	}
	close(pipes[1]);
	job->fd = pipes[0];
	if (job->child < 0)
		close(job->fd);
}

json_t *
kernel_finish(struct kernel_job *job, const char **why)
{
	json_t *record;
	int status;

	*why = "no process";
	if (job->child < 0)
		return NULL;
	record = read_all(job->fd);
	close(job->fd);
	if (waitpid(job->child, &status, 0) != job->child || status != 0) {
		fprintf(stderr, "lo-diff: %s: the kernel's run ended with status %#x\n",
				job->s->name, (unsigned int)status);
		exit(2);
	}
	if (!json_is_integer(record))
		return record;
	*why = strerrorname_np((int)json_integer_value(record));
	json_decref(record);
	return NULL;
}

json_t *
kernel_run(const struct scenario *s, const char **why)
{
	struct kernel_job job;

	kernel_start(&job, s);
	return kernel_finish(&job, why);
}

bool
kernel_allowed(const char **why)
{
	struct scenario s;
	json_t *record;

	scenario_make(&s, "", "", json_array());
	record = kernel_run(&s, why);
	scenario_free(&s);
	json_decref(record);
	return record != NULL;
}

json_t *
stack_run(const struct scenario *s, bool capture)
{
	struct scenario other = *s;
	json_t *record;
	int ret = our_begin(capture);

	if (ret != 0) {
		fprintf(stderr, "lo-diff: no instance: %s\n", strerror(-ret));
		return NULL;
	}
	other.no_capture = s->no_capture || !capture;
	record = run_scenario(&dx_stack, &other);
	ret = our_end();
	if (ret != 0)
		json_array_append_new(record, json_pack("{s:s, s:i}", "op", "end", "lost", ret));
	return record;
}

const char *
record_refused(const json_t *record)
{
	size_t i;
	json_t *op;

	json_array_foreach(record, i, op)
	{
		const char *text = json_string_value(json_object_get(op, "op"));
		const bool refused = json_integer_value(json_object_get(op, "ret")) < 0;

		if (refused && strncmp(text, "tap ", 4) == 0)
			return "no TAP device";
		if (refused && strncmp(text, "hook ", 5) == 0)
			return "no nf_tables";
	}
	return NULL;
}

static void
differ(json_t *list, const char *op, const char *field, json_t *kernel, json_t *ours)
{
	json_array_append_new(list,
			json_pack("{s:s, s:s, s:O, s:O}", "op", op, "field", field, "kernel",
					kernel != NULL ? kernel : json_null(), "ours",
					ours != NULL ? ours : json_null()));
}

static void
compare_op(json_t *list, json_t *kernel, json_t *ours, const char *without)
{
	const json_t *named = json_object_get(kernel != NULL ? kernel : ours, "op");
	const char *op = json_string_value(named);
	const char *field;
	json_t *value;

	json_object_foreach(kernel, field, value)
	{
		json_t *other = json_object_get(ours, field);

		if ((without == NULL || strcmp(field, without) != 0) && !json_equal(value, other))
			differ(list, op, field, value, other);
	}
	json_object_foreach(ours, field, value)
	{
		if ((without == NULL || strcmp(field, without) != 0) &&
				json_object_get(kernel, field) == NULL)
			differ(list, op, field, NULL, value);
	}
}

json_t *
records_compare(json_t *kernel, json_t *ours, const char *without)
{
	const size_t n = RTE_MAX(json_array_size(kernel), json_array_size(ours));
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		compare_op(list, json_array_get(kernel, i), json_array_get(ours, i), without);
	return list;
}
