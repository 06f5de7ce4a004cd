"""Runs the parts and writes what they found."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import felt, intake, pages
from bench.desk import copy, found

HERE = Path(__file__).parent
TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
MAILS = int(os.environ.get("BENCH_MAILS", "5000"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))


class Places:
    """An empty and a filled desk, each made once and copied for every part."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0

    def empty(self) -> Path:
        self.made += 1
        data = self.folder / f"empty{self.made}"
        found(data)
        return data

    def filled(self) -> Path:
        source = self.folder / "filled"
        if not source.exists():
            kept = os.environ.get("BENCH_FILLED")
            if kept and Path(kept).exists():
                copy(Path(kept), source)
            else:
                found(source)
                subprocess.run(
                    [sys.executable, "-m", "bench", "fill", str(TICKETS)],
                    env=os.environ | {"OKIENKO_DATA": str(source)},
                    check=True,
                )
        self.made += 1
        target = self.folder / f"filled{self.made}"
        copy(source, target)
        return target


def _intake(places: Places) -> dict[str, Any]:
    empty = [intake.measure(places.empty(), MAILS, seed=n) for n in range(RUNS)]
    filled = [intake.measure(places.filled(), MAILS, seed=10 + n) for n in range(RUNS)]
    return {"empty": _middle(empty), "filled": _middle(filled)}


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    ordered = sorted(runs, key=lambda run: float(run["per_second"]))
    return ordered[len(ordered) // 2] | {"all_runs": [run["per_second"] for run in ordered]}


PARTS: dict[str, Callable[[Places], dict[str, Any]]] = {
    "intake": _intake,
    "pages": lambda places: pages.measure(places.filled()),
    "felt": lambda places: felt.measure(places.empty(), MAILS),
}


def report(parts: list[str]) -> None:
    """Measures ``parts`` and rewrites RESULTS.md; parts not measured now keep their last figures."""
    stored = HERE / "results.json"
    results = json.loads(stored.read_text()) if stored.exists() else {}
    folder = Path(tempfile.mkdtemp())
    try:
        places = Places(folder)
        for part in parts:
            print(f"measuring {part} …", flush=True)
            results[part] = PARTS[part](places)
            results["machine"] = machine()
            print(json.dumps(results[part], indent=1), flush=True)
            stored.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (HERE / "RESULTS.md").write_text(page(results))


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}, SQLite"


def page(results: dict[str, Any]) -> str:
    """RESULTS.md from the figures."""
    lines = [
        "# How fast and how small",
        "",
        f"`make bench` wrote this on {results.get('machine', '?')}. Medians; the generators are `bench/mails.py` and",
        "`bench/fill.py`, seeded.",
    ]
    if found := results.get("intake"):
        lines += ["", "## Intake end to end, one core", ""]
        lines += [
            "| desk | mails | mean | mails/s (median) | all runs | commits/mail | file fsyncs/mail |",
            "|-|-|-|-|-|-|-|",
        ]
        for name, label in (("empty", "empty"), ("filled", f"{TICKETS:,} tickets")):
            row = found[name]
            lines.append(
                f"| {label} | {row['mails']} | {row['mean_kB']} kB | **{row['per_second']}** | {row['all_runs']} "
                f"| {row['commits_per_mail']} | {row['file_fsyncs_per_mail']} |"
            )
        ratio = found["filled"]["per_second"] / found["empty"]["per_second"]
        lines += [
            "",
            f"Into the filled desk it is {ratio:.2f} times as fast as into the empty one. "
            "A commit is one fsync of the write-ahead log.",
        ]
        lines += ["", "What bounds it (share of the time, by profile; parts overlap):", ""]
        lines += [f"- {part}: {share} %" for part, share in found["empty"]["profile"].items()]
    if found := results.get("pages"):
        lines += [
            "",
            f"## Pages with {TICKETS:,} tickets and {TICKETS * 29 // 10:,} messages",
            "",
            "| page | ms of CPU |",
            "|-|-|",
        ]
        lines += [
            f"| {name} | {value} |"
            for name, value in found.items()
            if isinstance(value, float) and "start" not in name
        ]
        rate = found["list pages a second, 8 at once"]
        lines += [
            "",
            f"List pages a second with 8 at once: **{rate['pages_per_second']}**, while the load generator took "
            f"{rate['generator_cores']} of the two cores for itself. From `okienko run` to the first answered request: "
            f"{found['first answer after start, s']} s.",
        ]
    if found := results.get("felt"):
        lines += [
            "",
            f"## While {found['mails']} mails come in",
            "",
            "| | median | p95 | most |",
            "|-|-|-|-|",
        ]
        for name, label in (("saved_ms", "reply saved, ms"), ("seen_ms", "seen on a colleague's screen, ms")):
            row = found[name]
            lines.append(f"| {label} | {row.get('median')} | {row.get('p95')} | {row.get('most')} |")
        sizes = found["pss_mb"]
        lines += [
            "",
            f"{found['replies']} replies were sent meanwhile. The mails were taken in within {found['taken_in_s']} s "
            f"and filed within {found['filed_in_s']} s. Memory of the whole process tree afterwards: "
            f"**{sum(sizes.values()):.0f} MB** (PSS): "
            + ", ".join(f"{name.rpartition(' ')[0]} {size:.0f}" for name, size in sizes.items())
            + ".",
        ]
    return "\n".join(lines) + "\n"
