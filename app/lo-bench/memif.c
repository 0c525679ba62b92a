/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "memif.h"

/* A socket's address has 108 bytes, so TMPDIR cannot be trusted to fit. */
#define FOLDER "/tmp/lo-bench-XXXXXX"

static char folder[sizeof(FOLDER)];

static void
socket_path(char path[sizeof(FOLDER) + 8])
{
	snprintf(path, sizeof(FOLDER) + 8, "%s/memif", folder);
}

int
lob_memif_args(unsigned int end, unsigned int slots, char args[LOB_MEMIF_ARGS_MAX])
{
	/* the ring size is given as a power of two; the driver's own default is 10 */
	unsigned int rsize = RTE_MAX(rte_log2_u32(slots + 1), 10U);
	char path[sizeof(FOLDER) + 8];

	if (folder[0] == '\0') {
		char name[] = FOLDER;

		if (mkdtemp(name) == NULL)
			return -errno;
		snprintf(folder, sizeof(folder), "%s", name);
	}
	socket_path(path);
	snprintf(args, LOB_MEMIF_ARGS_MAX, "role=%s,id=0,socket=%s,socket-abstract=no,rsize=%u",
			end == 0 ? "server" : "client", path, rsize);
	return 0;
}

void
lob_memif_cleanup(void)
{
	char path[sizeof(FOLDER) + 8];

	if (folder[0] == '\0')
		return;
	socket_path(path);
	unlink(path);
	rmdir(folder);
	folder[0] = '\0';
}
