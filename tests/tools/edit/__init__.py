"""Tests of `build_tools/edit`."""
