"""Tests of `build_tools/model`."""
