"""Introductions: two sides brought together, to the last answer that was promised."""
