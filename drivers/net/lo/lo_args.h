/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LO_ARGS_H
#define LO_ARGS_H

#include <stdint.h>

#include <rte_ether.h>

/* How a packet finds its receive queue. */
enum lo_steer {
	LO_STEER_QUEUE, /* by the transmit queue */
	LO_STEER_LCORE, /* by the lcore that transmits */
	LO_STEER_FLOW,  /* by the hash of its headers */
};

/* What a full ring does. */
enum lo_overflow {
	LO_OVERFLOW_BACKPRESSURE, /* the caller keeps the packets */
	LO_OVERFLOW_DROP,         /* the packets are freed and counted */
};

/*
 * The devargs: key, default, accepted values, help. The only place to edit: the parser, its error
 * lines and the driver's parameter string come from here, and the guide is checked against it.
 */
#define LO_FOREACH_ARG(X)                                                             \
	X(steer, "queue", "queue|lcore|flow", "how a packet finds its receive queue") \
	X(overflow, "backpressure", "backpressure|drop", "what a full ring does")     \
	X(mac, "02:6c:6f:00:00:NN", "unicast address or all zeros", "MAC address")    \
	X(speed, "100000", "10..1000000", "link speed reported, in Mbps")

#define LO_SPEED_DEFAULT_MBPS 100000
#define LO_SPEED_MIN_MBPS 10
#define LO_SPEED_MAX_MBPS 1000000

struct lo_args {
	enum lo_steer steer;
	enum lo_overflow overflow;
	uint32_t speed_mbps;
	struct rte_ether_addr mac;
};

extern const char *const lo_steer_name[];
extern const char *const lo_overflow_name[];

/**
 * Read the devargs of a device.
 *
 * @param name
 *   Name of the device; its number chooses the default MAC address.
 * @param text
 *   What stood behind the name, without it: "key=value,...", "" or NULL.
 * @param args
 *   Filled; not touched on failure.
 * @return
 *   0, -EINVAL when a key or value is refused (one line is logged that says why), -ENOMEM.
 */
int lo_args_parse(const char *name, const char *text, struct lo_args *args);

#endif
