"""How a letter becomes a mail and leaves the site."""
