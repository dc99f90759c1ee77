"""All SQL about topics: those there are, what leads to them, and how editors change both."""
