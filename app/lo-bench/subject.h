/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#ifndef LOB_SUBJECT_H
#define LOB_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <rte_dev.h>
#include <rte_mempool.h>

/* A driver that can be measured. */
struct lob_peer {
	const char *name;
	const char *args; /* devargs; NULL: none */
	const char *note; /* printed beside its results; NULL: none */
	bool loops;       /* what is sent comes back */
	bool copies;      /* the receiver gets other mbufs than were sent, the driver frees those */
	bool fixed;       /* has its depth from its creation and is configured once */
	uint16_t slots;   /* most packets it can hold; 0: as many as descriptors */
	uint16_t nb_rxq;
};

enum {
	LOB_NET_LO,
	LOB_NET_RING,
	LOB_NET_NULL,
	LOB_NET_MEMIF,
	LOB_PEERS, /* the number of those that --peers knows */
	LOB_NET_LO_FLOW = LOB_PEERS,
	LOB_SUBJECTS,
};

extern const struct lob_peer lob_peers[LOB_SUBJECTS];

/* Its name, told apart from its other appearances. */
const char *lob_peer_title(const struct lob_peer *peer);

/* A peer that exists in this process. */
struct lob_subject {
	const struct lob_peer *peer;        /* NULL: it could not be created */
	char vdev[2][RTE_DEV_NAME_MAX_LEN]; /* [1] transmits; empty when [0] does both */
	uint16_t tx_port;
	uint16_t rx_port;
	uint16_t depth; /* what it is configured for; 0: not configured */
	uint16_t mtu;
	uint16_t mtu_refused; /* it was not possible to start it with; 0: none */
};

/* Create a virtual device. 0, or -errno without a word from the EAL. */
int lob_vdev_create(const char *name, const char *args);

/**
 * Create the peer's virtual devices.
 *
 * @param slots
 *   Packets that a peer of fixed depth must hold.
 * @return
 *   0, or -errno after one line on stdout.
 */
int lob_subject_open(struct lob_subject *s, const struct lob_peer *peer, unsigned int slots);

/**
 * Make a subject carry packets: configure, set up its queues, start.
 *
 * Nothing is done when it is already configured like that. Nothing may be in flight.
 *
 * @return
 *   0, or -errno after one line on stdout.
 */
int
lob_subject_start(struct lob_subject *s, struct rte_mempool *pool, uint16_t depth, uint16_t mtu);

/* Stop and remove what lob_subject_open() created; does nothing to one that was not. */
void lob_subject_close(struct lob_subject *s);

#endif /* LOB_SUBJECT_H */
