"""Looking at the portal as a pupil sees it: only looking, announced on every page, and told."""
