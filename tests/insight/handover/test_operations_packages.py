"""A child has its own record made, and what is in the file."""

import zipfile
from io import BytesIO

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover import archive, keeper, store
from aarportal.insight.handover.packages import operations
from tests.cast import AOI, scope_of
from tests.insight.handover import life


def made(app, member=AOI):
    with app.app_context():
        with unit_of_work(scope_of(member)) as scope:
            package_id = operations.ask_for_own(scope).id
        keeper.here().worker.wake()
        with unit_of_work(scope_of(member)) as scope:
            operations.fetch(scope, package_id)
        return keeper.here().made.get(package_id)


def test_everything_of_the_child_is_in_it(app):
    life.live(app)
    data = made(app)
    with archive.opened(BytesIO(data)) as package:
        contents = package.contents
        package.statements()
    counts = contents.counts()
    assert all(counts.values()), counts
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert store.contents(scope, AOI.id, with_drafts=True) == contents
    page = zipfile.ZipFile(BytesIO(data)).read("index.html").decode()
    for words in (life.REWRITTEN, life.AIM, life.FRIEND, life.BEGUN, life.LETTER):
        assert life.words_of(AOI, words) in page
