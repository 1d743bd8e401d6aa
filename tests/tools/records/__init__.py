"""What `build_tools/records` promises."""
