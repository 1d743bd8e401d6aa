"""Tests of `build_tools/check`."""
