"""Tests of lms.privacy."""
