"""What editors and reviewers use: drafts, preview, report, schemas, packet, signing."""
