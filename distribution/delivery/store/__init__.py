"""All SQL about delivery: the ledger's rows, plans, runs, and who owns the queue."""
