"""A browser in two words, read from what it says of itself. Pure."""

from dataclasses import dataclass

# The first that fits: Edge, Opera and Samsung's browser also say Chrome, and Chrome also says Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("UCBrowser/", "UC Browser"),
    ("MiuiBrowser/", "Mi Browser"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """Its name and its system; "" for what is not known."""

    name: str
    system: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.system) if part)


def read_browser(said: str | None) -> Browser:
    """The browser behind a User-Agent header."""
    text = said or ""
    return Browser(next((name for mark, name in BROWSERS if mark in text), ""), next((name for mark, name in SYSTEMS if mark in text), ""))
