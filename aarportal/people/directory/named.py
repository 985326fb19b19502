"""How somebody is called on the pages of the school office, pure."""


class Named:
    """Somebody with a name in three parts."""

    family_name: str
    given_name: str
    middle_name: str

    @property
    def name(self) -> str:
        """Family name, thin space, given and middle name."""
        return "\u2009".join(filter(None, (self.family_name, self.given_name, self.middle_name)))
