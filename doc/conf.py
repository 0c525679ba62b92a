# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The net_lo authors

"""Sphinx configuration: Debian packages only, no network, no theme of its own."""

project = 'net_lo'
copyright = '2026 The net_lo authors'
extensions = ['myst_parser']
root_doc = 'index'
html_theme = 'alabaster'
html_theme_options = {'description': 'A loopback poll-mode driver for DPDK', 'page_width': '60em'}
html_show_sourcelink = False
highlight_language = 'none'

# Included by another page, or not a page.
exclude_patterns = ['guides/nics/lo-speed.rst', 'adr/0000-template.md']
myst_heading_anchors = 3
