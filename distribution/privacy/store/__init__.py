"""All SQL of privacy: requests, the audit's traces of a person, what is past its time."""
