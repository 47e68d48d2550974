"""The domain of the Innovation Exchange: accounts, listings, decisions, outbox; no HTTP, no search engine, no model."""
