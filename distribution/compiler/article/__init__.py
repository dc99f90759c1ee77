"""What one article's text says of itself: dateline, summary, key figures, formulas."""
