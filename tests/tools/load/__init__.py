"""What `build_tools/load` promises."""
