"""How the installation is, without a word or a name of anybody in it."""
