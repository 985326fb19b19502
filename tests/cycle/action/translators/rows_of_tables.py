"""Tables as bytes or text, and what they become."""

import json
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from aarportal.core.tables.sheets import sniff
from aarportal.cycle.action.translators import Translated, tables
from aarportal.cycle.action.translators.columns import (
    ColumnMapping,
    guess,
    is_known,
)

APP = UUID("018f6a52-7c3d-7b1e-9a10-3f5b2c4d6e7f")
OTHER_APP = UUID("018f6a52-7c3d-7b1e-9a10-000000000002")
HOME = "https://idp.hinata.example/"
TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, tzinfo=UTC)

HEADER = (
    "ログインID,氏名,学習日,時刻,教材名,教科,単元,学習指導要領コード,"
    "学習時間,問題数,正解数,得点,満点,回"
)
FULL = (
    "a01,髙﨑①,令和８年４月１日,午後3時5分,わり算 3,算数,わり算の筆算,8250263100000000,"
    "12分30秒,２０問,17,,,1"
)


def translated(text: str | bytes, mapping: ColumnMapping | None = None, **given_):
    sheet = sniff(text if isinstance(text, bytes) else text.encode(), is_usual=is_known)
    settings = {"app_id": APP, "home_page": HOME, "zone": TOKYO, **given_}
    return list(tables.translate(sheet, mapping or guess(sheet.headers), **settings))


def statement(outcome) -> dict:
    assert isinstance(outcome, Translated), outcome
    return json.loads(outcome.statement)


def row(**cells) -> str:
    """A good row with some cells changed, by the name of their columns."""
    names = HEADER.split(",")
    values = dict(zip(names, FULL.split(","), strict=True)) | cells
    return f"{HEADER}\n" + ",".join(f'"{values[name]}"' for name in names) + "\n"
