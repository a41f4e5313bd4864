/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Before each text that is compiled. */
void trace_begin(void);

/* After one that follows the grammar: its productions count. */
void trace_parsed(void);

/* For each production of the grammar a line: production NUMBER LINE hit|missed, LINE that of
 * grammar/parser.y where it begins. */
void trace_print(void);
