"""The demo city never looks stale: on whatever day it is loaded, the same things happened as long ago."""

from datetime import UTC, datetime
from pathlib import Path
