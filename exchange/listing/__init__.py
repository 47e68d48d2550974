"""Listings: written, submitted, changed, checked, asked whether they are still true."""
