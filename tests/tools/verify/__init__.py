"""Tests of `build_tools/verify`."""
