"""How long the content takes: cold start, warm start, one changed lesson, memory.

    python bench/content.py [MODULES] [LESSONS]        default 100 modules of 10 lessons

Makes the tree and the cache in a temporary folder and removes both.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lms.content.library import Library

SAMPLES = sorted((Path(__file__).parent.parent / "modules").glob("*/*0-*.md"))
WARM = """
import sys, time
from pathlib import Path
from lms.content.library import Library
import psutil
before = psutil.Process().memory_full_info().pss
started = time.perf_counter()
library = Library(Path(sys.argv[1]), Path(sys.argv[2]))
library.load()
seconds = time.perf_counter() - started
library.watch()
print(seconds, (psutil.Process().memory_full_info().pss - before) / 1e6, flush=True)
for line in sys.stdin:
    module, words = line.split()
    while library.current.modules[module].lessons[0].words != int(words):
        time.sleep(0.005)
    print(time.time(), flush=True)
print(sum(one.memory_full_info().pss for one in [psutil.Process(), *psutil.Process().children(recursive=True)]) / 1e6 - before / 1e6)
"""


def make_tree(root: Path, modules: int, lessons: int) -> None:
    """Modules of shuffled real lessons, each text different from all others."""
    chance = random.Random(1)
    for module in range(modules):
        folder = root / "modules" / f"modul-{module:04}"
        folder.mkdir(parents=True)
        (folder / "module.md").write_text(f"---\ntitle: Modul {module}\nsummary: Contoh\n---\n\nPengantar modul {module}.\n")
        for lesson in range(lessons):
            (folder / f"{lesson + 1}0-pelajaran-{lesson + 1}.md").write_text(_text(module, lesson, chance))


def _text(module: int, lesson: int, chance: random.Random) -> str:
    body = chance.choice(SAMPLES).read_text().split("---\n", 2)[-1]
    paragraphs = [part for part in body.split("\n\n") if "](" not in part]
    return f"---\ntitle: Pelajaran {module}.{lesson}\n---\n\n" + "\n\n".join([f"Teks {module} {lesson}.", *paragraphs])


def measure(modules: int, lessons: int) -> dict[str, float]:
    """The figures for a tree of this size, with three processes sharing one cache."""
    with tempfile.TemporaryDirectory() as scratch:
        root, cache = Path(scratch) / "content", Path(scratch) / "cache"
        make_tree(root, modules, lessons)
        started = time.perf_counter()
        library = Library(root, cache)
        library.load()
        found: dict[str, float] = {"modules": modules, "lessons": modules * lessons, "cold_s": time.perf_counter() - started}
        library.stop()
        found["cold_cpu_s"] = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return found | _warm(root, cache)


def _warm(root: Path, cache: Path) -> dict[str, float]:
    command = [sys.executable, "-c", WARM, str(root), str(cache)]
    here = Path(__file__).parent.parent
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=here) for _ in range(3)]
    starts = [[float(number) for number in reader.stdout.readline().split()] for reader in readers]  # type: ignore[union-attr]
    time.sleep(1)
    live = [_change(root, readers, number) for number in range(3)]
    total = []
    for reader in readers:
        out, _ = reader.communicate()
        total.append(float(out))
    return {
        "warm_three_at_once_s": max(seconds for seconds, _ in starts), "live_s": max(live), "live_median_s": sorted(live)[1],
        "catalogue_mb_each": max(memory for _, memory in starts), "more_pss_mb_in_all": sum(total),
    }


def _change(root: Path, readers: list[subprocess.Popen[str]], number: int) -> float:
    """Seconds from closing a changed lesson until all three processes have it."""
    path = sorted(root.glob("modules/*"))[number] / "10-pelajaran-1.md"
    words = 20 + number
    path.write_text("---\ntitle: Baru\n---\n\n" + "kata " * words)
    closed = time.time()
    for reader in readers:
        reader.stdin.write(f"{path.parent.name} {words}\n")  # type: ignore[union-attr]
        reader.stdin.flush()  # type: ignore[union-attr]
    return max(float(reader.stdout.readline()) for reader in readers) - closed  # type: ignore[union-attr]


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]] + [100, 10][len(sys.argv) - 1:]
    print(json.dumps({name: round(value, 2) for name, value in measure(sizes[0], sizes[1]).items()}, indent=1))
