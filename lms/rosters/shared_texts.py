"""A long row of texts in temporary files: written once, then read at any place, without holding them in memory."""

import mmap
import struct
import tempfile
from array import array
from collections.abc import Iterable
from typing import IO

BLOCK = 65_536


class SharedTexts:
    """Texts by number, from 0."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._bytes, self._ends = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._map: mmap.mmap | None = None
        self._index: mmap.mmap | None = None
        try:
            end = self._write(texts)
        except BaseException:
            self.close()
            raise
        self._count = self._ends.tell() // 8
        self._map, self._index = _mapped(self._bytes, end), _mapped(self._ends, self._count * 8)

    def _write(self, texts: Iterable[str]) -> int:
        end, block = 0, array("Q")
        for text in texts:
            end += self._bytes.write(text.encode("utf-8", "replace"))
            block.append(end)
            if len(block) == BLOCK:
                block.tofile(self._ends)
                del block[:]
        block.tofile(self._ends)
        return end

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < self._count:
            raise KeyError(number)
        first = self._end(number - 1) if number else 0
        return self._map[first:self._end(number)].decode() if self._map else ""

    def _end(self, number: int) -> int:
        assert self._index is not None
        return int(struct.unpack_from("Q", self._index, number * 8)[0])

    def close(self) -> None:
        """Give the temporary files back."""
        for one in (self._map, self._index):
            if one is not None:
                one.close()
        self._bytes.close()
        self._ends.close()


def _mapped(file: IO[bytes], size: int) -> mmap.mmap | None:
    file.flush()
    return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else None
