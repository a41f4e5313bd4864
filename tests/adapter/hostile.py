# SPDX-License-Identifier: LGPL-2.1-or-later
"""Damages the files of a host's device, a few bytes at a time, and compares what helper and command line
say of it each time. hostile.py SEED ROUNDS MDEVCOMPAT HELPER ROOT SUBJECT DEVPATH FOLDER..."""
import json
import os
import random
import subprocess
import sys

seed, rounds, tool, helper, root, subject, devpath = sys.argv[1:8]
rng = random.Random(seed)
PIECES = [bytes([c]) for c in range(256)] + [
    b"{v:int:1,2}", b"\\u0041", b"\\u0000", b"\n\n", b"COMPATIBLE:", b"SELF:", b"9" * 30, b"\xc3\xa9", b"A" * 3000,
    b"[" * 20, b'""', b"..", b"speaks", b"type"]
files = sorted(os.path.join(d, n) for top in sys.argv[8:] for d, _, names in os.walk(top) for n in names
               if n != "uevent" and not os.path.islink(os.path.join(d, n)))
texts = {f: open(f, "rb").read() for f in files}


def run(*args, **more):
    p = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")


def damaged(text):
    b = bytearray(text)
    for _ in range(rng.randint(1, 3)):
        at, piece = rng.randrange(len(b) + 1), rng.choice(PIECES)
        b[at:at + rng.randint(0, 1)] = piece
    return bytes(b[:rng.randrange(len(b) + 1)] if rng.random() < 0.1 else b)


def trouble():
    """What is wrong with the files as they are now, or None."""
    code, out, _ = run(helper, "--root", root, "--deadline", "60000", env={"DEVPATH": devpath})
    if code:
        return "the helper's code is %d" % code
    said = dict(line.split("=", 1) for line in out.splitlines())
    code, out, err = run(tool, "--root", root, "--json", "info", subject)
    if code not in (0, 4):
        return "info: %d %s" % (code, err)
    j = json.loads(out)
    if "/" in subject:
        name = "MDEV_COMPAT_FP_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in subject.split("/")[1])
        want = j["fingerprint"] or "unknown:" + j["status"]
        if said[name] != want and not said[name].startswith(want + ":"):
            return "%s, and info has %s" % (said[name], want)
    else:
        status = "descriptor-long" if j["descriptor"] and len(j["descriptor"]) > 2048 else j["status"]
        want = status, j["fingerprint"] or "", ",".join(j["claims"])
        have = tuple(said.get("MDEV_COMPAT_" + k, "") for k in ("STATUS", "FINGERPRINT", "CLAIMS"))
        if have != want:
            return "%s, and info has %s" % (have, want)
    if j["fingerprint"]:
        code, _, err = run(tool, "--root", root, "match", j["descriptor"], j["descriptor"])
        if (code == 0) != j["fingerprint"].startswith("mc1-") or code not in (0, 1):
            return "its descriptor says %d: %s" % (code, err)
    return None


ok = 0
for number in range(int(rounds)):
    changed = {f: damaged(texts[f]) for f in rng.sample(files, min(len(files), rng.randint(1, 2)))}
    for f, text in changed.items():
        with open(f, "wb") as out:
            out.write(text)
    what = trouble()
    if what:
        print("seed %s, round %d: %s" % (seed, number, what))
        for f, text in changed.items():
            print("%s: %r" % (f, text))
        sys.exit(1)
    for f in changed:
        with open(f, "wb") as out:
            out.write(texts[f])
