/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/*
 * Options of SOL_UDP.
 */

#include <netinet/udp.h>

#include "options.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

/* UDP-Lite's, which read as 0 here. */
#define NAME_SEND_CSCOV 10
#define NAME_RECV_CSCOV 11

int
lop_setsockopt_udp(struct lop_sock *sk, int name, const void *value, socklen_t len)
{
	int number;

	if (len < sizeof(number))
		return -EINVAL;
	if (value == NULL)
		return -EFAULT;
	memcpy(&number, value, sizeof(number));

	switch (name) {
	case UDP_CORK:
		lop_switch(&sk->flags, LOP_SOCK_CORK, number != 0);
		return 0;
	case UDP_ENCAP: /* no encapsulation is known here but none */
		return number == 0 ? 0 : -ENOPROTOOPT;
	case UDP_NO_CHECK6_TX:
		lop_switch(&sk->more, LOP_MORE_NO_CHECK6_TX, number != 0);
		return 0;
	case UDP_NO_CHECK6_RX:
		lop_switch(&sk->more, LOP_MORE_NO_CHECK6_RX, number != 0);
		return 0;
	case UDP_SEGMENT: /* contract GSO-01 */
		if (number < 0 || number > UINT16_MAX)
			return -EINVAL;
		lop_store(sk->gso_size, number);
		return 0;
	case UDP_GRO:
		sk->gro = number != 0;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

int
lop_getsockopt_udp(struct lop_sock *sk, int name, void *value, socklen_t *len)
{
	int number;

	switch (name) {
	case UDP_CORK:
		number = (lop_load(sk->flags) & LOP_SOCK_CORK) != 0;
		break;
	case UDP_NO_CHECK6_TX:
		number = (lop_load(sk->more) & LOP_MORE_NO_CHECK6_TX) != 0;
		break;
	case UDP_NO_CHECK6_RX:
		number = (lop_load(sk->more) & LOP_MORE_NO_CHECK6_RX) != 0;
		break;
	case UDP_SEGMENT:
		number = lop_load(sk->gso_size);
		break;
	case UDP_GRO:
		number = sk->gro;
		break;
	case UDP_ENCAP:
	case NAME_SEND_CSCOV:
	case NAME_RECV_CSCOV:
		number = 0;
		break;
	default:
		return -ENOPROTOOPT;
	}
	return lop_option_copy(value, len, &number, sizeof(number));
}
