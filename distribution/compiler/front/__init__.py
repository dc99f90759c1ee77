"""What stands before and behind the articles: title page, contents, colophon."""
