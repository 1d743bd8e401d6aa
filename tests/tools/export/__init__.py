"""What `build_tools/export` promises."""
