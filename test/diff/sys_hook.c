/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

/* The kernel's hooks: for each a base chain of nf_tables with one rule that counts and decides. */

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "rtnl.h"
#include "sys.h"

#define TABLE "lo_diff"

static unsigned int nb_hooks;

static void
message(struct nl *nl, uint16_t type, uint16_t flags)
{
	const struct nfgenmsg head = { .nfgen_family = NFPROTO_IPV4 };

	nl_message(nl, NFNL_SUBSYS_NFTABLES << 8 | type, flags, &head, sizeof(head));
}

static void
batch(struct nl *nl, uint16_t type)
{
	const struct nfgenmsg head = { .res_id = htons(NFNL_SUBSYS_NFTABLES) };

	nl_message(nl, type, 0, &head, sizeof(head));
}

static void
chain_name(char *name, size_t size, unsigned int hook)
{
	snprintf(name, size, "hook%u", hook);
}

static void
put_chain(struct nl *nl, const struct dx_hook *hook, const char *name)
{
	size_t at;

	message(nl, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_ACK);
	nl_text(nl, NFTA_CHAIN_TABLE, TABLE);
	nl_text(nl, NFTA_CHAIN_NAME, name);
	at = nl_open(nl, NFTA_CHAIN_HOOK);
	nl_u32(nl, NFTA_HOOK_HOOKNUM, htonl(hook->point));
	nl_u32(nl, NFTA_HOOK_PRIORITY, htonl((uint32_t)hook->priority));
	nl_close(nl, at);
	nl_u32(nl, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
	nl_text(nl, NFTA_CHAIN_TYPE, "filter");
}

/* The caller closes both, inner one first. */
static size_t
open_expression(struct nl *nl, const char *name, size_t *element)
{
	*element = nl_open(nl, NFTA_LIST_ELEM);
	nl_text(nl, NFTA_EXPR_NAME, name);
	return nl_open(nl, NFTA_EXPR_DATA);
}

static void
close_both(struct nl *nl, size_t data, size_t element)
{
	nl_close(nl, data);
	nl_close(nl, element);
}

/* Go on only with packets of this protocol. */
static void
put_protocol(struct nl *nl, uint8_t protocol)
{
	size_t element, data, at, value;

	data = open_expression(nl, "payload", &element);
	nl_u32(nl, NFTA_PAYLOAD_DREG, htonl(NFT_REG_1));
	nl_u32(nl, NFTA_PAYLOAD_BASE, htonl(NFT_PAYLOAD_NETWORK_HEADER));
	nl_u32(nl, NFTA_PAYLOAD_OFFSET, htonl(9));
	nl_u32(nl, NFTA_PAYLOAD_LEN, htonl(1));
	close_both(nl, data, element);
	data = open_expression(nl, "cmp", &element);
	nl_u32(nl, NFTA_CMP_SREG, htonl(NFT_REG_1));
	nl_u32(nl, NFTA_CMP_OP, htonl(NFT_CMP_EQ));
	at = nl_open(nl, NFTA_CMP_DATA);
	value = nl->used;
	nl_put(nl, NFTA_DATA_VALUE, &protocol, sizeof(protocol));
	RTE_SET_USED(value);
	nl_close(nl, at);
	close_both(nl, data, element);
}

static void
put_decision(struct nl *nl, const struct dx_hook *hook)
{
	size_t element, data, at, verdict;

	if (hook->reject) {
		data = open_expression(nl, "reject", &element);
		nl_u32(nl, NFTA_REJECT_TYPE, htonl(NFT_REJECT_ICMP_UNREACH));
		nl_put(nl, NFTA_REJECT_ICMP_CODE, &hook->code, sizeof(hook->code));
		close_both(nl, data, element);
		return;
	}
	data = open_expression(nl, "immediate", &element);
	nl_u32(nl, NFTA_IMMEDIATE_DREG, htonl(NFT_REG_VERDICT));
	at = nl_open(nl, NFTA_IMMEDIATE_DATA);
	verdict = nl_open(nl, NFTA_DATA_VERDICT);
	nl_u32(nl, NFTA_VERDICT_CODE,
			htonl(hook->verdict == LOP_VERDICT_ACCEPT ? NF_ACCEPT : NF_DROP));
	nl_close(nl, verdict);
	nl_close(nl, at);
	close_both(nl, data, element);
}

static void
put_rule(struct nl *nl, const struct dx_hook *hook, const char *chain)
{
	size_t list, element, data;
	const uint64_t zero = 0;

	message(nl, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK);
	nl_text(nl, NFTA_RULE_TABLE, TABLE);
	nl_text(nl, NFTA_RULE_CHAIN, chain);
	list = nl_open(nl, NFTA_RULE_EXPRESSIONS);
	if (hook->protocol != 0)
		put_protocol(nl, hook->protocol);
	data = open_expression(nl, "counter", &element);
	nl_put(nl, NFTA_COUNTER_BYTES, &zero, sizeof(zero));
	nl_put(nl, NFTA_COUNTER_PACKETS, &zero, sizeof(zero));
	close_both(nl, data, element);
	put_decision(nl, hook);
	nl_close(nl, list);
}

int
sys_hook(const struct dx_hook *hook)
{
	struct nl nl = { 0 };
	char chain[16];
	int ret;

	chain_name(chain, sizeof(chain), nb_hooks);
	batch(&nl, NFNL_MSG_BATCH_BEGIN);
	message(&nl, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_ACK);
	nl_text(&nl, NFTA_TABLE_NAME, TABLE);
	put_chain(&nl, hook, chain);
	put_rule(&nl, hook, chain);
	batch(&nl, NFNL_MSG_BATCH_END);
	ret = nl_talk(NETLINK_NETFILTER, &nl);
	return ret == 0 ? (int)nb_hooks++ : ret;
}

/* The counter is somewhere in the nest of attributes: the first one of its name. */
static bool
counter_find(const char *p, size_t bytes, uint64_t *packets)
{
	static const char name[] = "counter";
	const char *at = memmem(p, bytes, name, sizeof(name));
	const struct nlattr *attr;

	if (at == NULL)
		return false;
	/* behind the name its data: bytes, then packets, each of 8 bytes */
	attr = (const struct nlattr *)(at + NLA_ALIGN(sizeof(name)) + NLA_HDRLEN);
	for (unsigned int i = 0; i < 4; i++) {
		if ((attr->nla_type & NLA_TYPE_MASK) == NFTA_COUNTER_PACKETS) {
			memcpy(packets, (const char *)attr + NLA_HDRLEN, sizeof(*packets));
			*packets = be64toh(*packets);
			return true;
		}
		attr = (const struct nlattr *)((const char *)attr + NLA_ALIGN(attr->nla_len));
	}
	return false;
}

static void
rule_seen(struct nlmsghdr *msg, void *arg)
{
	uint64_t *packets = arg;

	if ((msg->nlmsg_type & 0xff) == NFT_MSG_NEWRULE)
		counter_find((const char *)msg, msg->nlmsg_len, packets);
}

int
sys_hook_count(int hook, uint64_t *packets)
{
	struct nl nl = { 0 };
	char chain[16];

	chain_name(chain, sizeof(chain), hook);
	message(&nl, NFT_MSG_GETRULE, NLM_F_DUMP);
	nl_text(&nl, NFTA_RULE_TABLE, TABLE);
	nl_text(&nl, NFTA_RULE_CHAIN, chain);
	return nl_ask(NETLINK_NETFILTER, &nl, rule_seen, packets);
}
