"""In by a provider with a real browser: there over one site, back over another."""

from tests.browser.conftest import serving
from tests.cast import CHIBA, key
from tests.people.accounts.oidc.conftest import asking, entered  # noqa: F401 - the fixture
from tests.people.accounts.oidc.provider import password_of, provided
from tests.server import free_port

PROVIDER = key("provider of hinata")


def test_a_teacher_comes_in_by_the_pages_of_the_provider(
    app,
    asking,  # noqa: F811 - the fixture
    chromium,
    tmp_path,
):
    with serving(app) as address:
        # Another site than that of the provider: cookies have to bear it.
        portal = address.replace("127.0.0.1", "localhost")
        back = f"{portal}/sign-in/oidc/{PROVIDER}/back"
        with provided(free_port(), [back], tmp_path / "log") as provider:
            with app.app_context():
                entered(provider.issuer, PROVIDER)
            context = chromium.new_context(locale="ja-JP")
            page = context.new_page()
            page.goto(f"{portal}/sign-in?school=hinata-e&next=/letters")
            page.click(f'a[href^="/sign-in/oidc/{PROVIDER}"]')
            page.fill("[name=login]", CHIBA.name)
            page.click("form#loginform button[name=answer], form [type=submit]")
            page.fill("[name=password]", password_of(CHIBA.name))
            page.click("form [type=submit]")
            page.click("[name=answer][value=accept]")
            page.wait_for_url(f"{portal}/letters")
            assert page.inner_text("h1")
            assert not [each for each in context.cookies(portal) if each["name"].startswith("oidc")]
            context.close()
