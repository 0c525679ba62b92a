/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_NOISE_H
#define LOP_NOISE_H

/*
 * A bad link between two instances: what leaves one through its wire comes to the other dropped,
 * doubled, out of order, late, cut short or with a wrong byte, as the seed says.
 */

#include "fx.h"

#define NOISE_HELD_MAX 64

struct noise_frame {
	uint16_t bytes;
	uint8_t data[1514];
};

struct noise {
	struct lop *from, *to;
	int from_wire, to_wire;
	int tx, rx; /* sockets: every datagram goes from one to the other */
	uint64_t random;
	struct noise_frame held[NOISE_HELD_MAX];
	unsigned int nb_held;
	uint64_t sent, lost, doubled, spoiled, given, received;
	uint64_t runts; /* given, without a whole Ethernet header */
};

/** Two instances, their wires, sockets and neighbours. Asserts. */
void noise_open(struct fx *fx, struct noise *n, uint64_t seed);

/** Send datagrams of all sizes across, in bursts, until so many were sent; then let late ones in. */
void noise_run(struct noise *n, unsigned int datagrams);

/** What was given is received, and as it was sent, or has a name among the drops. Asserts. */
void noise_assert_sums(const struct noise *n);

/** The next random number. */
uint64_t noise_draw(uint64_t *random);

/** All drops of an instance together. */
uint64_t noise_drops(const struct lop *lop);

#endif
