"""The pages of saved searches and of what they found, and the words that they use."""
