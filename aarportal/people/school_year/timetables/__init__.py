"""When lessons begin, how long they are, and what each class has in them."""
