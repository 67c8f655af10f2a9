"""The pages, by desk."""
