"""Saved searches and alerts: who is told of what is new, and how it reaches them."""
