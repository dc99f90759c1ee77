"""Lines to articles: furniture away, titles found, broken paragraphs joined."""
