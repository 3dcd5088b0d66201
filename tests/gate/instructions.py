#!/usr/bin/env python3
"""Instructions that one media tick and one turn execute, against a record.

    instructions.py check BUILD    more than 3 % above the record: 1; no record for this CPU model
                                   and this build: says so, 77
    instructions.py record BUILD   counts, and writes bench/records/instructions.json

Wall clock is too noisy for a gate and CPU time not much better; callgrind's count of the same
work is the same to a few in a million. It depends on the CPU model (the C library picks its
routines by it), the compiler and its flags, so each combination has a record of its own. Library
versions are noted beside it: who upgrades one sees why a count moved.
"""
import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ABOVE_MAX_PERCENT = 3
SKIPPED = 77  # SKIP_RETURN_CODE of the ctest entry
RUN_MAX_S = 100
RECORDS = Path(__file__).resolve().parents[2] / "bench/records/instructions.json"

# Name -> (test case of gate_instructions, how often it does it; as its constants say).
COUNTED = {
    "media_tick": ("media_ticks", 1_000),
    "turn": ("turns", 8),
}


class CannotCount(Exception):
    """Why there is no figure, in words."""


def cpu_model(text):
    """"AMD EPYC, family 25, model 1" out of /proc/cpuinfo."""
    fields = dict(re.findall(r"^([a-z_ ]+?)\s*: (.*)$", text.split("\n\n")[0], re.M))
    name = fields.get("model name")
    if not name:
        return platform.machine() or "unknown"
    return f"{name}, family {fields.get('cpu family', '?')}, model {fields.get('model', '?')}"


def collected(callgrind_out):
    """The instructions in the text of a callgrind.out file; 0 when nothing was collected."""
    found = re.search(r"^(?:summary|totals): (\d+)", callgrind_out, re.M)
    return int(found.group(1)) if found else 0


def verdict(counted, record):
    """Lines to print, and whether one is too far above what is recorded."""
    lines, failed = [], False
    for name, now in counted.items():
        then = record.get(name)
        if not then:
            lines.append(f"{name}: {now:,} instructions, and the record has none: FAILED")
            failed = True
            continue
        change = now / then - 1
        word = "ok"
        if 100 * now > (100 + ABOVE_MAX_PERCENT) * then:
            word, failed = f"FAILED, more than {ABOVE_MAX_PERCENT} % above", True
        elif 100 * now < (100 - ABOVE_MAX_PERCENT) * then:
            word = "ok; worth a new record (./dev record)"
        lines.append(f"{name}: {now:,} instructions, recorded {then:,}: {change:+.2%} {word}")
    return lines, failed


def versions():
    """Of what executes most of the instructions that are not ours."""
    told = {}
    try:
        out = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", "libc6", "libcaf-core0.17",
             "libwebrtc-audio-processing1", "libspeexdsp1", "valgrind"],
            capture_output=True, text=True).stdout
        told = dict(line.split(" ", 1) for line in out.splitlines() if " " in line)
    except OSError:
        pass
    return told


def count(build, name):
    case, times = COUNTED[name]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        # As little of the surroundings as possible: they lie on the stack of what is counted.
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=counted_work",
             f"--callgrind-out-file={out}", str(build / "gate_instructions"), f"--run_test={case}"],
            capture_output=True, text=True, timeout=RUN_MAX_S, cwd=folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
        if run.returncode != 0:
            sys.exit(f"{case} failed under callgrind:\n{run.stdout}{run.stderr}")
        total = collected(out.read_text())
    if total == 0:
        sys.exit(f"callgrind collected nothing of {case}")
    return round(total / times)


def count_all(build):
    if not (build / "gate_instructions").exists():
        sys.exit(f"{build}/gate_instructions is not built")
    try:
        subprocess.run(["valgrind", "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise CannotCount("valgrind is not installed (Debian: valgrind)") from None
    return {name: count(build, name) for name in COUNTED}


def read_records():
    return json.loads(RECORDS.read_text()) if RECORDS.exists() else {}


def check(build, cpu, posture):
    record = read_records().get(cpu, {}).get(posture)
    if record is None:
        raise CannotCount(f"no record for the CPU model \"{cpu}\" and the build \"{posture}\" in "
                          f"bench/records/{RECORDS.name}; ./dev record makes one")
    lines, failed = verdict(count_all(build), record["instructions"])
    print("\n".join(lines))
    then, now = record.get("with", {}), versions()
    for package in sorted(now):
        if then.get(package) not in (None, now[package]):
            print(f"note: recorded with {package} {then[package]}, this is {now[package]}")
    if failed:
        print("If the work is worth it, record it on purpose: ./dev record")
    return 1 if failed else 0


def record(build, cpu, posture):
    records = read_records()
    counted = count_all(build)
    records.setdefault(cpu, {})[posture] = {"instructions": counted, "with": versions()}
    RECORDS.parent.mkdir(parents=True, exist_ok=True)
    RECORDS.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n")
    for name, number in counted.items():
        print(f"{name}: {number:,} instructions")
    print(f"recorded for {cpu}, {posture}")
    return 0


def main(words):
    if len(words) != 2 or words[0] not in ("check", "record"):
        sys.exit(__doc__)
    build = Path(words[1]).resolve()
    posture = (build / "gate_build.txt").read_text().strip()
    cpu = cpu_model(Path("/proc/cpuinfo").read_text())
    verb = {"check": check, "record": record}[words[0]]
    try:
        return verb(build, cpu, posture)
    except CannotCount as why:
        print(f"SKIPPED, nothing was judged: {why}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
