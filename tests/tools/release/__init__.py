"""What `build_tools/release` promises."""
