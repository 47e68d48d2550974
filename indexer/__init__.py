"""From listings to ranked, explained results: documents, embeddings, engines, search, matching; no HTTP."""
