"""A file of real arrivals is played through the real actions and clocks."""
