"""Pages of those who run the exchange, and what the site works out for them."""
