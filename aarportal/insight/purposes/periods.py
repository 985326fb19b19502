"""How long the kinds are kept, in numbers: those by which rows go, typed nowhere else; pure."""

from aarportal.insight.maintenance.schedule import SCHEDULE, TAKEN_BACK_WITHIN

#: Table -> days after its end, or whole school years after the one in which a row lies; a sentence
#: names a number by its table.
NUMBERS: dict[str, int] = {
    it.table: it.days if it.school_years < 0 else it.school_years for it in SCHEDULE
} | {"school_data_changes": TAKEN_BACK_WITHIN.days}
