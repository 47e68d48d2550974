"""Organisations: who stands behind a listing, their members and their public profile."""
