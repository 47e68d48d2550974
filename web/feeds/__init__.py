"""Feeds and calendars: what reading programs fetch by themselves."""
