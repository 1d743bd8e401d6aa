"""What `build_tools/prose` promises."""
