"""The only code of releases that writes."""
