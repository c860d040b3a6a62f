"""What is acknowledged survives the loss of power: with the pragmas of the program, and not without them."""

from lms.base.db import PRAGMAS
from tests.tools.powerloss import recorded, verdicts

MOMENTS = 5000


def test_f03_nothing_acknowledged_is_lost_and_nothing_is_torn_at_any_moment() -> None:
    acts = recorded(PRAGMAS, transactions=150)

    assert verdicts(acts, moments=MOMENTS) == {"whole": MOMENTS}


def test_f03_the_simulator_sees_what_weaker_pragmas_lose() -> None:
    weaker = [pragma.replace("synchronous = FULL", "synchronous = NORMAL") for pragma in PRAGMAS]

    assert verdicts(recorded(weaker, transactions=60), moments=200)["lost"] > 20
