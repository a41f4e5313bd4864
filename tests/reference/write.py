# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes random policies into files, for tests that need many of them.

usage: write.py FOLDER SEED POLICIES
"""
import os
import random
import sys

import generate


def main(folder, seed, wanted):
    written = number = 0
    while written < wanted:
        made = generate.Generator(random.Random("%s/%d" % (seed, number)))
        number += 1
        for text, _ in made.case(0)[0]:
            with open(os.path.join(folder, "%06d.policy" % written), "w", encoding="latin-1") as f:
                f.write(text)
            written += 1


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
