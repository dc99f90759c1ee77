"""All SQL about issues: what was read, what editors made of it, and what readers get."""
