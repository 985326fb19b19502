"""What the office does on the pages of the school year."""

import io

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

TABLES = "/school-year/tables"


def fields_of(page, action) -> dict:
    """What a form would send as it stands."""
    form = page.one(f'form[action="{action}"]')
    fields = {}
    for each in form.select("input, select"):
        if each.get("type") in {"checkbox", "radio"} and not each.has_attr("checked"):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            fields[each["name"]] = chosen["value"]
        else:
            fields[each["name"]] = each.get("value", "")
    return fields


def pressed(me, page, verb, **fields):
    """The answer to the form of the page whose address ends in `verb`."""
    action = page.one(f'form[action$="{verb}"]')["action"]
    return me.post(action, {**fields_of(page, action), **fields})


def uploaded(me, text, kind="calendar", **fields):
    """The answer to a table that is brought, CP932 as spreadsheets write it."""
    data = text if isinstance(text, bytes) else text.encode("cp932")
    fields = {"kind": kind, "year": "2026", "starts_on": "2026-04-01", **fields}
    # In memory: what the test client itself writes to a file, it leaves open.
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(data), "予定.csv")})
    return me.post(f"{TABLES}/new", body, content_type=f"multipart/form-data; boundary={boundary}")
