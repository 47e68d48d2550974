"""The programming interface: JSON for reading what the pages show, behind a key; knows no template."""
