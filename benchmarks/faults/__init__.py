"""Faults made on purpose, on real servers, while the exchange works: nothing may be lost, nothing hidden be found."""
