"""The contexts and words of introductions, and what a listing offers to do next."""
