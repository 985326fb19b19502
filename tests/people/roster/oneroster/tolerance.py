"""Reading in tolerant mode, and ways to write a bundle that offices meet."""

from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.repairs import Mode
from tests.people.roster.oneroster.damages import read

MANIFEST = "manifest.csv"
CARRIED = ("orgs", "academic_sessions", "courses", "classes", "users", "roles", "enrollments")


def tolerant(content: bytes) -> Bundle | Rejection:
    return read(content, mode=Mode.TOLERANT)


def rows(bundle) -> dict[str, tuple]:
    assert isinstance(bundle, Bundle), bundle.problems
    return {name: tuple(getattr(bundle, name)) for name in CARRIED}


def mended(content: bytes) -> list[tuple[str, int, str, str]]:
    result = tolerant(content)
    assert isinstance(result, Bundle), result.problems
    return [(r.file, r.line, r.column, r.rule) for r in result.repairs]


#: What CP932 cannot write is written with the letters that it has.
CP932_LETTERS = str.maketrans("𠮷", "吉")
TITLE = "4年2組 理科".encode()


def in_cp932(content: bytes) -> bytes:
    return content.decode().translate(CP932_LETTERS).encode("cp932")


def each(change):
    """Change every file of a zip."""

    def damage(files):
        for name, content in files.items():
            files[name] = change(content)

    return damage


def named(names):
    """Give the files of the zip other names."""

    def damage(files):
        kept = dict(files)
        files.clear()
        files.update({names(name): content for name, content in kept.items()})

    return damage


def without_tail(content: bytes) -> bytes:
    """Cut the last, optional cell off each line but the header."""
    header, *lines = content.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join([header, *(line.rpartition(b",")[0] for line in lines), b""])


def with_files(files):
    return lambda all_files: all_files.update(files)
