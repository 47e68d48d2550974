"""Imports of open data: lines, their meaning, organisations and places."""
