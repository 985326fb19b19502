"""The children on whose case somebody is."""
