"""Plain Python that knows texts, spans and people's ids, and nothing of Django."""
