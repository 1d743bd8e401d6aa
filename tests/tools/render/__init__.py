"""What `build_tools/render` promises."""
