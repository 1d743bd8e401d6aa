"""Tests of `build_tools/records`."""
