"""Rules between facts."""
