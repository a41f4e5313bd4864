/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Before each text that is compiled. */
void trace_begin(void);

/* After one that was taken: its productions count. */
void trace_taken(void);

/* For each production of the grammar a line: production NUMBER LINE hit|missed, LINE that of
 * grammar/parser.y where it begins. */
void trace_print(void);
