"""Archives, parts list, server settings, offline copy, and publishing in one step."""
