/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_MEMIF_H
#define LOB_MEMIF_H

#define LOB_MEMIF_ARGS_MAX 256

/**
 * Write the devargs of one end of a net_memif pair.
 *
 * The ends meet at a socket in a folder that nobody else can enter; the first
 * call makes it.
 *
 * @param end
 *   0: the server, which receives and must be created first. 1: the client.
 * @param slots
 *   Packets that the pair must hold.
 * @return
 *   0 or -errno.
 */
int lob_memif_args(unsigned int end, unsigned int slots, char args[LOB_MEMIF_ARGS_MAX]);

/* Remove the folder. */
void lob_memif_cleanup(void);

#endif /* LOB_MEMIF_H */
