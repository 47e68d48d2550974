"""The commands of `exchange`, a module for each group."""
