"""Looking at one page as a tester does: axe-core in both schemes, no sideways scrolling, a quiet console, targets for thumbs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_core_python  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_ALL = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
RUN_COLOURS = "() => axe.run(document, {runOnly: {type: 'rule', values: ['color-contrast']}, resultTypes: ['violations']})"
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach(d => { if (!d.matches('.menu, .rest')) d.open = true })"
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  const inside = '.swipe, .scroll, pre, .kit, .skip, .sr, textarea';
  const out = [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.right > wide + 1 && box.width > 0 && !e.closest(inside);
  });
  return document.documentElement.scrollWidth > wide
    ? out.slice(0, 4).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}`).concat(`${document.documentElement.scrollWidth} px`) : [];
}"""
DISTORTED = """() => [...document.querySelectorAll('img[width][height]')].filter(e => {
  const box = e.getBoundingClientRect();
  const asked = e.getAttribute('width') / e.getAttribute('height');
  return box.height > 0 && Math.abs(box.width / box.height / asked - 1) > 0.03;
}).map(e => `${e.getAttribute('src')} ${Math.round(e.getBoundingClientRect().width)}x${Math.round(e.getBoundingClientRect().height)}`)"""
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary, [role=button]')].filter(e => {
  if (e.closest('.skip, .sr') || e.type === 'hidden') return false;
  const style = getComputedStyle(e);
  if (style.visibility === 'hidden' || (!e.offsetParent && style.position !== 'fixed')) return false;
  if (e.tagName === 'A' && style.display === 'inline' && e.closest('p, li.rules, .note, td, th, dd, figcaption, .small, sup')) return false;
  if (e.classList.contains('t')) return false;
  const box = (e.closest('label') ?? e).getBoundingClientRect();
  return box.width > 0 && (box.height < 43.5 || box.width < 43.5);
}).map(e => {
  const box = e.getBoundingClientRect();
  const words = (e.textContent || e.getAttribute('aria-label') || e.name || '').trim().slice(0, 25);
  return `${e.tagName}.${e.className} ${Math.round(box.width)}x${Math.round(box.height)} ${words}`;
})"""


@dataclass
class Eye:
    """A tab of one device, used for one page after another; `widths` are those at which nothing may stick out."""

    context: BrowserContext
    widths: tuple[int, ...]
    touch: bool
    console: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.console.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))

    def look(self, path: str, status: int = 200) -> list[str]:
        """Open a page and give what is wrong with it."""
        self.console.clear()
        self.page.emulate_media(color_scheme="light")
        reply = self.page.goto(path)
        if reply is None or reply.status != status:
            return [f"{path} answers {reply.status if reply else 'nothing'}"]
        self.page.evaluate(OPEN_DETAILS)
        return self.inspect()

    def inspect(self) -> list[str]:
        """What is wrong with the page as it stands."""
        found = [*self._layout(), *self._axe(RUN_ALL, TAGS, "light"), *(self._small() if self.touch else [])]
        self.page.emulate_media(color_scheme="dark")
        return [*found, *self._axe(RUN_COLOURS, None, "dark"), *(f"console: {line}" for line in self.console if "status of 4" not in line)]

    def _layout(self) -> list[str]:
        found = []
        for width in self.widths:
            self.page.set_viewport_size({"width": width, "height": 760})
            found += [f"sticks out at {width}: {who}" for who in self.page.evaluate(OVERFLOW)]
            found += [f"distorted at {width}: {who}" for who in self.page.evaluate(DISTORTED)]
        return found

    def _axe(self, script: str, argument: Any, scheme: str) -> list[str]:
        self.page.evaluate(AXE)
        return [_told(violation, scheme) for violation in self.page.evaluate(script, argument)["violations"]]

    def _small(self) -> list[str]:
        return [f"small target: {who}" for who in sorted(set(self.page.evaluate(SMALL)))]


def _told(violation: dict[str, Any], scheme: str) -> str:
    nodes = violation["nodes"][:3]
    return f"axe {violation['id']} ({scheme}): " + "; ".join(f"{node['target']} {node['failureSummary'][:200]}" for node in nodes)
