"""Caliper envelopes over HTTP."""
