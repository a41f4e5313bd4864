/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Range texts, one a row: what each means (in normal form and in a policy's spelling) or
 * what is wrong with it, where, and what is suggested.
 */
#include "tests/version/vtest.h"

#define ALL (-1)

static const struct good {
	unsigned parts, major;
	const char *text, *means;
	const char *policy; /* NULL: as good as another spelling */
} good[] = {
	/* DESIGN 2 */
	{ 3, 1, "2.0.<2,3,4>", "[2.0.2,2.0.5)", "2.0.2..2.0.4" },
	{ 3, 1, "2.0.2..2.0.4", "[2.0.2,2.0.5)", "2.0.2..2.0.4" },
	{ 3, 1, "2.0.<2..4>", "[2.0.2,2.0.5)", NULL },
	{ 3, 1, "2.1+", "[2.1.0,3.0.0)", "2.1.0+" },
	{ 3, 1, "2.1.0+", "[2.1.0,3.0.0)", NULL },
	{ 3, 1, "2.1.3+", "[2.1.3,3.0.0)", "2.1.3+" },
	{ 3, 1, "2.0.*", "[2.0.0,2.1.0)", "2.0.*" },
	{ 3, 1, "2.<0,1>.*", "[2.0.0,2.2.0)", "2.<0..1>.*" },
	{ 3, 1, "2.0.<2..>", "[2.0.2,2.1.0)", "2.0.<2..>" },
	{ 3, 1, "*", "[0.0.0,*)", "*" },
	{ 3, 1, "none", "none", "none" },
	{ 3, 1, "2.0.<2,3,4>,2.1+", "[2.0.2,2.0.5) [2.1.0,3.0.0)",
		"2.0.2..2.0.4, 2.1.0+" },
	{ 3, 1, "2.1+ except 2.1.7", "[2.1.0,2.1.7) [2.1.8,3.0.0)",
		"2.1.0..2.1.6, 2.1.8+" },
	/* the end carries: two spellings of one set are one text */
	{ 3, 1, "2.0.<5..>", "[2.0.5,2.1.0)", NULL },
	{ 3, 1, "2.0.5..2.0.4294967294", "[2.0.5,2.1.0)", "2.0.<5..>" },
	{ 3, 1, "2.4294967294.<5..>", "[2.4294967294.5,3.0.0)", NULL },
	{ 3, 1, "2.3.5..2.4294967294.4294967294", "[2.3.5,3.0.0)", "2.3.5+" },
	{ 3, 1, "2.3.5+", "[2.3.5,3.0.0)", NULL },
	{ 3, 1, "2.<3..>.*", "[2.3.0,3.0.0)", NULL },
	{ 3, 1, "4294967294.1+", "[4294967294.1.0,*)", "4294967294.1.0+" },
	{ 3, 1, "4294967294.4294967294.4294967294",
		"[4294967294.4294967294.4294967294,*)",
		"4294967294.4294967294.4294967294" },
	{ 3, 1, "0.0.0..4294967294.4294967294.4294967294", "[0.0.0,*)", "*" },
	{ 3, 1, "<0..>.*", "[0.0.0,*)", NULL },
	{ 3, 1, "<4294967294>.*", "[4294967294.0.0,*)", "4294967294.*" },
	{ 3, 1, "1.4294967294.4294967294,2.0.0", "[1.4294967294.4294967294,2.0.1)",
		NULL },
	{ 3, 1, "1.9.*,2.*", "[1.9.0,1.10.0) [2.0.0,3.0.0)", "1.9.*, 2.*" },
	{ 3, 1, "1.4294967294.*,2.*", "[1.4294967294.0,3.0.0)", NULL },
	/* lists of parts */
	{ 3, 1, "2.0.<2,4..6,9..>", "[2.0.2,2.0.3) [2.0.4,2.0.7) [2.0.9,2.1.0)", NULL },
	{ 3, 1, "2.0.<4,2,3,3>", "[2.0.2,2.0.5)", NULL },
	{ 3, 1, "2.0.< 2 , 3 .. 5 >", "[2.0.2,2.0.6)", NULL },
	{ 3, 1, "2.0.<2,\n\t3>", "[2.0.2,2.0.4)", NULL },
	{ 3, 1, "<1,3>.*", "[1.0.0,2.0.0) [3.0.0,4.0.0)", "1.*, 3.*" },
	{ 3, 1, "<2..>.*", "[2.0.0,*)", "<2..>.*" },
	{ 3, 1, "2.<7>.*", "[2.7.0,2.8.0)", NULL },
	/* lists */
	{ 3, 1, " 2.0.1 , 2.0.2 ", "[2.0.1,2.0.3)", "2.0.1..2.0.2" },
	{ 3, 1, "2.0.1\t,\n2.0.3", "[2.0.1,2.0.2) [2.0.3,2.0.4)", NULL },
	{ 3, 1, "2.1.0,2.0.9", "[2.0.9,2.0.10) [2.1.0,2.1.1)", NULL },
	{ 3, 1, "none,2.0.1,none", "[2.0.1,2.0.2)", NULL },
	{ 3, 1, "*,2.0.1", "[0.0.0,*)", NULL },
	{ 3, 1, "0.0.0", "[0.0.0,0.0.1)", "0.0.0" },
	{ 3, 1, "0.2+", "[0.2.0,1.0.0)", NULL },
	{ 3, 1, "1.9.3..2.1.4", "[1.9.3,2.1.5)", "1.9.3..2.1.4" },
	{ 3, 1, "2.0.3..2.0.3", "[2.0.3,2.0.4)", "2.0.3" },
	/* except: all before minus all after */
	{ 3, 1, "2.0.*, 2.1+ except 2.1.7, 2.0.0", "[2.0.1,2.1.7) [2.1.8,3.0.0)", NULL },
	{ 3, 1, "2.0.1 except *", "none", "none" },
	{ 3, 1, "* except 2.*", "[0.0.0,2.0.0) [3.0.0,*)", "<0..1>.*, <3..>.*" },
	{ 3, 1, "2.0.1 except none", "[2.0.1,2.0.2)", NULL },
	{ 3, 1, "none except 2.0.1", "none", NULL },
	{ 3, 1, "2.*except", NULL, NULL },
	/* leading zeros are zeros in front */
	{ 3, 1, "550.127.08", "[550.127.8,550.127.9)", "550.127.8" },
	{ 3, 1, "0550.0127+", "[550.127.0,551.0.0)", NULL },
	{ 3, 1, "550.54.<014,15>", "[550.54.14,550.54.16)", NULL },
	{ 3, 1, "0000000000000002.0.1", "[2.0.1,2.0.2)", NULL },
	/* any number of parts, any major part */
	{ 1, 1, "2", "[2,3)", "2" },
	{ 1, 1, "2..4", "[2,5)", "2..4" },
	{ 1, 1, "<2,3,5>", "[2,4) [5,6)", "2..3, 5" },
	{ 1, 1, "<2..>", "[2,*)", "<2..>" },
	{ 1, 1, "2..4294967294", "[2,*)", NULL },
	{ 1, 1, "2+", "[2,3)", NULL },
	{ 1, 1, "4294967294", "[4294967294,*)", "4294967294" },
	{ 1, 1, "*", "[0,*)", "*" },
	{ 1, 1, "* except 3", "[0,3) [4,*)", "0..2, <4..>" },
	{ 2, 1, "2.1", "[2.1,2.2)", "2.1" },
	{ 2, 1, "2.1+", "[2.1,3.0)", "2.1+" },
	{ 2, 1, "2+", "[2.0,3.0)", "2.*" },
	{ 2, 2, "2.1+", "[2.1,2.2)", "2.1" },
	{ 2, 2, "2+", "[2.0,2.1)", "2.0" },
	{ 2, 1, "2.*", "[2.0,3.0)", NULL },
	{ 2, 1, "2.<1,2,4>", "[2.1,2.3) [2.4,2.5)", NULL },
	{ 2, 1, "2.1..3.4294967294", "[2.1,4.0)", "2.1..3.4294967294" },
	{ 3, 2, "2+", "[2.0.0,2.1.0)", "2.0.*" },
	{ 3, 2, "2.1+", "[2.1.0,2.2.0)", "2.1.*" },
	{ 3, 2, "2.1.3+", "[2.1.3,2.2.0)", "2.1.3+" },
	{ 3, 2, "2.4294967294.3+", "[2.4294967294.3,3.0.0)", NULL },
	{ 3, 2, "4294967294.4294967294.3+", "[4294967294.4294967294.3,*)", NULL },
	{ 3, 2, "2.<1..>.*", "[2.1.0,3.0.0)", "2.<1..>.*" },
	{ 3, 3, "2.1.3+", "[2.1.3,2.1.4)", "2.1.3" },
	{ 3, 3, "2.1+", "[2.1.0,2.1.1)", NULL },
	{ 3, 3, "2.0.<2..>", "[2.0.2,2.1.0)", "2.0.<2..>" },
	{ 3, 3, "2.0.*", "[2.0.0,2.1.0)", "2.0.*" },
	{ 4, 1, "1.2.3.4", "[1.2.3.4,1.2.3.5)", "1.2.3.4" },
	{ 4, 1, "1.2+", "[1.2.0.0,2.0.0.0)", "1.2.0.0+" },
	{ 4, 2, "1.2.3+", "[1.2.3.0,1.3.0.0)", "1.2.3.0+" },
	{ 4, 3, "1.2.3.4+", "[1.2.3.4,1.2.4.0)", "1.2.3.4+" },
	{ 4, 4, "1.2.3.4+", "[1.2.3.4,1.2.3.5)", "1.2.3.4" },
	{ 4, 3, "1.2+", "[1.2.0.0,1.2.1.0)", "1.2.0.*" },
	{ 4, 1, "1.<2,3>.*", "[1.2.0.0,1.4.0.0)", "1.<2..3>.*" },
	{ 4, 1, "1.2.<3,5>.*", "[1.2.3.0,1.2.4.0) [1.2.5.0,1.2.6.0)",
		"1.2.3.*, 1.2.5.*" },
	{ 4, 1, "1.2.3.<4..>", "[1.2.3.4,1.2.4.0)", "1.2.3.<4..>" },
	{ 4, 1, "1.4294967294.4294967294.<4..>", "[1.4294967294.4294967294.4,2.0.0.0)",
		NULL },
	{ 4, 1, "*", "[0.0.0.0,*)", "*" },
	{ 4, 1, "1.2.3.4..1.2.4294967294.4294967294", "[1.2.3.4,1.3.0.0)", NULL },
};

/* Only outside of policies: the postings' spellings and the normal form. */
static const struct foreign {
	unsigned parts;
	const char *text, *means;
	int at, len;
	const char *hint;
	enum range_error_code code;
} foreign[] = {
	{ 3, "2.0.{2,3,4}", "[2.0.2,2.0.5)", 4, 7, "2.0.<2,3,4>", RANGE_ERR_FOREIGN },
	{ 3, "2.0.2-2.0.4", "[2.0.2,2.0.5)", 5, 1, "2.0.2..2.0.4", RANGE_ERR_FOREIGN },
	{ 3, "2.1.0-", "[2.1.0,3.0.0)", 5, 1, "2.1.0+", RANGE_ERR_FOREIGN },
	{ 3, "2.1-", "[2.1.0,3.0.0)", 3, 1, "2.1+", RANGE_ERR_FOREIGN },
	{ 3, "2.{0,1}.*", "[2.0.0,2.2.0)", 2, 5, "2.<0,1>.*", RANGE_ERR_FOREIGN },
	{ 3, "2.0.1, 2.0.2-2.0.4,2.1-", "[2.0.1,2.0.5) [2.1.0,3.0.0)", 12, 1,
		"2.0.2..2.0.4", RANGE_ERR_FOREIGN },
	{ 1, "3-5", "[3,6)", 1, 1, "3..5", RANGE_ERR_FOREIGN },
	{ 1, "{2,3}", "[2,4)", 0, 5, "<2,3>", RANGE_ERR_FOREIGN },
	{ 3, "[2.0.2,2.0.5)", "[2.0.2,2.0.5)", 0, 13, "2.0.2..2.0.4", RANGE_ERR_SYNTAX },
	{ 3, "[2.0.2,2.0.5) [2.1.0,*)", "[2.0.2,2.0.5) [2.1.0,*)", 0, 13, "2.0.2..2.0.4",
		RANGE_ERR_SYNTAX },
	{ 3, "[ 2.0.2 , 2.0.5 ),1.0.0 except [2.0.3,2.0.4)",
		"[1.0.0,1.0.1) [2.0.2,2.0.3) [2.0.4,2.0.5)", 0, 17, "2.0.2..2.0.4",
		RANGE_ERR_SYNTAX },
	{ 2, "[0.0,*)", "[0.0,*)", 0, 7, "*", RANGE_ERR_SYNTAX },
};

static const struct bad {
	unsigned parts;
	enum range_error_code code;
	const char *text;
	size_t at, len;
	const char *hint;
} bad[] = {
	/* DESIGN 2 */
	{ 3, RANGE_ERR_AMBIGUOUS, "2.1", 0, 3, "2.1.0 or 2.1.*" },
	{ 3, RANGE_ERR_EMPTY_LIST, "2.0.<>", 4, 2, "" },
	{ 3, RANGE_ERR_REVERSED, "2.0.<4..2>", 5, 4, "2.0.<2..4>" },
	{ 3, RANGE_ERR_EMPTY, "+", 0, 1, "" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "2.<0,1>", 2, 5, "2.<0,1>.*" },
	{ 3, RANGE_ERR_AMBIGUOUS, "2.0-2.4", 0, 3, "2.0.0..2.4.0 or 2.<0..4>.*" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "1.2.3.4", 6, 1, "" },
	/* nothing there */
	{ 3, RANGE_ERR_EMPTY, "", 0, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "  ", 2, 0, "" },
	{ 3, RANGE_ERR_EMPTY, ",", 0, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.1,", 6, 0, "" },
	{ 3, RANGE_ERR_EMPTY, ",2.0.1", 0, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.1,,2.0.2", 6, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.1, ,2.0.2", 7, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.", 4, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.1.", 6, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0. ,2.0.1", 4, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "-", 0, 1, "" },
	{ 3, RANGE_ERR_EMPTY, "..2.0.4", 0, 2, "0.0.0..2.0.4" },
	{ 1, RANGE_ERR_EMPTY, "..4", 0, 2, "0..4" },
	{ 3, RANGE_ERR_EMPTY, "2.0.4..", 7, 0, "2.0.4+" },
	{ 3, RANGE_ERR_EMPTY, "2.0.<..4>", 5, 2, "2.0.<0..4>" },
	{ 3, RANGE_ERR_EMPTY, "2.0.<1,,2>", 7, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.<1,2,>", 9, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.<,1>", 5, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.0.<", 5, 0, "" },
	/* no version and no range */
	{ 3, RANGE_ERR_SYNTAX, "v2.0.1", 0, 6, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.1-rc1", 5, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.1rc1,2.0.2", 5, 3, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.x", 4, 1, "2.0.*" },
	{ 3, RANGE_ERR_SYNTAX, ".1.2", 0, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "2...0.1", 3, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.1++", 4, 1, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.*+", 5, 1, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<1,2>+", 9, 1, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.*..2.1.0", 5, 7, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.1..2.0.*", 11, 1, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.1..2.0.<3,4>", 11, 5, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<2-4>", 6, 3, "2.0.<2..4>" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<2,3", 4, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<2}", 6, 1, "2.0.<2>" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<2 3>", 7, 2, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<a>", 5, 2, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.<<2>>", 5, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.1;", 5, 1, "" },
	{ 3, RANGE_ERR_SYNTAX, "None", 0, 4, "" },
	{ 3, RANGE_ERR_SYNTAX, "none+", 0, 5, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.0.\xc2\xb2", 4, 2, "" },
	{ 3, RANGE_ERR_SYNTAX, "2.1+except 2.1.7", 4, 6, "" },
	{ 3, RANGE_ERR_SYNTAX, "[2.0.0", 0, 6, "" },
	{ 3, RANGE_ERR_SYNTAX, "[2.0.0,2.0.1]", 0, 13, "" },
	{ 3, RANGE_ERR_SYNTAX, "[2.0.*,3.0.0)", 5, 1, "" },
	{ 3, RANGE_ERR_AMBIGUOUS, "[2.0,3.0)", 1, 3, "" },
	{ 3, RANGE_ERR_REVERSED, "[2.0.0,2.0.0)", 0, 13, "" },
	{ 3, RANGE_ERR_REVERSED, "[2.0.1,2.0.0)", 0, 13, "" },
	/* too few, too many, too large */
	{ 3, RANGE_ERR_AMBIGUOUS, "2", 0, 1, "2.0.0 or 2.*" },
	{ 4, RANGE_ERR_AMBIGUOUS, "2.1", 0, 3, "2.1.0.0 or 2.1.*" },
	{ 2, RANGE_ERR_AMBIGUOUS, "1.1,2 ,3.1", 4, 1, "2.0 or 2.*" },
	{ 3, RANGE_ERR_AMBIGUOUS, "550.08", 0, 6, "550.08.0 or 550.08.*" },
	{ 3, RANGE_ERR_AMBIGUOUS, "2.0..2.4", 0, 3, "2.0.0..2.4.0 or 2.<0..4>.*" },
	{ 3, RANGE_ERR_AMBIGUOUS, "2.0..3.1", 0, 3, "2.0.0..3.1.0" },
	{ 3, RANGE_ERR_AMBIGUOUS, "2.0.1..2.4", 7, 3, "2.0.1..2.4.0" },
	{ 3, RANGE_ERR_AMBIGUOUS, "2.4..2.0", 0, 3, "" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "1.2.3.4.5", 6, 3, "" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.1.*", 6, 1, "2.0.1" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.<2,3>.*", 10, 1, "2.0.<2,3>" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.2.<1,2>", 6, 5, "" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.2.x", 6, 1, "" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.2.1+", 6, 1, "" },
	{ 3, RANGE_ERR_TOO_MANY_PARTS, "2.0.2..2.0.4.5", 13, 1, "" },
	{ 1, RANGE_ERR_TOO_MANY_PARTS, "2.*", 2, 1, "2" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "2.0.4294967295", 4, 10, "" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "4294967295.0.1", 0, 10, "" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "2.4294967296+", 2, 10, "" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "2.0.<1,18446744073709551617>", 7, 20, "" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "2.0.<1..4294967295>", 8, 10, "" },
	{ 3, RANGE_ERR_PART_TOO_LARGE, "2.0.1..2.0.99999999999999999999999999999999", 11,
		32, "" },
	/* order and place */
	{ 3, RANGE_ERR_REVERSED, "2.0.4..2.0.2", 0, 12, "2.0.2..2.0.4" },
	{ 3, RANGE_ERR_REVERSED, "2.0.1, 3.0.0..2.9.9", 7, 12, "2.9.9..3.0.0" },
	{ 3, RANGE_ERR_REVERSED, "2.<5 .. 3, 7>.*", 3, 6, "2.<3..5, 7>.*" },
	{ 3, RANGE_ERR_EMPTY_LIST, "2.< >.*", 2, 3, "" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "<0,1>", 0, 5, "<0,1>.*" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "2.<0,1>.3", 2, 5, "" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "2.<0,1>.<3>", 2, 5, "" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "<1>.2.<3>", 0, 3, "" },
	{ 3, RANGE_ERR_LIST_NOT_LAST, "2.{0,1}", 2, 5, "2.<0,1>.*" },
	{ 3, RANGE_ERR_STAR_NOT_LAST, "2.*.3", 2, 1, "" },
	{ 3, RANGE_ERR_STAR_NOT_LAST, "2.*.*", 2, 1, "2.*" },
	{ 3, RANGE_ERR_STAR_NOT_LAST, "*.*.*", 0, 1, "*" },
	{ 3, RANGE_ERR_STAR_NOT_LAST, "*.<1,2>", 0, 1, "" },
	/* blanks */
	{ 3, RANGE_ERR_BLANK, "2. 0.1", 2, 1, "2.0.1" },
	{ 3, RANGE_ERR_BLANK, "2.0 .1", 3, 1, "2.0.1" },
	{ 3, RANGE_ERR_BLANK, "2.1 +", 3, 1, "2.1+" },
	{ 3, RANGE_ERR_BLANK, "2.0.2 .. 2.0.4", 5, 1, "2.0.2..2.0.4" },
	{ 3, RANGE_ERR_BLANK, "2.0.2..  2.0.4, 3.0.1", 7, 2, "2.0.2..2.0.4" },
	{ 3, RANGE_ERR_BLANK, "2.0.2 - 2.0.4 except 2.0.3", 5, 1, "2.0.2..2.0.4" },
	{ 3, RANGE_ERR_BLANK, "2.0.1 2.0.2", 5, 1, "2.0.1, 2.0.2" },
	{ 3, RANGE_ERR_BLANK, "2.0.1   2.0.2 2.0.3", 5, 3, "2.0.1, 2.0.2" },
	{ 3, RANGE_ERR_BLANK, "2.0.1 except2.0.2", 5, 1, "" },
	/* except */
	{ 3, RANGE_ERR_EXCEPT, "2.1+ except", 5, 6, "" },
	{ 3, RANGE_ERR_EXCEPT, "2.1+ except  ", 5, 6, "" },
	{ 3, RANGE_ERR_EXCEPT, "except 2.1+", 0, 6, "" },
	{ 3, RANGE_ERR_EXCEPT, "2.1+, except 2.1.7", 6, 6, "" },
	{ 3, RANGE_ERR_EXCEPT_TWICE, "2.1+ except except 2.1.7", 12, 6, "" },
	{ 3, RANGE_ERR_EXCEPT_TWICE, "2.1+ except 2.1.7 except 2.1.8", 18, 6, "" },
	{ 3, RANGE_ERR_EMPTY, "2.1+ except ,2.1.7", 12, 0, "" },
	{ 3, RANGE_ERR_EMPTY, "2.1+ except 2.1.7,", 18, 0, "" },
};

static struct arena arena;

static void test_good(void)
{
	static char got[8192], again[8192];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		const struct good *t = &good[i];
		struct version_spec f = { t->parts, t->major };
		struct ranges r, back;
		struct range_error e;
		int k = range_parse(&arena, str_from(t->text), f, RANGE_POLICY, &r, &e);

		if (!t->means) {
			is_int(k, -EINVAL, "no range: %s", t->text);
			continue;
		}
		is_str(k == 0 ? show(r, f.parts, got, sizeof(got))
			      : range_error_text(e.code),
			t->means, "%u/%u: %s", f.parts, f.major, t->text);
		if (k != 0) {
			r = RANGES_NONE;
			back = r;
		}
		show_policy(r, f, again, sizeof(again));
		if (t->policy)
			is_str(again, t->policy, "%u/%u: %s in a policy", f.parts,
				f.major, t->text);
		if (k == 0)
			back = must_parse(&arena, again, f, RANGE_POLICY);
		ok(ranges_equal(r, back) && ranges_valid(r, (enum line_kind)f.parts),
			"%u/%u: %s is read back", f.parts, f.major, again);
		if (k == 0)
			back = must_parse(&arena, got, f, RANGE_ANY);
		ok(ranges_equal(r, back), "%u/%u: %s is read back", f.parts, f.major,
			got);
	}
}

static size_t good_lines(void)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		n += !good[i].means ? 1 : good[i].policy ? 4 : 3;
	return n;
}

static void test_foreign(void)
{
	static char got[1024];

	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		const struct foreign *t = &foreign[i];
		struct version_spec f = { t->parts, 1 };
		struct range_error e = { 0 };
		struct ranges r = RANGES_NONE;
		int k = range_parse(&arena, str_from(t->text), f, RANGE_ANY, &r, &e);

		is_str(k == 0 ? show(r, f.parts, got, sizeof(got))
			      : range_error_text(e.code),
			t->means, "read outside of policies: %s", t->text);
		k = range_parse(&arena, str_from(t->text), f, RANGE_POLICY, &r, &e);
		ok(k == -EINVAL && error_is(&e, t->code, (size_t)t->at, (size_t)t->len,
					   t->hint),
			"not in a policy: %s", t->text);
	}
}

/* Splits off what stands before " or ". */
static struct str next_hint(struct str *rest)
{
	struct str all = *rest;
	size_t i;

	for (i = 0; i + 4 <= all.n; i++)
		if (memcmp(all.p + i, " or ", 4) == 0) {
			*rest = str_sub(all, i + 4, all.n);
			return str_sub(all, 0, i);
		}
	*rest = (struct str){ 0 };
	return all;
}

static void test_bad(void)
{
	bool seen[RANGE_ERR_MAX_] = {
		[RANGE_ERR_FOREIGN] = true, [RANGE_ERR_TOO_MANY] = true
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct bad *t = &bad[i];
		struct version_spec f = { t->parts, 1 };
		struct ranges r = { NULL, 77 };

		for (int d = RANGE_POLICY; d <= RANGE_ANY; d++) {
			struct range_error e = { 0 }, ignored;
			int k = range_parse(&arena, str_from(t->text), f,
				(enum range_dialect)d, &r, &e);
			bool held = k == -EINVAL && r.n == 77 &&
				    error_is(&e, t->code, t->at, t->len, t->hint);

			/* Whatever is suggested is right. */
			for (struct str rest = e.hint; rest.n > 0;) {
				struct str one = next_hint(&rest);

				held = held &&
				       range_parse(&arena, one, f, RANGE_POLICY,
					       &(struct ranges){ 0 }, &ignored) == 0;
			}
			ok(held, "%s: '%s'", d == RANGE_POLICY ? "policy" : "any",
				t->text);
		}
		seen[t->code] = true;
	}
	for (int c = RANGE_OK + 1; c < RANGE_ERR_MAX_; c++)
		ok(seen[c] && range_error_text((enum range_error_code)c)[0],
			"error %d is tried", c);
}

/*
 * Texts of this file with some bytes changed, each in memory of its own size: what is
 * read is in normal form and means the same in both dialects, what is not has its place
 * inside of the text and no suggestion that is wrong too.
 */
static void test_noise(void)
{
	static const char byte[] = "0123456789..,<>{}+-*[) exnot\n\0\xff";
	size_t wrong = 0, taken = 0;
	uint64_t seed = 0x853c49e6748fea9bu;

	for (unsigned round = 0; round < 60000; round++) {
		const char *from = round % 3 ? bad[round % ARRAY_SIZE(bad)].text
					     : good[round % ARRAY_SIZE(good)].text;
		struct version_spec f = { 1 + round % 4, 1 };
		struct arena_mark m = arena_mark(&arena);
		struct range_error e = { 0 }, ignored = { 0 };
		struct ranges any = RANGES_NONE, policy = RANGES_NONE;
		size_t n = strlen(from);
		char *p = malloc(n ? n : 1);
		struct str text = { p, n };
		int k, k_policy;

		if (!p)
			bail_out("no memory");
		memcpy(p, from, n);
		for (unsigned i = 0; n > 0 && i <= round % 4; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			p[(seed >> 33) % n] = byte[(seed >> 40) % (sizeof(byte) - 1)];
		}
		text.n = n - (n > 0 && round % 5 == 0);
		k = range_parse(&arena, text, f, RANGE_ANY, &any, &ignored);
		k_policy = range_parse(&arena, text, f, RANGE_POLICY, &policy, &e);
		wrong += (k != 0 && k != -EINVAL) ||
			 (k_policy != 0 && k_policy != -EINVAL);
		if (k == 0)
			wrong += !ranges_valid(any, (enum line_kind)f.parts);
		if (k_policy == 0)
			wrong += k != 0 || !ranges_equal(any, policy);
		else
			wrong += e.code == RANGE_OK || e.at + e.len > text.n;
		taken += k == 0;
		for (struct str rest = e.hint; k_policy != 0 && rest.n > 0;)
			wrong += range_parse(&arena, next_hint(&rest), f, RANGE_POLICY,
					 &policy, &ignored) != 0;
		k = version_parse(&arena, text, f, false, &(struct key){ 0 }, &ignored);
		wrong += k != 0 && (k != -EINVAL || ignored.at + ignored.len > text.n);
		free(p);
		arena_rewind(&arena, m);
	}
	is_int(wrong, 0, "noise");
	ok(taken > 1000, "of which some can be read: %zu", taken);
}

int main(void)
{
	plan((unsigned)(good_lines() + 2 * ARRAY_SIZE(foreign) + 2 * ARRAY_SIZE(bad) +
			RANGE_ERR_MAX_ - 1 + 2));
	arena_init(&arena, 64 << 20);
	test_good();
	test_foreign();
	test_bad();
	test_noise();
	arena_release(&arena);
	return done_testing();
}
