"""What `build_tools/check` promises."""
