"""The hotline as parties speak it: what they say of place, height and time, read, converted and asked about."""
