"""Running the exchange: audit trail, figures, keys of the interface, the areas and their words."""
