"""A recorded day of air traffic, planned beforehand: read, cut into legs, declared leg by leg, moved where it must be."""
