# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random types with small pools of texts for them: facts that parse, facts that do not, and the
spellings of constants.
"""
# Words of the language: good names and values, and so easily mistaken.
KEYWORDS = frozenset(
    """absent accept any applies as attribute because but claim const default disjoint driver
    dynamic except expect fallback field format from hex in key language local major migratable
    narrows not-newer of offer order policy present refuse revision rule same separator size source
    speaks subset superset target test type vendor when""".split())

BOOLS = ("yes", "no", "1", "0", "On", "FALSE", "y", "n", "true", "off")


class Kind:
    """A type with its options, texts of facts (good ones, bad ones) and spellings of constants."""

    def __init__(self, tag, type_, options="", good=(), bad=(), constants=(), ranges=()):
        self.tag, self.type, self.options = tag, type_, options
        self.good, self.bad = list(good), list(bad)
        self.constants, self.ranges = list(constants), list(ranges)
        self.identity = tag
        self.computable = self.hex = False


def quote(word):
    return '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"')


class Kinds:
    def __init__(self, rng):
        self.rng = rng
        self.pick = rng.choice

    def chance(self, p):
        return self.rng.random() < p

    def few(self, things, most):
        return self.rng.sample(things, min(len(things), self.rng.randint(1, most)))

    def string(self):
        pool = self.rng.sample(["a", "b", "p1", "p2", "1", "2", "x y", "", 'q"\\z', "10de:1eb8"] +
                               sorted(KEYWORDS), 4)
        k = Kind("string", "string", good=pool, bad=["\x01", "a\tb"])
        k.constants = [w if w and all(c.isalnum() or c in "-:" for c in w) and w != "absent" and
                       self.chance(0.8) else quote(w) for w in pool]
        return k

    def enum(self):
        words = self.rng.sample(["a", "b", "p1", "p2", "x y", "2.5"] + sorted(KEYWORDS), 3)
        spelt = [quote(w) if " " in w or w == "absent" or self.chance(0.2) else w for w in words]
        k = Kind("string", "enum { %s }" % ", ".join(spelt), good=words, bad=["zz", words[0] + " "],
                 constants=spelt)
        return k

    def bool(self):
        return Kind("bool", "bool", good=BOOLS, bad=["2", "", "yess"], constants=BOOLS)

    def int(self):
        r = self.rng.randrange(4)
        if r == 0:
            k = Kind("int", "int 0..4", good="0 1 2 3 4 02".split(), bad="5 -1 x 0x1".split(),
                     constants="0 1 2 3 4".split(), ranges=["0..2", "3..4", "1..1"])
            k.computable = True
        elif r == 1:
            k = Kind("int", "int", good=["-3", "0", "1", "2", "9223372036854775807"],
                     bad=["", "1 ", "+1", "9223372036854775808"],
                     constants=["-3", "0", "1", "2", "-9223372036854775808"], ranges=["-3..1", "1..5"])
        elif r == 2:
            k = Kind("int", "int", "hex 0x0..1f", good=["0", "1", "0x10", "1F", "0X2"],
                     bad=["20", "-1", "0x", "g"], constants=["0", "1", "10", "0x1f", "1F", "2"],
                     ranges=["0..1", "0x2..1f"])
            k.computable, k.hex = True, True
        else:
            k = Kind("int", "int", "size", good=["1K", "1024", "2KB", "1MiB", "1G"],
                     bad=["1k", "1Ki", "5B", "K"], constants=["1K", "2048", "1M", "1GiB"],
                     ranges=["1K..1M", "0..2047"])
        return k

    def pci_id(self):
        return Kind("pci-id", "pci-id", good=["10de:1eb8", "0x10DE:0x1eb8", "8086:591d", "8086:0x591e"],
                    bad=["10de:1eb", "10de", "10de:1eb8:1", "10de-1eb8"],
                    constants=["10de:1eb8", "8086:591D", '"8086:591e"', "0x10de:1eb8"])

    def version(self, listed=False):
        n = self.pick((1, 2, 3, 3, 4))
        major = self.pick((1, 1, self.rng.randint(1, n)))
        k = Kind("version", "version%s(%d)" % ("s" if listed else "", n),
                 "major %d" % major if self.chance(0.4) or major > 1 else "")
        k.identity = "version", n

        def parts(m):
            return [str(self.pick((0, 0, 1, 1, 2, 3, 4294967294 if self.chance(0.1) else 1)))
                    for _ in range(m)]

        def full():
            return ".".join(parts(n))

        def prefix(m):
            return "".join(p + "." for p in parts(m))

        def alternatives():
            return ",".join(self.pick(("0", "1", "2", "1..2", "0..1", "2..", "1..4294967294"))
                            for _ in range(self.rng.randint(1, 3)))

        def item():
            r = self.rng.randrange(7)
            if r == 0:
                return full()
            if r == 1:
                a, b = sorted((parts(n), parts(n)), key=lambda p: [int(x) for x in p])
                return ".".join(a) + ".." + ".".join(b)
            if r == 2:
                return ".".join(parts(self.rng.randint(1, n))) + "+"
            if r == 3:
                return prefix(self.rng.randint(0, n - 1)) + "*"
            if r == 4:
                return prefix(n - 1) + "<%s>" % alternatives()
            if r == 5 and n > 1:
                return prefix(self.rng.randint(0, n - 2)) + "<%s>.*" % alternatives()
            return self.pick(("*", "none", full()))

        versions = [full() for _ in range(4)]
        if listed:
            def foreign(text):
                text = text.replace("<", "{").replace(">", "}") if self.chance(0.3) else text
                return text[:-1] + "-" if text.endswith("+") and self.chance(0.3) else text
            k.good = [",".join(foreign(item()) for _ in range(self.rng.randint(1, 3)))
                      for _ in range(3)] + [item() + " except " + item(), "-".join(versions[:1] * 2)]
            k.bad = ["", "1..", "x", full() + "," , "a except b", "1.2.3.4.5"]
            k.constants = [item() for _ in range(3)]
            return k
        k.good = versions[:3] + [".".join(parts(self.rng.randint(1, n))), "0" + versions[3]]
        k.bad = ["", "1.", "1.2.3.4.5", "4294967295", "1-rc", ".1"]
        k.constants = versions
        k.ranges = [item() for _ in range(5)]
        return k

    def set(self):
        r = self.rng.randrange(5)
        words = ["p", "q", "r", "s"]
        if r == 0:
            k = Kind("set", "set", good=["", "p", "p q", "q\tp", "p q r", "r  p\np"], bad=["p \x7f"])
        elif r == 1:
            k = Kind("set", 'set { p, q, "r", s }', good=["p", "p q", "s q p", ""], bad=["p x"])
        elif r == 2:
            sep = self.pick(("+", ", ", "|", "::"))
            k = Kind("set", "set", "separator " + quote(sep),
                     good=["p", sep.join("pq"), " q " + sep + sep + "p", sep.join("prs"), ""],
                     bad=["p\tq", "p\nq"])
        elif r == 3:
            field = self.rng.randint(1, 3)
            filler = [("u.%s.w", "u.%s"), ("%s.v", "%s"), ("t.u.%s", "t.u.%s.w")][
                {2: 0, 1: 1, 3: 2}[field]]

            def word(w):
                return self.pick(filler) % w
            k = Kind("set", "set", 'field %d of "."' % field,
                     good=[" ".join(word(w) for w in "pq"), word("p"), word("q") + " " + word(""), "",
                           " ".join(word(w) for w in "prs")],
                     bad=["..", "p"] if field > 1 else ["p \x02"])
            if field > 1:
                k.bad = ["p"]
        else:
            k = Kind("set", "set { p, q, r, s }", 'separator "," field 2 of "="',
                     good=["a=p", "a=p,b=q", "a=p=x, b=r,c=q", ""], bad=["p", "a=p,b=z"])
        k.constants = ["{ }"] + ["{ %s }" % ", ".join(self.rng.sample(words, n)) for n in (1, 1, 2, 2, 3)]
        if self.chance(0.3):
            k.constants.append('{"p",q}')
        return k

    def mask(self):
        n = self.pick((1, 3, 4, 8, 10, 33, 64, 100) if self.chance(0.9) else (256,))
        bits, msb = self.chance(0.3) and n <= 64, self.chance(0.4)
        options = []
        if bits or self.chance(0.3):
            options.append("format " + ("bits" if bits else "hex"))
        if msb or self.chance(0.3):
            options.append("order " + ("msb" if msb else "lsb"))
        self.rng.shuffle(options)
        width = 1 if bits else 4
        digits = (n + width - 1) // width
        k = Kind("mask", "mask(%d)" % n, " ".join(options))
        k.identity = "mask", n

        def row():
            # Digits whose bits are all within N, whatever the order.
            text = "".join(self.pick("01" if bits else "0137f") for _ in range(digits))
            if n % width:
                text = self.pick("01") + text[1:] if not msb else text[:-1] + self.pick("08")
                if n % width == 1 and not msb:
                    text = self.pick("01") + text[1:]
            return text

        def spelling(text):
            if bits:
                return text
            if len(text) > 8 and self.chance(0.6):
                head = len(text) % 8
                groups = [text[:head]] if head else []
                groups += [text[i:i + 8] for i in range(head, len(text), 8)]
                text = ",".join(groups)
            elif not msb and self.chance(0.2):
                text = text.lstrip("0") or "0"
            return ("0x" if self.chance(0.3) else "") + (text.upper() if self.chance(0.1) else text)

        rows = [row() for _ in range(4)]
        k.good = [spelling(r) for r in rows]
        k.bad = ["", "g", "0x", rows[0] + ",", ",00000000", "1" + "f" * digits if not bits else
                 "1" * (n + 1), "1,0000000", "123456789,00000000", "1,22222222222222222"]
        k.constants = rows + [self.bit_set(n) for _ in range(3)]
        return k

    def bit_set(self, n):
        out = []
        for _ in range(self.rng.randint(1, 3)):
            low = self.rng.randrange(n)
            high = min(n - 1, low + self.rng.randrange(5))
            out.append("%d..%d" % (low, high) if high > low or self.chance(0.2) else str(low))
        return "{ %s }" % ", ".join(out)
