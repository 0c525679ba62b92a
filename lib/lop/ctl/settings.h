/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_lo authors
 */

#ifndef LOP_CTL_SETTINGS_H
#define LOP_CTL_SETTINGS_H

/*
 * Settings: what the files that read and write them share. With lop->lock held, but for the
 * parsers. 0, -EINVAL (not a value of this setting), -ENOENT (no such setting), -ENOSPC.
 */

#include "instance.h"

/* Read one number and the spaces behind it. */
int lop_number_parse(const char **text, int *number);

/* ctl/settings_ranges.c: settings that are more than one number. */
struct lop_ranges_setting {
	const char *name;
	int (*set)(struct lop *lop, const char *value);
	int (*get)(const struct lop *lop, char *value, size_t size);
};
const struct lop_ranges_setting *lop_ranges_find(const char *name);
/* Is this one of the bounds that such a setting is kept in? */
bool lop_range_part(enum lop_setting_id id);

/* ctl/settings_conf.c: conf/<interface>/<name>, conf/all, conf/default, ip_forward. */
int lop_conf_set(struct lop *lop, const char *name, const char *value);
int lop_conf_get(const struct lop *lop, const char *name, int *value);

#endif
