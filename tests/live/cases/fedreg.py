"""Federal Register: a month of four documents on two pages, one with staggered days, one without a DATES caption."""

import json
from datetime import date
from decimal import Decimal

from publisher import Reply

from cases import Case, Own

NEXT = "https://www.federalregister.gov/api/v1/documents?format=json&per_page=2&search_after=%5B%222026-01-15%22%2C7%5D"
KINDS = {"RULE": "Rule", "PRORULE": "Proposed Rule", "NOTICE": "Notice"}
STAGGERED = "This rule is effective January 15, 2026, except for paragraph (b), which is effective March 16, 2026."
DOCUMENTS = [
    ("2026-00100", "RULE", "2026-01-05", "2026-01-05", "Effective January 5, 2026."),
    ("2026-00200", "NOTICE", "2026-01-09", None, None),
    ("2026-00789", "RULE", "2026-01-15", "2026-01-15", STAGGERED),
    ("C1-2025-19001", "PRORULE", "2026-01-20", None, "Comments are due February 3, 2026."),
]
LATER = ("2026-02000", "RULE", "2026-02-11", "2026-02-12", "Effective February 12, 2026.")


def document(number, kind, printed, effective, dates):
    return {
        "document_number": number,
        "type": KINDS[kind],
        "title": f"Export controls, {number}",
        "action": None,
        "publication_date": printed,
        "effective_on": effective,
        "dates": dates,
        "citation": f"91 FR {number[-3:]}",
        "cfr_references": [{"title": 15, "part": "744", "chapter": None}],
        "docket_ids": ["Docket 1"],
        "regulation_id_numbers": [],
        "correction_of": None,
        "html_url": f"https://www.federalregister.gov/documents/{number}",
        "page_views": {"count": 119},
    }


def page(documents, following=None):
    whole = {"count": len(documents) if following is None else len(DOCUMENTS), "results": [document(*each) for each in documents]}
    return json.dumps(whole | ({"next_page_url": following} if following else {})).encode()


def healthy(asked):
    if asked.get("search_after"):
        return Reply(page(DOCUMENTS[2:]))
    kinds = asked.all("conditions[type][]")
    if "2026-02" in asked.get("conditions[publication_date][gte]"):
        return Reply(page([LATER]))
    if len(kinds) < 4:
        return Reply(page([each for each in DOCUMENTS if each[1] in kinds]))
    return Reply(page(DOCUMENTS[:2], NEXT))


def changed(edit):
    def apply(text):
        whole = json.loads(text)
        whole["results"] = [edit(each) for each in whole["results"]]
        return json.dumps(whole).encode()

    return apply


def say(**whole):
    return lambda asked: Reply(json.dumps(whole).encode())


OWN = {
    "no hit without a list": Own(say(count=0), "empty", "no documents"),
    "no hit with null": Own(say(count=0, results=None), "empty", "no documents"),
    "a count without a list": Own(lambda asked: Reply(b'{"count": 3, "results": null}'), "data"),
    "the count reaches the cap": Own(say(count=10_000, results=[]), "split", "reach the cap", parts=2),
    "errors in 200": Own(say(errors={"base": "bad"}), "refused", "no count"),
    "a next page elsewhere": Own(
        say(count=1, results=[document(*DOCUMENTS[0])], next_page_url="https://example.org/api/v1/x"), "refused", "not on"
    ),
    "half a body": Own(lambda asked: Reply(healthy(asked).body[:-30]), "data"),
}
CASES = [
    Case(
        "fedreg",
        "fedreg_bis_documents",
        months=(date(2026, 1, 1), date(2026, 2, 1)),
        healthy=healthy,
        n_rows=5,
        total=Decimal(1 + 0 + 2 + 1 + 1),
        measure="n_dates",
        empty_kind="empty",
        own=OWN,
        reordered=changed(lambda each: dict(reversed(each.items()))),
        widened=changed(lambda each: each | {"topics": ["Exports"]}),
        revised=changed(lambda each: each | {"title": each["title"] + ", corrected"}),
        misencoded=lambda text: text.replace(b"Export", b"Exp\xc9rt"),
    )
]
