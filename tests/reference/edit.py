# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small changes of policy texts, most of which make them wrong."""
import re

SPARE = ["any", "self", "self.type", "source.a1", "0", "4294967295", "1..2", "*", "+", "none", "{", "}", "(",
         ")", ";", ",", "==", "<=", "in", "except", "d-{n: 1, 2}", "{n}", "{ p, q }", '"x"', "yes",
         "absent", "type", "but", "1.0", "2.1+", "<1,2>", "-", "/", "a1", "when", "from", "default", "same"]
EDITABLE = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.:<>*+-]*\{[a-z_0-9]+(?::[^{}]*)?\}[A-Za-z0-9_{}-]*|'
                      r"[A-Za-z0-9_.:<>*-]+|==|<=|>=|\S|\s+")


def edited(rng, text):
    """One or two tokens less, more, changed or exchanged, or a byte."""
    if rng.random() < 0.15:
        at = rng.randrange(len(text))
        return text[:at] + rng.choice(("", "", "x", "{", "}", ";", " ", "0")) + text[at + 1:]
    words = EDITABLE.findall(text)
    solid = [i for i, w in enumerate(words) if not w.isspace()]
    before = {b: words[a] for a, b in zip(solid, solid[1:])}
    for _ in range(rng.choice((1, 1, 2))):
        i, k = rng.choice(solid), rng.choice(solid)
        if rng.random() < 0.7:
            i = rng.choice([j for j in solid[1:] if words[j][-1:].isalnum()] or solid)
            # What stands behind the same word elsewhere: mistakes of meaning, not of form.
            alike = [j for j in solid[1:] if before[j] == before.get(i) and words[j] != words[i]]
            words[i] = words[rng.choice(alike)] if alike else words[k]
            continue
        r = rng.random()
        if r < 0.2:
            words[i] = ""
        elif r < 0.4:
            words[i] = words[i] + " " + words[k]
        elif r < 0.65:
            words[i] = words[k]
        elif r < 0.85:
            words[i] = rng.choice(SPARE)
        else:
            words[i], words[k] = words[k], words[i]
    return "".join(words)
