/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_hash_crc.h>
#include <rte_kvargs.h>

#include "lo.h"
#include "lo_args.h"

const char *const lo_steer_name[] = {
	[LO_STEER_QUEUE] = "queue",
	[LO_STEER_LCORE] = "lcore",
	[LO_STEER_FLOW] = "flow",
};

const char *const lo_overflow_name[] = {
	[LO_OVERFLOW_BACKPRESSURE] = "backpressure",
	[LO_OVERFLOW_DROP] = "drop",
};

static int
lo_word_find(const char *value, const char *const *words, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (strcmp(value, words[i]) == 0)
			return i;
	}
	return -EINVAL;
}

static int
lo_parse_steer(const char *value, struct lo_args *args)
{
	int word = lo_word_find(value, lo_steer_name, RTE_DIM(lo_steer_name));

	if (word < 0)
		return word;
	args->steer = word;
	return 0;
}

static int
lo_parse_overflow(const char *value, struct lo_args *args)
{
	int word = lo_word_find(value, lo_overflow_name, RTE_DIM(lo_overflow_name));

	if (word < 0)
		return word;
	args->overflow = word;
	return 0;
}

static int
lo_parse_mac(const char *value, struct lo_args *args)
{
	struct rte_ether_addr mac;

	if (rte_ether_unformat_addr(value, &mac) != 0 || rte_is_multicast_ether_addr(&mac))
		return -EINVAL;
	args->mac = mac;
	return 0;
}

static int
lo_parse_speed(const char *value, struct lo_args *args)
{
	unsigned long mbps;
	char *end;

	/* strtoul() would take a sign and leading blanks */
	if (value[0] < '0' || value[0] > '9')
		return -EINVAL;
	errno = 0;
	mbps = strtoul(value, &end, 10);
	if (errno != 0 || *end != '\0' || mbps < LO_SPEED_MIN_MBPS || mbps > LO_SPEED_MAX_MBPS)
		return -EINVAL;
	args->speed_mbps = mbps;
	return 0;
}

static const struct lo_arg {
	const char *key;
	const char *def;
	const char *range;
	const char *help;
	int (*parse)(const char *value, struct lo_args *args);
} lo_arg_table[] = {
#define X(key, def, range, help) { #key, def, range, help, lo_parse_##key },
	LO_FOREACH_ARG(X)
#undef X
};

static const struct lo_arg *
lo_arg_find(const char *key)
{
	for (unsigned int i = 0; i < RTE_DIM(lo_arg_table); i++) {
		if (strcmp(key, lo_arg_table[i].key) == 0)
			return &lo_arg_table[i];
	}
	return NULL;
}

#define X(key, def, range, help) #key " "
static const char lo_arg_keys[] = LO_FOREACH_ARG(X);
#undef X

static int
lo_pair_apply(const char *name, const struct rte_kvargs *list, unsigned int i, struct lo_args *args)
{
	const char *key = list->pairs[i].key;
	const char *value = list->pairs[i].value;
	const struct lo_arg *arg = lo_arg_find(key);

	if (arg == NULL) {
		LO_LOG(ERR, "%s: %s=%s: unknown key, want one of: %s", name, key,
				value == NULL ? "" : value, lo_arg_keys);
		return -EINVAL;
	}
	if (rte_kvargs_count(list, key) != 1) {
		LO_LOG(ERR, "%s: %s=%s: given %u times, want it once: %s (%s)", name, key,
				value == NULL ? "" : value, rte_kvargs_count(list, key), arg->range,
				arg->help);
		return -EINVAL;
	}
	if (value == NULL || arg->parse(value, args) != 0) {
		LO_LOG(ERR, "%s: %s=%s: want %s (%s, default %s)", name, key,
				value == NULL ? "" : value, arg->range, arg->help, arg->def);
		return -EINVAL;
	}
	return 0;
}

/* 02 (locally administered), "lo", then the device's number; the hash of a name without one. */
static void
lo_mac_default(const char *name, struct rte_ether_addr *mac)
{
	static const uint8_t prefix[] = { 0x02, 'l', 'o' };
	const char *digits = name + strcspn(name, "0123456789");
	char *end;
	unsigned long number = strtoul(digits, &end, 10);

	if (*digits == '\0' || *end != '\0' || number > 0x7fffff)
		number = 0x800000 | rte_hash_crc(name, strlen(name), 0);
	memcpy(mac->addr_bytes, prefix, sizeof(prefix));
	mac->addr_bytes[3] = number >> 16;
	mac->addr_bytes[4] = number >> 8;
	mac->addr_bytes[5] = number;
}

/* rte_kvargs_parse() skips an empty pair without a word. */
static bool
lo_has_empty_pair(const char *text)
{
	size_t length = strlen(text);

	return text[0] == ',' || strstr(text, ",,") != NULL || text[length - 1] == ',';
}

int
lo_args_parse(const char *name, const char *text, struct lo_args *args)
{
	struct lo_args parsed = { .speed_mbps = LO_SPEED_DEFAULT_MBPS };
	struct rte_kvargs *list;
	int ret = 0;

	lo_mac_default(name, &parsed.mac);
	if (text != NULL && text[0] != '\0') {
		list = rte_kvargs_parse(text, NULL);
		if (list == NULL || lo_has_empty_pair(text)) {
			LO_LOG(ERR, "%s: %s: want key=value,... with the keys: %s", name, text,
					lo_arg_keys);
			ret = -EINVAL;
		}
		for (unsigned int i = 0; ret == 0 && i < list->count; i++)
			ret = lo_pair_apply(name, list, i, &parsed);
		rte_kvargs_free(list);
	}
	if (ret == 0)
		*args = parsed;
	return ret;
}
