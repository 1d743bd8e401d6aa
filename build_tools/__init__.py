"""From facts to pages: load → check → render → verify. Start with `pipeline.py`."""
