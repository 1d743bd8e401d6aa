"""What `build_tools/model` promises."""
