"""Reads plists, one JSON text a line on stdin; answers one JSON value a line: what is in it, or {"refused": why}."""

import json
import plistlib
import sys

for line in sys.stdin:
    try:
        value = plistlib.loads(json.loads(line).encode("utf-8"), fmt=plistlib.FMT_XML)
    except Exception as error:  # any refusal is an answer
        value = {"refused": repr(error)}
    print(json.dumps(value))
