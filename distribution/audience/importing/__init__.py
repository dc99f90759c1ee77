"""Importing: what a sheet says and what is known become deeds, row by row; decided, then done."""
