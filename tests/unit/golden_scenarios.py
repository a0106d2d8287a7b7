"""The reference runs of METHODS D8, carried here so that the suite needs no file beside the checkout."""

from collections.abc import Mapping

from pipelines.estimators.scenario_model import DOMESTIC, LEGAL, OFFSHORE, SMUGGLED, Base, Levers, Solution, diversion, solve

Q0 = {LEGAL: 633901.5440570129, SMUGGLED: 152492.00299666516, OFFSHORE: 50000.0, DOMESTIC: 555801.4501028013}
P0 = {LEGAL: 36283.237066750844, SMUGGLED: 26230.883727637018, OFFSHORE: 30000.0, DOMESTIC: 28787.25846620341}
BASE = Base(Q0, P0, s0=0.2, beta=1.5, rho=0.5, prem0=0.5, phi=1.0)
MARKET = 1740243.7464455992
XI = {LEGAL: 16.486820583810317, SMUGGLED: 15.28780229538259, OFFSHORE: 14.9316475657432, DOMESTIC: 15.869600803007309}
H200_PRICE, H200_UNITS, TARIFF = 27000 / 1.1970112033291596, 897758.4024968697, 0.25
H200 = {"vendor_price": H200_PRICE, "tariff": TARIFF, "vendor_capacity": H200_UNITS}
LEVERS: Mapping[str, Levers] = {
    "S0": Levers(),
    "S1": Levers(licence=0.0),
    "S2": Levers(licence=0.0, enforcement=2.0),
    "S3": Levers(licence=0.5),
    "S4": Levers(revenue_share=0.15),
    "S5": Levers(**H200),
    "S6": Levers(**H200, acceptance=0.1),
    "S7": Levers(licence=0.0, domestic_capacity=2 * Q0[DOMESTIC]),
}
NAMES = (
    "legal",
    "smuggled",
    "offshore",
    "domestic",
    "unmet",
    "smuggled_share",
    "premium",
    "smuggled_price",
    "gross",
    "diversion",
)
RUNS: Mapping[str, tuple[float | None, ...]] = {
    "S0": (633901.544, 152492.003, 50000, 555801.45, 348048.749, 0.10953351, 0.5, 26230.8837, 2.3e10, None),
    "S1": (0, 387418.119, 50000, 555801.45, 747024.177, 0.39006291, 1.27028996, 39701.1412, 0, 0.37060348),
    "S2": (0, 293262.519, 50000, 555801.45, 841179.777, 0.32618649, 1.92313376, 51117.5878, 0, 0.22207),
    "S3": (316950.772, 264453.096, 50000, 555801.45, 553038.428, 0.22275262, 0.8671048, 32650.5393, 1.15e10, 0.35324443),
    "S4": (552451.871, 180768.5, 50000, 555801.45, 401221.926, 0.13500041, 0.59271469, 27852.2092, 23582049631, 0.34716525),
    "S5": (827378.05, 118087.141, 30623.921, 469898.944, 294255.691, 0.08166536, 0.38719126, 24258.1684, 23328110126, 0.1778245),
    "S6": (89775.84, 350797.415, 50000, 555801.45, 693869.041, 0.33525028, 1.15021578, 37601.3734, 2531250000, 0.36444779),
    "S7": (0, 317568.83, 50000, 844094.198, 528580.719, 0.26209336, 1.04126388, 35696.1037, 0, 0.26041398),
}


def said(found: Solution) -> dict[str, float]:
    """The numbers of one run by the names above."""
    values = (
        *(found.quantity[name] for name in (LEGAL, SMUGGLED, OFFSHORE, DOMESTIC)),
        found.unmet,
        found.quantity[SMUGGLED] / found.total,
        found.premium,
        found.price[SMUGGLED],
        found.gross_usd,
        diversion(found)[SMUGGLED],
    )
    return {name: float(value) for name, value in zip(NAMES, values, strict=True)}


def differences(levers: Mapping[str, Levers] = LEVERS, tolerance: float = 1e-6) -> dict[tuple[str, str], tuple[float, float]]:
    """Every number that is off by more than the tolerance: found and expected by run and name."""
    wrong = {}
    for run, expected in RUNS.items():
        found = said(solve(BASE, levers[run]))
        for name, value in zip(NAMES, expected, strict=True):
            if value is not None and not abs(found[name] - value) <= tolerance * abs(value):
                wrong[run, name] = (found[name], value)
    return wrong
