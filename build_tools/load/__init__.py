"""YAML to facts with their places; drawings, logos, and settings."""
