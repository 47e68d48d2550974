"""Places: the gazetteer, postcodes, and places read in a text."""
