"""Measurements of speed and memory, and faults made on purpose (`faults`); nothing of the product depends on it."""
