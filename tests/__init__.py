"""Tests: the same tree as lms/, and house/ and journeys/."""
