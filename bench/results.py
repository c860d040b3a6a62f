"""Figures as a table in bench/README.md and as JSON for machines."""

import json
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- figures: make bench writes between these lines -->", "<!-- end of figures -->"
CERTIFICATE_MOST, SIGNATURE_MOST, IDLE_MOST = 250, 60, 250


@dataclass
class Figures:
    """What was measured of one page: CPU of each round per unit, and percentiles by number of connections."""

    title: str
    most: float
    cpu_ms: list[float] = field(default_factory=list)
    less: float = 0.0
    at: dict[int, tuple[float, float, float]] = field(default_factory=dict)  # connections -> p50, p95, requests a second

    @property
    def median(self) -> float:
        """Median CPU in milliseconds, without what is not the page's (a password's hash)."""
        return statistics.median(self.cpu_ms) - self.less

    @property
    def least(self) -> float:
        """The least disturbed round."""
        return min(self.cpu_ms) - self.less


def percentiles(seconds: Sequence[float], wall: float) -> tuple[float, float, float]:
    """p50 and p95 in milliseconds, requests a second."""
    ordered = sorted(seconds)
    return (ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.95)] * 1000, len(ordered) / wall)


def as_json(found: Mapping[str, Figures], certificate: Mapping[str, float], whole: Mapping[str, float]) -> str:
    """`{"lesson": {"cpu_ms": …, "ratio": …, "p95_ms": …}, …}`; p95 at the most connections that were measured."""
    floor = found["floor"].median
    values: dict[str, object] = {
        key: {
            "cpu_ms": round(one.median, 3), "ratio": round(one.median / floor, 2),
            **({"p95_ms": round(one.at[max(one.at)][1], 1), "per_second": round(one.at[max(one.at)][2])} if one.at else {}),
        }
        for key, one in found.items()
    }
    values["certificate"] = {"cpu_ms": round(certificate["cpu_ms"], 1), "ratio": round(certificate["cpu_ms"] / floor, 1),
                             "signature_ms": round(certificate["signature_ms"], 1)}
    values["memory"] = {name: round(value, 1) for name, value in whole.items()}
    return json.dumps(values, indent=1)


def as_markdown(found: Mapping[str, Figures], certificate: Mapping[str, float], whole: Mapping[str, float]) -> str:
    """The tables for people."""
    floor = found["floor"]
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}.", "",
        "| page or action | CPU ms, median | least | ratio to the floor | target | |", "|---|---|---|---|---|---|",
    ]
    for one in found.values():
        ratio = one.median / floor.median
        verdict = "" if one is floor else "kept" if ratio <= one.most else "**missed**"
        target = "" if one is floor else f"≤ {one.most:g}"
        lines.append(f"| {one.title} | {one.median:.2f} | {one.least:.2f} | {ratio:.2f} | {target} | {verdict} |")
    lines += ["", "| ms at connections | 1: p50 | p95 | 8: p50 | p95 | 32: p50 | p95 | requests/s at 32 |", "|---" * 8 + "|"]
    for one in (page for page in found.values() if page.at):
        cells = [f"{value:.1f}" for connections in sorted(one.at) for value in one.at[connections][:2]]
        lines.append(f"| {one.title} | {' | '.join(cells)} | {one.at[max(one.at)][2]:.0f} |")
    lines += ["", "| whole | measured | target |", "|---|---|---|",
              f"| one certificate, warm: CPU | {certificate['cpu_ms']:.0f} ms | ≤ {CERTIFICATE_MOST} ms |",
              f"| of which its signature | {certificate['signature_ms']:.0f} ms | ≤ {SIGNATURE_MOST} ms |",
              f"| memory of the whole program, idle | {whole['idle_mb']:.0f} MB PSS | ≤ {IDLE_MOST} MB |",
              f"| the same after the measurements | {whole['loaded_mb']:.0f} MB PSS | |",
              f"| CPU while idle | {whole['idle_ms_per_second']:.1f} ms a second | |"]
    return "\n".join(lines)


def write(markdown: str) -> None:
    """Put the tables between the marks of bench/README.md."""
    before, found, rest = README.read_text("utf-8").partition(BEGIN)
    if not found:
        raise RuntimeError(f"{README} has lost the line {BEGIN}")
    README.write_text(f"{before}{BEGIN}\n\n{markdown}\n\n{END}{rest.partition(END)[2]}", "utf-8")
