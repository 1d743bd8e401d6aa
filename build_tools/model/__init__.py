"""What follows from facts: the words of figures, short pages, grids, changes, review state."""
