from hypothesis import settings

# A busy machine is no failure; where time is the claim, the test measures it.
settings.register_profile("unhurried", deadline=None, max_examples=25)
settings.load_profile("unhurried")
