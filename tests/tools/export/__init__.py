"""Tests of `build_tools/export`."""
