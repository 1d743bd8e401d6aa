"""Tests of `build_tools/prose`."""
