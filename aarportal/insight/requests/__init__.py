"""What a pupil or a guardian asks of the school about data: a copy, a correction, a deletion."""
