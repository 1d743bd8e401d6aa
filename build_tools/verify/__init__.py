"""The finished site, read back and compared with the facts."""
