"""How often an interval must hold: the count below which chance alone brings an honest test once in a thousand seeds."""

from math import exp, lgamma, log

ALPHA = 1e-3


def least_hits(n: int, rate: float, alpha: float = ALPHA) -> int:
    """Largest k with P(fewer than k of n hits) <= alpha, for independent hits at the given rate: the exact binomial bound."""
    if rate >= 1:
        return n
    below, k = 0.0, 0
    while k < n:
        below += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(rate) + (n - k) * log(1 - rate))
        if below > alpha:
            break
        k += 1
    return k
