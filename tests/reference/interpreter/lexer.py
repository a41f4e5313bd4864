# SPDX-License-Identifier: LGPL-2.1-or-later
"""LEXICAL RULES: how the text of a policy falls into words, strings and signs."""

import re
from collections import namedtuple

from errors import Refused

# kind: "word", "string" (text is without quotes), "sym"; ranged: has <...>, .*, or + or * at its end
Token = namedtuple("Token", "kind text start end line ranged")

MAX_FILE = 1 << 20
MAX_WORD = 4096
MAX_NEST = 64

FOREIGN = re.compile(r"[^\t\n\x20-\x7e]")
BLANK = re.compile(r"[ \t\n]+")
COMMENT = re.compile(r"#[^\n]*")
STRING = re.compile(r'"((?:[^"\\\n\t]|\\["\\])*)"')
FIRST = re.compile(r"[A-Za-z0-9_]|-(?=[0-9])|(?=<[0-9., ]*>)")
BODY = re.compile(r"[A-Za-z0-9_.:-]*")
ANGLE = re.compile(r"<[0-9., ]*>")
SIGN = re.compile(r"==|<=|>=|[{}(),;:=+*/-]")
OPERATOR_BEFORE = re.compile(r'[A-Za-z0-9_"{}()]')

NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?\Z")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
PLAIN = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_])?\Z")
WORDCHARS = re.compile(r"[A-Za-z0-9_.:-]+\Z")
NUMBER = re.compile(r"[0-9]+\Z")


def fail(message, line):
    raise Refused(message, "syntax", line)


def word_end(text, start):
    """Where the word that begins at start ends, and whether it is a range."""
    at = BODY.match(text, FIRST.match(text, start).end()).end()
    ranged = False
    while at < len(text) and (text[at - 1] == "." or at == start):
        angle = ANGLE.match(text, at)
        if angle:
            at = angle.end()
        elif text[at] == "*" and not OPERATOR_BEFORE.match(text, at + 1):
            at += 1
        else:
            break
        ranged = True
        at = BODY.match(text, at).end()
    if text[at - 1] == ":":
        while text[at - 1] == ":":
            at -= 1
        return at, ranged
    if at < len(text) and text[at] in "+*" and not OPERATOR_BEFORE.match(text, at + 1):
        return at + 1, True
    return at, ranged


def tokens(text):
    """All tokens of a policy text."""
    if len(text) > MAX_FILE:
        raise Refused("the file is longer than 1 MiB", "syntax")
    foreign = FOREIGN.search(text)
    if foreign:
        fail("a byte that is not printable", text.count("\n", 0, foreign.start()) + 1)
    found = []
    at, line, depth = 0, 1, 0
    while at < len(text):
        match = BLANK.match(text, at)
        if match:
            line += match.group().count("\n")
            at = match.end()
            continue
        char = text[at]
        if char == "#":
            at = COMMENT.match(text, at).end()
            if at >= len(text):
                fail("a comment that no newline ends", line)
            continue
        if char == '"':
            match = STRING.match(text, at)
            if not match:
                fail("a string that does not end on its line, or with a tab or a wrong backslash", line)
            inner = re.sub(r"\\(.)", r"\1", match.group(1))
            if len(inner) > MAX_WORD:
                fail("a string of more than 4096 bytes", line)
            found.append(Token("string", inner, at, match.end(), line, False))
            at = match.end()
            continue
        if found and found[-1][:2] == ("sym", "}") and found[-1].end == at \
                and BODY.match(text, at).end() > at and not FIRST.match(text, at):
            end = BODY.match(text, at).end()        # text behind a hole of a template
            found.append(Token("word", text[at:end], at, end, line, False))
            at = end
            continue
        if FIRST.match(text, at):
            end, ranged = word_end(text, at)
            if end - at > MAX_WORD:
                fail("a word of more than 4096 bytes", line)
            found.append(Token("word", text[at:end], at, end, line, ranged))
            at = end
            continue
        match = SIGN.match(text, at)
        if match:
            sign = match.group()
            if sign in ("{", "("):
                depth += 1
                if depth > MAX_NEST:
                    fail("nested more than 64 deep", line)
            elif sign in ("}", ")"):
                depth -= 1
            found.append(Token("sym", sign, at, match.end(), line, False))
            at = match.end()
            continue
        fail("%r has no meaning here" % char, line)
    return found


def is_name(text):
    return NAME.match(text) is not None


def is_variable(text):
    return VARIABLE.match(text) is not None
