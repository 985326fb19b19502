"""What the session guard costs: the same questions asked with and without it, in one run."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import and_, select

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.loop.models import LearningCycle
from aarportal.people.roster.models import Enrollment, User
from aarportal.settings import Settings
from bench.measure import cpu_ms, line
from tests import cast

QUESTIONS = {
    "one table, one condition": lambda: select(LearningCycle).where(LearningCycle.mid == ""),
    "a join of two tables, ordered": lambda: (
        select(User.id, User.family_name)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.role == "student")
        .order_by(Enrollment.attendance_no)
    ),
    "a subquery in a condition": lambda: select(User.id).where(
        User.id.in_(
            select(LearningCycle.student_id).where(
                and_(LearningCycle.mid == "", LearningCycle.items >= 0)
            )
        )
    ),
}


def main() -> None:
    """Print the cost of each question, guarded and plain."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                secret_key="bench " * 8,
                database_url=f"sqlite:///{folder}/portal.db",
                data_dir=Path(folder),
                cookie_secure=False,
            )
        )
        migrate.upgrade(app)
        with app.app_context(), unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
        print("Session guard, CPU per query (SQLite, few rows):")
        for name, question in QUESTIONS.items():
            costs = {}
            for eyes, scope_made in {
                "plain": SystemScope("bench"),
                "pupil": cast.scope_of(cast.AOI),
                "teacher": cast.scope_of(cast.CHIBA),
            }.items():
                with app.app_context(), unit_of_work(scope_made, read_only=True) as scope:
                    costs[eyes] = cpu_ms(
                        lambda question=question, scope=scope: scope.session.execute(
                            question()
                        ).all(),
                        times=200,
                    )
            line(f"{name}: plain", costs["plain"], "ms")
            for eyes in ("pupil", "teacher"):
                ratio = costs[eyes] / costs["plain"]
                line(f"{name}: guarded, {eyes}", costs[eyes], "ms", f"{ratio:.2f} x plain")


if __name__ == "__main__":
    main()
