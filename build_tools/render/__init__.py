"""Pages, templates, leaflets and the search index."""
