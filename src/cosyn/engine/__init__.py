"""The estimation engine: arrays in, frozen results out; it knows no item's text."""
