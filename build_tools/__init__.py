"""From facts to pages: load → check → render → verify. Start with `site.py`."""
