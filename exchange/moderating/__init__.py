"""Moderation: the queue, the decisions, their record and the letters that tell of them."""
