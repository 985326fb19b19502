"""What somebody who is signed in sees."""
