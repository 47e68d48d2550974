"""The contexts and forms of accounts, organisations, administration and one's own data."""
