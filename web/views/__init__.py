"""The views: each parses, calls one use-case, builds a page and returns it."""
