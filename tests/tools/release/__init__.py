"""Tests of `build_tools/release`."""
