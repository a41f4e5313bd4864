# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two ways in which something can be wrong: a policy is refused, or a text is no value of its type."""


class Refused(Exception):
    """A policy text is not legal.  reason is "syntax", "meaning" or "claims"."""

    def __init__(self, message, reason="meaning", line=None):
        if line is not None:
            message = "line %d: %s" % (line, message)
        super().__init__(message)
        self.reason = reason
        self.line = line


class BadValue(Exception):
    """A text does not spell a value of the type, or the value lies outside of the domain."""
