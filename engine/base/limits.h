/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Every bound on outside input, in one place. Each has a test at the bound and one past it.
 * Those under "meaning" are part of the language: the same in compiler, helper and command
 * line, so that a policy is too complex everywhere or nowhere.
 */

/* Policy text */
#define POLICY_TEXT_MAX	   (1024 * 1024) /* bytes in one file */
#define POLICY_NESTING_MAX 64		 /* braces and parentheses */
#define POLICY_ERRORS_MAX  20		 /* diagnostics shown in one run */
#define POLICY_FILES_MAX   4096		 /* files in all directories together */
#define CONST_ITEMS_MAX	   (1u << 20)	 /* values that constants put into the lists of one policy */

/* Site facts */
#define SITE_TEXT_MAX (64 * 1024) /* of all files, as folded; the helper reads all of it for each */

/* Meaning */
#define VERSION_PARTS_MAX    4		  /* version(1) .. version(4) */
#define VERSION_PART_MAX     4294967294u  /* the largest component: 2^32 - 2 */
#define RANGE_INTERVALS_MAX  64		  /* as written; results of set algebra may have more */
#define MASK_BITS_MAX	     256
#define ATTRS_MAX	     64		  /* attributes of one policy, built-in ones apart */
#define LOCALS_MAX	     64
#define SCOPES_MAX	     1024	  /* (kind, driver) pairs of one policy */
#define WORDS_MAX	     4096	  /* words in one list; elements of one set value */
#define BINDINGS_MAX	     256	  /* template combinations of one block */
#define TEMPLATE_VALUES_MAX  256	  /* values of one template variable */
#define TEMPLATE_VARS_MAX    16		  /* variables of one rule */
#define TEMPLATE_PIECES_MAX  64		  /* literals and holes of one template */
#define CLAUSES_MAX	     1024	  /* in one block or one rule's conditions */
#define BLOCKS_MAX	     1024	  /* in one rule */
#define EXPR_NODES_MAX	     64
#define SOURCE_VALUES_MAX    256	  /* domain of an int used as source.A */
#define RECORD_ENTRIES_MAX   (ATTRS_MAX + 3) /* the built-in ones too */
#define NAME_MAX_LEN	     64		  /* names of attributes, rules, policies, variables */
#define WORD_MAX_LEN	     4096	  /* one string value */

/*
 * Acceptance diagrams. A "step" is one visit of a pair of nodes, one result remembered, one edge
 * made or one hop along a hash chain; "depth" also bounds recursion, to about 1 KiB of stack
 * each. Measured on one core at 3 GHz: what runs into nodes or edges ends within 5 ms and
 * 2 MiB, what runs into steps alone within 0.1 s and 20 MiB (tests/diagram/t-bounds prints it).
 */
#define DIAGRAM_NODES_MAX 8192
#define DIAGRAM_EDGES_MAX 65536
#define DIAGRAM_STEPS_MAX (1u << 19)
#define DIAGRAM_DEPTH_MAX 1024

/*
 * One evaluation as a whole: what all rules that speak of one subject, decoded, and all diagrams
 * made of them may take. More is too complex, in the udev helper, whose memory is of this size,
 * and in the command line alike.
 */
#define EVAL_MEMORY_MAX ((size_t)32 << 20) /* bytes handed out */
#define EVAL_PAGES_MAX	2048		   /* pages of sections that are looked at */

/* Texts that travel */
#define DESCRIPTOR_MAX	     65536 /* bytes of a descriptor; more is too complex */
#define DESCRIPTOR_PROP_MAX  2048  /* bytes of the udev property */
#define HELPER_OUTPUT_MAX    6144  /* bytes the helper prints */
#define FACT_TEXT_MAX	     4096  /* bytes of one fact as read */
#define TYPE_NAME_MAX	     255   /* a directory name */
#define PARENT_TYPES_MAX     1024  /* types looked at on one parent */

/* The image */
#define IMAGE_SIZE_MAX	 (256u * 1024 * 1024)
#define SECTIONS_MAX	 POLICY_FILES_MAX
#define NARROWS_MAX	 256	       /* policies that narrow one (kind, driver) pair */
#define MESSAGE_MAX	 4096	       /* bytes of what is kept to say about a broken file */
#define FOLDED_MAX	 (1024u * 1024) /* bytes of os-release, and of all site facts */
#define SECTION_HEAD_MAX (256u * 1024) /* attributes, locals, scopes of one policy, encoded */
#define RULE_BYTES_MAX	 (256u * 1024) /* one rule, encoded */
#define RULES_MAX	 65536	       /* rules of one policy */
#define TYPE_INDEX_MAX	 (1u << 18)    /* (type, rule) pairs; what is over is found by no index */
