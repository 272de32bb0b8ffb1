"""A study that is worked on in any order, and a model of what its server has promised."""
