"""A synthetic world of exporters, hubs and a destination, in which freight, re-exports, misreporting and diversion are planted.

One world is one HS6 code: 29 destinations, four of them hubs, one the target of a rule; every figure below is a US dollar
value of one month t. All random numbers of world n come from ``numpy.random.default_rng((seed, n))``.

Demand. What exporter i would send to destination y without the rule is

    q(y,t) = s(y) g(t) exp(a(y) [t after the rule] + b(y,t)),   a ~ N(0, 0.2), b ~ N(0, 0.15), ln s ~ N(15.4, 0.8)

with a, b independent and alike for every destination, hubs and target included (the target is eight times as large, areas nes
a twentieth), and growth and season g(t) common to all. So the growth of a hub is one more draw from the growth of the placebos.

Rule. After it a share `cut` of the direct exports to the target d is lost, of which a share `diverted` goes to the hubs:

    L(t) = cut q(d,t)         X(d,t) = q(d,t) - L(t)         e(h,t) = diverted weight(h) L(t)         X(h,t) = q(h,t) + e(h,t)

In the month of the rule, which belongs to no window, exports to the target are 40 % higher (front-loading).

Transport. A share `late` arrives a month later; of the diverted goods a share `vanish` never reaches the hub:

    due(y,t) = (1 - late) X(y,t) + late X(y,t-1)     Z(h,t) = vanish(h) due_e(h,t)     A(h,t) = due(h,t) - Z(h,t)

The importer values goods with freight, tau in the declared interval, another one for every pair and month:

    M(h<-i,t) = (1 + tau) A(h,t)

Hubs. The landed goods that go on to y are a share `onward` of the ordinary arrivals, and every diverted good that arrived;
the hub adds its markup mu, in the declared interval, another one for every hub, origin and destination:

    C(h,i,y,t) = (1 + tau) (onward(h,y) A_q(h,t) + [y = d] A_e(h,t))      RX(h,i,y,t) = (1 + mu) C(h,i,y,t)
    retained(h,t) = sum_i M(h<-i,t) - sum_i,y C(h,i,y,t)                  X(h,y,t) = sum_i RX(h,i,y,t) + D(h,y,t)

with D the hub's own output. Nothing is held in stock. A quarter of the hubs sends everything on to the target. In every
other world of the first 63 of its kind one hub with and one without own output are silent: exports, but no re-exports.

Freight and markup are uniform in their interval for three pairs of five; one pair sits on either end, where a bound is tight.

Target. It records by origin, with freight, and leaves out a share `hidden` of the value:

    M(d<-i,t) = (1 + tau) (1 - hidden) (due(d,t) + sum_h RX(h,i,d,t))     M(d<-h,t) = (1 + tau) (1 - hidden) D(h,d,t)

A second exporter follows the same equations without a rule. What each kind of world switches on stands in `KINDS`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from world import months_from

SEED = 20_250_115
WORLDS_PER_KIND = 63
EXTRA_PER_ONWARD_KIND = 109  # more worlds of the kinds in which hubs sell on, so that 500 have a rule that costs something

EXPORTERS = ("USA", "TWN", "KOR")
HUBS = {"HKG": "entrepot", "SGP": "both", "MYS": "both", "ARE": "entrepot"}
TARGET = "CHN"
THIRD = "IND"  # an ordinary destination that also buys from the hubs
ORDINARY = (
    *("AUS", "BRA", "CAN", "CHE", "DEU", "ESP", "FIN", "FRA", "GBR", "IDN", "IND", "ISR"),
    *("ITA", "JPN", "MEX", "NLD", "NOR", "NZL", "POL", "SWE", "THA", "TUR", "VNM"),
)
RESIDUAL = "XNS"  # areas nes: in the total and in the rest of the world, never a placebo
DESTINATIONS = (*HUBS, TARGET, *ORDINARY, RESIDUAL)
ONWARD = (TARGET, THIRD)
SILENT = ("MYS", "ARE")
PRODUCERS = tuple(hub for hub, role in HUBS.items() if role == "both")

MONTHS = months_from(date(2023, 12, 1), 26)  # one month ahead for late arrivals, twelve of base, the event, twelve after
EVENT = MONTHS.index(date(2025, 1, 1))
ANNOUNCED, BITE = date(2025, 1, 10), date(2025, 1, 15)
BASE, POST = slice(EVENT - 12, EVENT), slice(EVENT + 1, EVENT + 13)

FREIGHT = {"chip": (0.002, 0.01, 0.06), "card": (0.002, 0.01, 0.06), "server": (0.01, 0.03, 0.12)}  # low, central, high
MARKUP = (0.03, 0.10, 0.25)
LATE = (0.0, 0.0, 1.0)
OUTPUT_SLACK = 0.3  # what is declared of a hub's own output in a year is true within 30 % either way

Amounts = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What one kind of world plants; the rest of a world is the same for every kind."""

    name: str
    is_cif: bool = True
    is_late: bool = False
    is_hidden: bool = False
    is_onward: bool = False
    is_cut: bool = False
    is_vanishing: bool = False


KINDS = (
    Kind("null", is_cif=False),
    Kind("freight"),
    Kind("late", is_late=True),
    Kind("misreport", is_hidden=True),
    Kind("reexport", is_onward=True),
    Kind("diversion", is_onward=True, is_cut=True),
    Kind("lost", is_cut=True, is_vanishing=True),
    Kind("all", is_hidden=True, is_onward=True, is_cut=True, is_vanishing=True),
)
BUSY = tuple(kind for kind in KINDS if kind.is_onward or kind.is_cut)


@dataclass(frozen=True)
class Draws:
    """The planted parameters of one world, in the words of the module's equations; h, i and y count hubs, exporters, buyers."""

    cut: float
    diverted: float
    late: float
    hidden: float
    weight: Amounts  # h
    vanish: Amounts  # h
    onward: Amounts  # h, y
    markup: Amounts  # h, i, y
    freight_hub: Amounts  # h, i, t
    freight_target: Amounts  # partner, t: two exporters, then the hubs
    output: Amounts  # h, y, t
    speaks: Amounts  # h: 1 where the hub files re-exports, 0 where it is silent


@dataclass(frozen=True)
class Leg:
    """What one exporter sends and what becomes of it, by place and month."""

    organic: Amounts  # destination, t
    sent: Amounts  # destination, t
    due: Amounts  # destination, t
    diverted: Amounts  # h, t
    vanished: Amounts  # h, t
    landed: Amounts  # h, t: value with freight at the hub's border
    cost: Amounts  # h, y, t: landed value of what goes on
    reexport: Amounts  # h, y, t


@dataclass(frozen=True)
class Planted:
    """One world: its draws, the two exporters' legs, what the rule cost, and what the target declares."""

    number: int
    kind: Kind
    stage: str
    exporters: tuple[str, str]
    draws: Draws
    legs: tuple[Leg, Leg]
    forgone: Amounts  # t
    arrived: Amounts  # partner, t: FOB value at the target's border, two exporters by origin, then the hubs' own goods
    declared: Amounts  # partner, t: what is declared of it, without freight

    @property
    def product_code(self) -> str:
        """HS6 code of the world, alone in its heading."""
        return f"{7000 + self.number}10"


def worlds(seed: int = SEED, per_kind: int = WORLDS_PER_KIND, extra: int = EXTRA_PER_ONWARD_KIND) -> Iterator[Planted]:
    """The worlds of one seed; kinds, stages and exporters take turns, first all kinds, then those in which hubs sell on."""
    for number in range(per_kind * len(KINDS)):
        yield world(seed, number)
    for number in range(extra * len(BUSY)):
        yield world(seed, WORLDS_PER_KIND * len(KINDS) + number)


def world(seed: int, number: int) -> Planted:
    """One world by its number; the same seed and number always give the same world."""
    rng = np.random.default_rng((seed, number))
    kind, turn = kind_and_turn(number)
    stage = tuple(FREIGHT)[turn % len(FREIGHT)]
    draws = draw(rng, kind, stage, is_silent=turn % 2 == 1 and turn < WORLDS_PER_KIND)
    first, forgone = main_leg(demand(rng, is_main=True), draws)
    second = leg(demand(rng, is_main=False), np.zeros((len(HUBS), len(MONTHS))), draws, place=1)
    arrived = np.concatenate(
        [
            [one.due[DESTINATIONS.index(TARGET)] + one.reexport[:, 0].sum(axis=0) for one in (first, second)],
            draws.output[:, 0],
        ]
    )
    pair = (EXPORTERS[turn % 3], EXPORTERS[(turn + 1) % 3])
    return Planted(number, kind, stage, pair, draws, (first, second), forgone, arrived, (1 - draws.hidden) * arrived)


def kind_and_turn(number: int) -> tuple[Kind, int]:
    """Kind of a world, and how many of that kind come before it."""
    first = WORLDS_PER_KIND * len(KINDS)
    if number < first:
        return KINDS[number % len(KINDS)], number // len(KINDS)
    return BUSY[(number - first) % len(BUSY)], WORLDS_PER_KIND + (number - first) // len(BUSY)


def draw(rng: Generator, kind: Kind, stage: str, *, is_silent: bool) -> Draws:
    """Parameters of one world: always the same number of draws, then what its kind does not plant is switched off."""
    n_hubs, n_months, n_onward = len(HUBS), len(MONTHS), len(ONWARD)
    low, _, high = FREIGHT[stage]
    own = np.array([[1.0], [0.5]]) * rng.lognormal(14, 0.1, (n_hubs, n_onward, n_months))
    drawn = Draws(
        cut=rng.uniform(0.3, 0.9),
        diverted=rng.uniform(0.3, 0.9),
        late=rng.uniform(LATE[0], LATE[2]),
        hidden=rng.uniform(0.05, 0.5),
        weight=rng.dirichlet(np.full(n_hubs, 2.0)),
        vanish=rng.uniform(0.2, 0.8, n_hubs),
        onward=shares(rng, n_hubs, n_onward),
        markup=inside(rng, MARKUP[0], MARKUP[2], (n_hubs, 2, n_onward))[..., 0],
        freight_hub=inside(rng, low, high, (n_hubs, 2), n_months),
        freight_target=inside(rng, low, high, (2 + n_hubs,), n_months),
        output=own * np.array([hub in PRODUCERS for hub in HUBS])[:, None, None],
        speaks=np.array([not (is_silent and hub in SILENT) for hub in HUBS], dtype=float),
    )
    return replace(
        drawn,
        cut=drawn.cut * kind.is_cut,
        diverted=drawn.diverted * kind.is_cut,
        late=drawn.late * kind.is_late,
        hidden=drawn.hidden * kind.is_hidden,
        vanish=drawn.vanish * kind.is_vanishing,
        onward=drawn.onward * kind.is_onward,
        output=drawn.output * kind.is_onward,
        freight_hub=drawn.freight_hub * kind.is_cif,
        freight_target=drawn.freight_target * kind.is_cif,
    )


def shares(rng: Generator, n_hubs: int, n_onward: int) -> Amounts:
    """Shares of ordinary arrivals that go on to each buyer; at a quarter of the hubs everything goes on to the target."""
    drawn = rng.uniform(0.05, 0.45, (n_hubs, n_onward))
    is_all = rng.uniform(size=(n_hubs, 1)) < 0.25
    return np.where(is_all, np.arange(n_onward) == ONWARD.index(TARGET), drawn)


def inside(rng: Generator, low: float, high: float, pairs: tuple[int, ...], n_months: int = 1) -> Amounts:
    """Draws from an interval by pair and month: anywhere for three pairs of five, on the low or the high end for one each."""
    place = rng.integers(0, 5, (*pairs, 1))
    anywhere = rng.uniform(low, high, (*pairs, n_months))
    return np.where(place == 0, low, np.where(place == 1, high, anywhere))


def demand(rng: Generator, *, is_main: bool) -> Amounts:
    """Exports without a rule, by destination and month; the second exporter sells to hubs, target and three others only."""
    n, months = len(DESTINATIONS), np.arange(len(MONTHS))
    common = (1 + rng.uniform(-0.01, 0.03)) ** months * (1 + 0.1 * np.sin(months * np.pi / 6))
    size = rng.lognormal(15.4, 0.8, n)
    size[DESTINATIONS.index(TARGET)] *= 8
    size[DESTINATIONS.index(RESIDUAL)] /= 20
    step = rng.normal(0, 0.2, n)[:, None] * (months > EVENT)
    amounts = size[:, None] * common * np.exp(step + rng.normal(0, 0.15, (n, len(months))))
    sold = [is_main or place in (*HUBS, TARGET, *ORDINARY[:2], RESIDUAL) for place in DESTINATIONS]
    return np.where(np.array(sold)[:, None], amounts, 0.0)


def main_leg(organic: Amounts, draws: Draws) -> tuple[Leg, Amounts]:
    """The leg of the exporter that the rule binds, and the direct exports that the rule cost."""
    target = DESTINATIONS.index(TARGET)
    forgone = draws.cut * organic[target] * (np.arange(len(MONTHS)) > EVENT)
    diverted = draws.diverted * draws.weight[:, None] * forgone
    one = leg(organic, diverted, draws, place=0, forgone=forgone)
    return one, forgone


def leg(organic: Amounts, diverted: Amounts, draws: Draws, *, place: int, forgone: Amounts | None = None) -> Leg:
    """From demand to what is sent, due, lost, landed and sent on; `place` is the exporter's place in the draws."""
    hubs, target = slice(0, len(HUBS)), DESTINATIONS.index(TARGET)
    sent = organic.copy()
    sent[hubs] += diverted
    if forgone is not None:
        sent[target] -= forgone
        sent[target, EVENT] *= 1 + 0.4 * (draws.cut > 0)
    due, due_diverted = delayed(sent, draws.late), delayed(diverted, draws.late)
    vanished = draws.vanish[:, None] * due_diverted
    with_freight = 1 + draws.freight_hub[:, place]
    ordinary, extra = due[hubs] - due_diverted, due_diverted - vanished
    cost = draws.onward[:, :, None] * ordinary[:, None]
    cost[:, ONWARD.index(TARGET)] += extra
    cost = cost * with_freight[:, None]
    return Leg(
        organic=organic,
        sent=sent,
        due=due,
        diverted=diverted,
        vanished=vanished,
        landed=with_freight * (due[hubs] - vanished),
        cost=cost,
        reexport=(1 + draws.markup[:, place, :, None]) * cost,
    )


def delayed(sent: Amounts, late: float) -> Amounts:
    """What is due in each month when a share arrives a month late; the first month has no month before it and stays."""
    before = np.concatenate([sent[..., :1], sent[..., :-1]], axis=-1)
    return (1 - late) * sent + late * before
