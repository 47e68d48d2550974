"""The contexts, words and links of the pages of a discussion."""
