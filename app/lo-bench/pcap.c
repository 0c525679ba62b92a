/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "pcap.h"
#include "round.h"

#define MTU_MAX UINT16_MAX
#define FRAME_MAX (MTU_MAX + RTE_ETHER_HDR_LEN)

struct frame {
	uint32_t bytes;
	uint8_t *data;
};

static struct {
	struct frame *frames;
	unsigned int n;
	uint64_t bytes;
	unsigned int cut;   /* frames of which the capture has a part only */
	unsigned int unfit; /* frames that no Ethernet device carries, left out */
} capture;

static int
keep_frame(const struct pcap_pkthdr *hdr, const uint8_t *data)
{
	struct frame *frames, f = { .bytes = hdr->caplen };

	if (hdr->caplen < RTE_ETHER_HDR_LEN || hdr->caplen > FRAME_MAX) {
		capture.unfit++;
		return 0;
	}
	f.data = malloc(f.bytes);
	frames = reallocarray(capture.frames, capture.n + 1, sizeof(f));
	if (frames != NULL)
		capture.frames = frames;
	if (f.data == NULL || frames == NULL) {
		free(f.data);
		return -ENOMEM;
	}
	memcpy(f.data, data, f.bytes);
	capture.frames[capture.n++] = f;
	capture.bytes += f.bytes;
	capture.cut += hdr->caplen < hdr->len;
	return 0;
}

static int
refuse(const char *path, const char *why)
{
	fprintf(stderr, "lo-bench: --pcap: \"%s\": %s: want a capture of Ethernet frames\n", path,
			why);
	return -EINVAL;
}

int
lob_pcap_load(const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, error);
	struct pcap_pkthdr *hdr;
	const uint8_t *data;
	int ret, got;

	if (pcap == NULL) {
		/* libpcap often begins with the file's name itself */
		const char *why = strrchr(error, ':');

		return refuse(path, why == NULL ? error : why + 2);
	}
	ret = pcap_datalink(pcap) == DLT_EN10MB ? 0 : refuse(path, "another link type");
	while (ret == 0 && (got = pcap_next_ex(pcap, &hdr, &data)) != PCAP_ERROR_BREAK) {
		if (got < 0)
			ret = refuse(path, pcap_geterr(pcap));
		else if (keep_frame(hdr, data) != 0)
			ret = refuse(path, "too large for the memory");
	}
	pcap_close(pcap);
	if (ret == 0 && capture.n == 0)
		ret = refuse(path, "no frame of 14 to 65549 bytes");
	return ret;
}

/* One frame, in as many segments as it needs; NULL when the pool is empty. */
static struct rte_mbuf *
frame_to_mbuf(struct rte_mempool *pool, const struct frame *f)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool), *last = m;

	for (uint32_t off = 0; m != NULL && off < f->bytes;) {
		uint16_t n = RTE_MIN(rte_pktmbuf_tailroom(last), f->bytes - off);

		if (n == 0) {
			last = rte_pktmbuf_alloc(pool);
			if (last != NULL && rte_pktmbuf_chain(m, last) == 0)
				continue;
			rte_pktmbuf_free(last);
			rte_pktmbuf_free(m);
			return NULL;
		}
		memcpy(rte_pktmbuf_append(m, n), f->data + off, n);
		off += n;
	}
	return m;
}

static bool
same(const struct rte_mbuf *m, const struct frame *f)
{
	uint32_t off = 0;

	if (m->pkt_len != f->bytes)
		return false;
	for (; m != NULL; off += m->data_len, m = m->next)
		if (m->data_len > f->bytes - off ||
				memcmp(rte_pktmbuf_mtod(m, uint8_t *), f->data + off,
						m->data_len) != 0)
			return false;
	return off == f->bytes;
}

static int
send_frames(struct lob_round *r, unsigned int first, uint16_t n)
{
	struct rte_mbuf *pkts[LOB_BURST_MAX];
	uint16_t sent;

	for (uint16_t i = 0; i < n; i++) {
		pkts[i] = frame_to_mbuf(r->pool, &capture.frames[first + i]);
		if (pkts[i] == NULL) {
			rte_pktmbuf_free_bulk(pkts, i);
			return lob_round_fail(r, "the pool is empty");
		}
	}
	sent = lob_send(r, pkts, n);
	if (sent == n)
		return 0;
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return lob_round_fail(r, "takes no more packets");
}

/* Send the capture once, a burst behind the other. Counts frames that differ. */
static int
send_capture(struct lob_round *r, uint64_t *mismatches)
{
	for (unsigned int first = 0; first < capture.n; first += r->c.burst) {
		struct rte_mbuf *pkts[LOB_IN_FLIGHT_MAX];
		uint16_t n = RTE_MIN(r->c.burst, capture.n - first);
		uint16_t got;
		int ret = send_frames(r, first, n);

		if (ret != 0)
			return ret;
		r->c.in_flight = n;
		got = lob_drain(r, pkts);
		for (uint16_t i = 0; i < got; i++)
			*mismatches += !same(pkts[i], &capture.frames[first + i]);
		rte_pktmbuf_free_bulk(pkts, got);
		if (got != n)
			return lob_round_fail(r, "%u of %u frames came back", got, n);
	}
	return 0;
}

static void
release(void)
{
	for (unsigned int i = 0; i < capture.n; i++)
		free(capture.frames[i].data);
	free(capture.frames);
	capture.frames = NULL;
	capture.n = 0;
}

int
lob_pcap_run(struct lob_bench *b)
{
	struct lob_subject *s = &b->subjects[LOB_NET_LO];
	const struct lob_list burst = lob_burst_of(&b->args, &lob_scenarios[LOB_LOOP]);
	const unsigned int laps = b->args.rounds.v[0] * burst.n;
	uint64_t mismatches = 0;
	int ret = -ENODEV;

	if (s->peer != NULL)
		ret = lob_subject_start(s, b->pool, LOB_IN_FLIGHT_MAX, MTU_MAX);
	for (unsigned int i = 0; i < laps && ret == 0; i++) {
		struct lob_round r = {
			.subject = s,
			.c = { .burst = burst.v[i % burst.n] },
			.pool = b->pool,
		};

		ret = send_capture(&r, &mismatches);
	}
	if (ret == 0) {
		b->results++;
		printf("loop: %s: %u frames, %" PRIu64 " bytes, sent round %u times, %" PRIu64
		       " mismatches\n",
				b->args.pcap_path, capture.n, capture.bytes, laps, mismatches);
		printf("loop: %u frames are cut short in the capture, %u were left out: "
		       "want 14 to %u bytes\n",
				capture.cut, capture.unfit, FRAME_MAX);
	}
	release();
	if (ret == 0 && mismatches != 0) {
		fprintf(stderr, "lo-bench: net_lo: %" PRIu64 " frames came back changed\n",
				mismatches);
		ret = -EIO;
	}
	return ret;
}
