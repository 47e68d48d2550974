"""The site and the command line: the composition root; no SQL text and no engine queries."""
