"""All SQL of the calendar: announced days, slots, and up to when somebody looked."""
