#!/usr/bin/env bash
# Breaks each rule of the house once, in a copy, and sees that something cries.
# usage: ./mutations.sh   (from the root of the checkout, after ./run check made .venv)
set -u
source_dir=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$source_dir/.venv/bin
missed=0
contracts="$bin/lint-imports --no-cache"
style="$bin/ruff check -q ."
tests() { echo "$bin/python -m pytest -q -x -p no:cacheprovider -p no:randomly $*"; }
goals=aarportal/cycle/anticipation

try() { # name, edit, checker
  rm -rf "$work/copy" && mkdir "$work/copy"
  git -C "$source_dir" ls-files -z --cached --others --exclude-standard |
    (cd "$source_dir" && xargs -0 cp --parents -t "$work/copy" 2>/dev/null)
  for made in "$source_dir"/translations/*/LC_MESSAGES/messages.mo; do
    cp "$made" "$work/copy/${made#"$source_dir"/}"
  done
  cd "$work/copy" && eval "$2"
  if git -C "$source_dir" diff --no-index --quiet "$source_dir/aarportal" "$work/copy/aarportal" &&
    git -C "$source_dir" diff --no-index --quiet "$source_dir/templates" "$work/copy/templates"; then
    echo "NO EDIT | $1"; missed=$((missed + 1)); cd "$source_dir"; return
  fi
  out=$(eval "$3" 2>&1)
  if [ $? -ne 0 ]; then
    echo "CAUGHT  | $1 | $(grep -E 'BROKEN|Error|assert|exhaustive' <<<"$out" | head -1 | cut -c1-90)"
  else
    echo "MISSED  | $1"; missed=$((missed + 1))
  fi
  cd "$source_dir"
}
import_into() { sed -i "0,/^from \|^import /s//$2\n&/" "$1"; }

try "chart imports sqlalchemy" "import_into aarportal/charts/rhythm.py 'import sqlalchemy'" "$contracts"
try "chart translates" "import_into aarportal/charts/rhythm.py 'from flask_babel import gettext'" "$contracts"
try "store imports flask" "import_into $goals/store.py 'from flask import abort'" "$contracts"
try "operation imports web" "import_into $goals/operations.py 'from aarportal.web.fragments import render'" "$contracts"
try "earlier phase reads later phase" "import_into $goals/store.py 'from aarportal.cycle.action import store as later'" "$contracts"
try "store goes round the scope" "import_into $goals/store.py 'from aarportal.core.database import db'" "$contracts"
try "route makes rows" "import_into $goals/routes.py 'from aarportal.cycle.anticipation.models import Goal'" "$contracts"
try "store calls operations" "import_into $goals/store.py 'from aarportal.cycle.anticipation import operations'" "$contracts"
try "connector imports flask" "import_into aarportal/cycle/action/connectors/h5p.py 'import flask'" "$contracts"
try "core imports web" "import_into aarportal/core/clock.py 'from aarportal.web import guard'" "$contracts"
try "a floor nobody placed" "mkdir aarportal/badges; touch aarportal/badges/__init__.py" "$contracts"
try "a phase nobody placed" "mkdir aarportal/cycle/celebration; touch aarportal/cycle/celebration/__init__.py" "$contracts"
house="$(tests tests/architecture/test_house.py)"
guard="$(tests tests/architecture/test_scope.py tests/architecture/test_scope_over_time.py -k sqlite)"
try "route without permission" "sed -i '0,/, permission=Permission.GOALS_READ/s///' $goals/routes.py" "$house"
try "naked add_url_rule" "sed -i 's/^    fragments.init_app(app)/    app.add_url_rule(\"\/x\", \"x\", lambda: \"hi\")\n&/' aarportal/app.py" "$house"
try "plain flask.Blueprint" "sed -i 's/^from aarportal.web.blueprint import PortalBlueprint/from flask import Blueprint as PortalBlueprint/' aarportal/insight/home/routes.py" "$house"
try "table without owner" "printf '\n\nclass Loose(Base):\n    __tablename__ = \"loose\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n' >> $goals/models.py" "$house"
try "student table without readers" "sed -i 's/from aarportal.core.ownership import ReadByHomeroom, ReadByTeachers/from aarportal.core.ownership import StudentOwned as ReadByHomeroom, StudentOwned as ReadByTeachers/' $goals/models.py" "$house"
try "model and migration disagree" "sed -i 's/    why_text: Mapped\[str\]/    whim: Mapped[str] = mapped_column(default=\"\")\n&/' $goals/models.py" "$house"
try "a relationship in a model" "sed -i 's/^class GoalVersion/from sqlalchemy.orm import relationship\n\n\nclass GoalVersion/; s/    replaced_at: Mapped\[datetime\]/&\n    goal = relationship(\"Goal\")/' $goals/models.py" "$house"
try "commit inside an operation" "sed -i '0,/scope.session.flush()/s//scope.session.commit()/' aarportal/cycle/loop/operations.py" "$(tests tests/cycle/loop)"
try "change without audit" "sed -i '/audit.record/d' aarportal/people/attendance/operations.py" "$(tests tests/people/attendance)"
try "the guard forgets the student" "sed -i 's/    if student_ids is not None:/    if student_ids is None:/' aarportal/core/visibility.py" "$guard"
try "the guard forgets the school" "sed -i 's/return and_(at_school, \*_of_students/return and_(*_of_students/' aarportal/core/visibility.py" "$guard"
try "the guard forgets the year" "sed -i 's/    if scope.since is not None:/    if False:/' aarportal/core/visibility.py" "$guard"
try "the guard forgets who has gone" "sed -i 's/    elif scope.is_person:/    elif False:/' aarportal/core/visibility.py" "$guard"
try "a student writes at the school before" "sed -i 's/        if self.role is Role.STUDENT:/        if False:/' aarportal/core/scope.py" "$guard"
try "the guard overlooks aliases" "sed -i 's/include_aliases=True/include_aliases=False/' aarportal/core/unit_of_work.py" "$guard"
try "a GET may write" "sed -i 's/    if not writing.get():/    if False:/' aarportal/core/unit_of_work.py" "$guard"
try "template folder is no blueprint" "mv templates/units templates/lessons" "$house"
try "inline style in a template" "sed -i '0,/<div/s//<div style=\"color:red\"/' templates/home/home.html" "$house"
try "an opened session is not audited" "sed -i '/\"session:opened\"/d' aarportal/people/accounts/operations.py" "$(tests tests/people/accounts -k sqlite)"
try "raw SQL" "import_into $goals/store.py 'from sqlalchemy import text'" "$style"
try "wall clock" "printf '\n\nNOW = datetime.now()\n' >> $goals/store.py; import_into $goals/store.py 'from datetime import datetime'" "$style"
echo "$missed not caught"
exit "$missed"
