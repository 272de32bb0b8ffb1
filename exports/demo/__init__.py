"""The demo project: what it is made of, and how it comes to where it stands."""
