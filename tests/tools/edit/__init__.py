"""What `build_tools/edit` promises."""
