"""What a sending vendor has to know, as blocks of text, tables and requests, pure.

Texts are English msgids; whoever draws the blocks translates them. Words between back quotes are
code. The page and the files in `docs/` are drawn from this and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from aarportal.core.words import mark
from aarportal.cycle.action.apps.vendors import words
from aarportal.cycle.action.apps.vendors.blocks import (
    Block,
    Code,
    Heading,
    Items,
    Paragraph,
    Table,
)
from aarportal.cycle.action.apps.vendors.examples import Example, Place, examples
from aarportal.settings import Settings

_MIB = 1024 * 1024
_KIB = 1024


@dataclass(frozen=True)
class Facts:
    """What differs between places and apps.

    Attributes:
        place: Where the requests go.
        home_pages: Account home pages under which the app uses the roster's login names.
        per_minute: Requests of one app in a minute; 0 for any number.
        body_bytes: Largest body of statements.
        attachments_bytes: Largest body of statements with attachments.
        document_bytes: Largest document.
        statements: How many statements come in one answer at most.
    """

    place: Place
    home_pages: tuple[str, ...]
    per_minute: int
    body_bytes: int
    attachments_bytes: int
    document_bytes: int
    statements: int

    @classmethod
    def of(cls, settings: Settings, place: Place, home_pages: tuple[str, ...] = ()) -> "Facts":
        """The facts of an installation with these settings."""
        return cls(
            place=place,
            home_pages=home_pages,
            per_minute=settings.xapi_requests_per_minute,
            body_bytes=settings.max_statements_bytes,
            attachments_bytes=settings.max_attachments_bytes,
            document_bytes=settings.max_document_bytes,
            statements=settings.most_statements,
        )


Made: TypeAlias = dict[str, Example]

TITLE = mark("For the makers of learning apps")

#: Status -> (what it means, what to do).
_ANSWERS = (
    ("200, 204", mark("Stored, or here is what was asked for."), mark("Go on.")),
    (
        "400",
        mark("The body or the address breaks a rule; the answer names the rule and the place."),
        mark("Mend it; sending the same again gives the same answer."),
    ),
    (
        "401",
        mark("Key and secret do not fit, or the app was revoked."),
        mark("Stop sending and ask the school."),
    ),
    (
        "403",
        mark("The key does not grant that, or somebody else's statement would be voided."),
        mark("Stop sending and ask the school."),
    ),
    ("404", mark("There is no such statement or document for this app."), mark("Go on.")),
    (
        "409",
        mark("The id is stored and says something else; or a document has changed meanwhile."),
        mark("Never use an id twice. Read the document again before you write it."),
    ),
    (
        "412",
        mark("A document is not in the state that `If-Match` or `If-None-Match` wants."),
        mark("Read the document again before you write it."),
    ),
    ("413", mark("The body is too long."), mark("Send smaller batches.")),
    (
        "429",
        mark("Too many requests."),
        mark("Wait as many seconds as `Retry-After` says, then send the same again."),
    ),
    (
        mark("500, 502, 503, 504, no answer"),
        mark("Nothing is certain; what was stored is stored whole or not at all."),
        mark(
            "Send the same with the same ids again: after 1, 2, 4 … seconds, at most every five "
            "minutes, for at least three days."
        ),
    ),
)


def document(facts: Facts) -> list[Block]:
    """Everything, in order."""
    # Once: requests name what those before them have sent.
    made = examples(facts.place)
    return [
        *_begin(facts, made),
        *_persons(facts),
        *_statements(facts, made),
        *_words(),
        *_documents(facts, made),
        *_reading(facts, made),
        *_caliper(facts, made),
        *_answers(facts),
        *_never(),
    ]


def _begin(facts: Facts, made: Made) -> Iterator[Block]:
    yield Heading(mark("Address and key"), "begin")
    yield Paragraph(
        mark(
            "The portal is a learning record store for xAPI 1.0.3 and 2.0.0, and takes Caliper 1.1 "
            "and 1.2. Its address for xAPI is `%(endpoint)s`, the key of your app is `%(key)s`."
        ),
        {"endpoint": f"{facts.place.root}/xapi/", "key": facts.place.access_key},
    )
    yield Paragraph(
        mark(
            "Key and secret go with every request (HTTP Basic). The school gives you the secret "
            "once; put it into the variable `SECRET` to try the requests on this page: they work "
            "as they stand. Every request but the first names its version in the header "
            "`X-Experience-API-Version`."
        )
    )
    yield Code("export SECRET='…'")
    yield Code(made["about"].command)
    yield Paragraph(
        mark(
            "When a school changes the secret, the one before works for 24 hours more, so that "
            "nothing is lost. Apps that run in browsers have to name their origin to the school "
            "first."
        )
    )


def _persons(facts: Facts) -> Iterator[Block]:
    yield Heading(mark("Whose learning it is"), "persons")
    yield Paragraph(
        mark(
            "The actor is an account of the learner. It is looked up in this order; names of "
            "people, classes and attendance numbers are never looked at."
        )
    )
    yield Items(
        (
            Paragraph(
                mark(
                    "The 利用者識別子 of the roster (OneRoster `userMasterIdentifier`, a UUID) as "
                    "`account.name`, under any `homePage`. Use it whenever you can."
                )
            ),
            Paragraph(
                mark(
                    "A name of your own, such as the number of the account in your app, once the "
                    "school has said whose it is. It has to stay the same for the same child."
                )
            ),
            Paragraph(
                mark(
                    "The login name or the `sourcedId` of the roster, but only under a home page "
                    "that the school has entered for your app: under any other, the same name may "
                    "be another child's. An e-mail address (`mbox`) counts if it is the login name "
                    "of the roster."
                )
            ),
        )
    )
    if facts.home_pages:
        yield Paragraph(
            mark("Entered for your app: %(pages)s"),
            {"pages": ", ".join(f"`{each}`" for each in facts.home_pages)},
        )
    else:
        yield Paragraph(mark("No home page is entered for your app yet."))
    yield Paragraph(
        mark(
            "What belongs to nobody yet is stored and waits; it becomes a learning record as soon "
            "as the school knows whose it is. You need not send it again. The learner on this page "
            "is nobody's, so what you try out with it counts for no child."
        )
    )


def _statements(facts: Facts, made: Made) -> Iterator[Block]:
    yield Heading(mark("Statements"), "statements")
    yield Paragraph(mark("One statement, for instance an answer:"))
    yield Code(made["one"].command)
    yield Paragraph(
        mark(
            "Give every statement an id of your own (a UUID). Then you may send it again whenever "
            "you are not sure that it arrived: the same statement under the same id changes "
            "nothing."
        )
    )
    yield Paragraph(
        mark(
            "Better is a batch, up to %(size)s MiB; some hundred statements are a good size. "
            "All of it is stored, or nothing."
        ),
        {"size": f"{facts.body_bytes / _MIB:g}"},
    )
    yield Code(made["batch"].command)
    yield Paragraph(
        mark(
            "`timestamp` is when the work was done (for a duration, when it ended), with its "
            "offset. `result.duration` is the time of work without breaks; without it, active "
            "time is estimated from the gaps between the statements of one child. Answers to "
            "questions are counted one by one: `answered` with `result.success`, or with points."
        )
    )
    yield Heading(mark("Attachments"), "attachments")
    yield Paragraph(
        mark(
            "Data go beside the statements in one `multipart/mixed` body of up to %(size)s MiB, or "
            "stay with you and are named by `fileUrl`. The hash is the SHA-256 of the data."
        ),
        {"size": f"{facts.attachments_bytes / _MIB:g}"},
    )
    yield Code(made["attachment"].command)
    yield Heading(mark("Taking back"), "voiding")
    yield Paragraph(
        mark(
            "A statement that was wrong is voided; its record leaves every sum and chart. Only the "
            "app that sent a statement can void it."
        )
    )
    yield Code(made["void"].command)


def _words() -> Iterator[Block]:
    learning, others = words.verbs()
    yield Heading(mark("What is understood"), "words")
    yield Paragraph(
        mark(
            "Any statement about an activity is stored. These shapes are understood in detail; "
            "everything else is read as an activity with a verb, a duration and a score."
        )
    )
    yield Table(
        mark("Apps and profiles"),
        (mark("Read as"), mark("Known by")),
        tuple(words.senders()),
        texts=(0,),
    )
    yield Paragraph(
        mark(
            "Subject, unit and 学習指導要領コード come from these extensions (Japan core profile), "
            "each an array of texts, of the activity or of the context:"
        )
    )
    yield Table(mark("Extensions"), (mark("Extension"),), tuple(words.extensions()))
    yield Table(
        mark("Subjects"),
        (mark("Key of the subject"), mark("Names and codes")),
        tuple(words.subjects()),
    )
    yield Table(mark("Verbs of learning"), (mark("Verb"), mark("IRIs")), tuple(learning))
    yield Table(
        mark("Verbs that are stored but make no learning record of themselves"),
        (mark("Verb"), mark("IRIs")),
        tuple(others),
    )
    yield Table(
        mark("Kinds of activities"), (mark("Kind"), mark("IRIs of types")), tuple(words.kinds())
    )


def _documents(facts: Facts, made: Made) -> Iterator[Block]:
    yield Heading(mark("Documents of state"), "state")
    yield Paragraph(
        mark(
            "An app may keep its place (bookmark, suspend data) here: up to %(size)s KiB a "
            "document, of any type. `If-None-Match: *` writes a new one only; to change one, send "
            "the `ETag` that you read as `If-Match`. Profiles of activities and agents work alike."
        ),
        {"size": f"{facts.document_bytes / _KIB:g}"},
    )
    for name in ("put_state", "get_state", "delete_state"):
        yield Code(made[name].command)


def _reading(facts: Facts, made: Made) -> Iterator[Block]:
    yield Heading(mark("Reading"), "reading")
    yield Paragraph(
        mark(
            "Your own statements you read always; those of others only if the school allows it. At "
            "most %(n)s come in one answer; `more` is the address of the next page. The header "
            "`X-Experience-API-Consistent-Through` says up to when the answer is complete."
        ),
        {"n": str(facts.statements)},
    )
    yield Paragraph(
        mark(
            "Whoever may read what others sent reads what the portal itself tells of the learning "
            "here as well, and in it the children's own words: goals, plans and reflections, and "
            "what teachers answered. Ask the school for it only if you need it, and show one "
            "child's words to no other child."
        )
    )
    yield Code(made["query"].command)
    yield Paragraph(mark("A statement that was taken back is still there under its id:"))
    yield Code(made["get_voided"].command)


def _caliper(facts: Facts, made: Made) -> Iterator[Block]:
    yield Heading(mark("Caliper"), "caliper")
    yield Paragraph(
        mark(
            "Envelopes go to `%(address)s` with the key and the secret, a full stop between them, "
            "as the bearer token (HTTP Basic works as well). They are turned into statements, and "
            "everything on this page holds for them: the id of an event is taken once."
        ),
        {"address": f"{facts.place.root}/caliper"},
    )
    yield Code(made["caliper"].command)


def _answers(facts: Facts) -> Iterator[Block]:
    yield Heading(mark("Answers, and when to send again"), "answers")
    yield Table(
        mark("Answers of the portal"),
        (mark("Status"), mark("Meaning"), mark("What a sender does")),
        _ANSWERS,
        texts=(0, 1, 2),
    )
    if facts.per_minute:
        yield Paragraph(
            mark(
                "An app may send %(n)s requests a minute; a batch counts as one. Whoever sends "
                "more is asked to wait (429)."
            ),
            {"n": f"{facts.per_minute:,}"},
        )
    else:
        yield Paragraph(mark("The number of requests is not limited here."))


def _never() -> Iterator[Block]:
    yield Heading(mark("What is never sent"), "never")
    yield Items(
        (
            Paragraph(
                mark(
                    "By you: names, addresses, dates of birth, health, passwords, places, camera "
                    "or voice. The account is enough to know the child."
                )
            ),
            Paragraph(
                mark(
                    "By you: rankings, comparisons between children, points for being there, "
                    "advertisements."
                )
            ),
            Paragraph(
                mark(
                    "By the portal: it never calls an address that stands in a statement, gives no "
                    "names of children to apps, and shows nothing of one app to another unless "
                    "the school allows it."
                )
            ),
        )
    )
