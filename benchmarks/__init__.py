"""Measurements of speed and memory; nothing here asserts a time and nothing of the product depends on it."""
