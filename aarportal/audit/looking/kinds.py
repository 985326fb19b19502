"""What a look can be at: the key that a route says, and its words for the child."""

from aarportal.core.words import mark

#: Key -> words; a trace keeps the key.
KINDS: dict[str, str] = {
    "class": mark("The page of the class"),
    "grades": mark("Grades"),
    "health": mark("How you are (health observation)"),
    "handed_on": mark("What you brought along from last year"),
    "identities": mark("By which names apps know you"),
    "imports": mark("Tables that were brought from apps"),
    "leaving": mark("Papers for moving to another school"),
    "archive": mark("The whole of your records, to be handed over"),
    "doubts": mark("What you said is not right"),
    "case": mark("What a counsellor reads on a case"),
    "family": mark("The page for the family"),
    "requests": mark("What you or your family asked about your data"),
    "pupil_view": mark("Your own pages, through your eyes"),
    "relations": mark("Who looks after whom (cases, families)"),
    "sign_ins": mark("How you sign in (login card, password)"),
    "records": mark("Records of your learning"),
    "reflections": mark("Reading reflections"),
    "roster": mark("The list of names of the school"),
    "school_data": mark("Data from the school office"),
    "statement": mark("A record just as the app sent it"),
    "traces": mark("Who changed what about you"),
}
