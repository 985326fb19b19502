"""What a family sees of their child."""
