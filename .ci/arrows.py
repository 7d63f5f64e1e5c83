"""Prints every import of one of our modules that the package does not declare, and every declared
dependency that leads up the stairs or along a floor."""

import json
import pathlib
import re
import subprocess

FLOORS = [
    {"CCurl", "CLibYAML", "CLinux", "CPostgres"},
    {"Threads", "TradingTime"},
    {"Postgres", "HTTPClient", "YAML", "Jobs", "Desk"},
    {"JobStore", "DeskStore"},
    {"JobFiles", "Runner", "Reports", "Sharekhan"},
    {"DeskUnits", "StatusServer"},
    {"Demo"},
    {"muhurat"},
]
# Beside the house: the broker's other side of the wire, and what is not shipped.
BESIDE = {"SharekhanSimulator": {"TradingTime", "Desk"},
          "sharekhan-simulator": {"SharekhanSimulator", "TradingTime", "Threads"}}
PURE = {"Jobs": {"TradingTime"}, "Desk": {"TradingTime"}, "TradingTime": set()}
# The wings meet only where DESIGN says so.
RUNNER_WING = {"JobFiles", "Runner", "JobStore", "Jobs"}
DESK_WING = {"Reports", "Sharekhan", "DeskStore", "Desk"}

IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:package |internal |private |fileprivate |public )?import "
    r"(?:struct |class |enum |protocol |func |let |var )?(\w+)", re.M)

package = json.loads(subprocess.run(
    ["swift", "package", "describe", "--type", "json"], check=True, capture_output=True).stdout)
targets = {t["name"]: t for t in package["targets"]}
floor = {name: height for height, names in enumerate(FLOORS) for name in names}

for name, target in sorted(targets.items()):
    declared = set(target.get("target_dependencies", []))
    if target["type"] != "system-target":
        for source in target["sources"]:
            path = pathlib.Path(target["path"]) / source
            for module in IMPORT.findall(path.read_text()):
                if module in targets and module != name and module not in declared:
                    print(f"{path}: imports {module}, which {name} does not declare")
    if name in BESIDE and not declared <= BESIDE[name]:
        print(f"{name}: depends on {sorted(declared - BESIDE[name])}")
    if name in PURE and not declared <= PURE[name]:
        print(f"{name}: must stay pure, depends on {sorted(declared - PURE[name])}")
    if name in floor:
        for other in declared & set(floor):
            if floor[other] >= floor[name]:
                print(f"{name}: depends on {other}, which is not below it")
        if name in RUNNER_WING and declared & DESK_WING:
            print(f"{name}: the runner's wing depends on the desk's: {sorted(declared & DESK_WING)}")
        if name in DESK_WING and declared & RUNNER_WING:
            print(f"{name}: the desk's wing depends on the runner's: {sorted(declared & RUNNER_WING)}")
