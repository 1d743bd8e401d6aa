"""Tests of `build_tools/load`."""
