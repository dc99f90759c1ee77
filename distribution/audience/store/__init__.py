"""All SQL about the audience: contacts and what they want; who is due."""
