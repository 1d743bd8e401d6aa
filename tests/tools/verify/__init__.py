"""What `build_tools/verify` promises."""
