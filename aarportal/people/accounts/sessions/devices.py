"""What a browser says it is, in plain words, pure."""

#: Sign in the header -> name. The first that fits counts: most browsers claim to be others, too.
_BROWSERS = (
    ("Edg", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Google Chrome"),
    ("Chrome/", "Google Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("CrOS", "ChromeOS"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def plain_device(header: str) -> tuple[str, str]:
    """(browser, system) by the `User-Agent`; empty where it says nothing that is known."""
    return _first(_BROWSERS, header), _first(_SYSTEMS, header)


def _first(signs: tuple[tuple[str, str], ...], header: str) -> str:
    return next((name for sign, name in signs if sign in header), "")
