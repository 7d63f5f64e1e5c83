"""Prints every '@unchecked Sendable' and 'nonisolated(unsafe)' without a comment just above it."""

import pathlib

for path in sorted(pathlib.Path("Sources").rglob("*.swift")):
    lines = path.read_text().splitlines()
    for index, line in enumerate(lines):
        code = line.split("//")[0]
        if "@unchecked Sendable" not in code and "nonisolated(unsafe)" not in code:
            continue
        above = index - 1
        while above >= 0 and lines[above].strip().startswith("@"):
            above -= 1
        if above < 0 or not lines[above].strip().startswith("//"):
            print(f"{path}:{index + 1}: {line.strip()}")
