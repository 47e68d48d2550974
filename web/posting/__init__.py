"""The pages of writing a listing: steps as data, what stands beside a draft, the overview."""
