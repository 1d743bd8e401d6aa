"""Facts for other programs: JSON, CSV, schema.org, Infobutton, feed, calendars."""
