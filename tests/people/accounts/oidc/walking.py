"""People who sign in at a provider: through its pages, form by form, as a browser does."""

from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup

from tests.people.accounts.oidc.provider import password_of

#: More pages than that no sign-in has.
_MOST_PAGES = 12


class Stranger:
    """Somebody's browser at the provider; it keeps its cookies from one visit to the next."""

    def __init__(self) -> None:
        self.client = httpx.Client(timeout=20)
        self.seen: list[str] = []

    def come_back(self, address: str, name: str, *, answer: str = "accept") -> str:
        """Follow an address of the provider until it leads back; the path with its answer."""
        home = urlsplit(address).netloc
        response = self.client.get(address)
        for _ in range(_MOST_PAGES):
            while response.is_redirect:
                target = urljoin(str(response.url), response.headers["Location"])
                if urlsplit(target).netloc != home:
                    parts = urlsplit(target)
                    return f"{parts.path}?{parts.query}"
                response = self.client.get(target)
            assert response.status_code == 200, response.text[:500]
            response = self._send(response, name, answer)
        raise AssertionError(f"the provider does not lead back: {self.seen}")

    def _send(self, response: httpx.Response, name: str, answer: str) -> httpx.Response:
        html = BeautifulSoup(response.text, "html5lib")
        form = next(each for each in html.find_all("form") if each.find(attrs={"name": True}))
        fields = {
            each["name"]: each.get("value", "")
            for each in form.select("input[name]:not([type=checkbox])")
        }
        for key, value in (("login", name), ("password", password_of(name))):
            if key in fields:
                fields[key] = value
        if form.select("[name=answer][value]"):
            fields["answer"] = answer
        self.seen.append(urlsplit(str(response.url)).path)
        target = urljoin(str(response.url), form.get("action") or str(response.url))
        return self.client.post(target, files={key: (None, v) for key, v in fields.items()})
