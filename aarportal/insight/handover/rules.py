"""What can be wrong with a brought file, and the sentence that helps."""

from aarportal.core.words import mark

RULES = {
    "not_a_zip": mark(
        "This is no zip file. Choose the file as it was fetched, without unpacking it."
    ),
    "too_large": mark("The file is too large to be the export of one child. Nothing was read."),
    "not_an_export": mark("This zip is no export of a child. Ask the earlier school for its file."),
    "damaged": mark("The zip is damaged. Ask for it to be sent again."),
    "changed": mark("A file in it was changed after it was signed. Ask for a new export."),
    "not_signed": mark("The signature does not fit. Ask the earlier school for a new export."),
    "too_new": mark("It comes from a newer version. Bring this portal up to date first."),
    "not_readable": mark("The data in it cannot be read. Ask the earlier school for a new export."),
}

#: Why an import stopped on its way -> sentence.
TROUBLES = {
    "file_gone": mark("Its file is not there any more. Bring it again."),
    "others": mark(
        "It tells of somebody else of this district. Nothing was taken in; call the earlier school."
    ),
    "unexpected": mark("Something unexpected happened; nothing was changed. Try it again."),
    "built_on": mark("The child has gone on from it: it cannot be taken back any more."),
}

#: Why a deletion waits although it is due -> sentence.
WAITS = {
    "no_export": mark("No export was fetched yet."),
    "at_school": mark("The child is at a school of the district again."),
    "unexpected": mark("Something unexpected happened; nothing was changed."),
}
