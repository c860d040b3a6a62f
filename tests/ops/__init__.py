"""Tests of the room of running the program."""
