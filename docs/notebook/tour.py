"""A tour of the warehouse for newcomers: `marimo edit docs/notebook/tour.py` after `pip install '.[notebook]'` and `make warehouse`."""

import marimo

app = marimo.App(width="medium", app_title="chipflows: a tour of the warehouse")


@app.cell
def _():
    import os
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    return Path, alt, duckdb, mo, os


@app.cell
def _(mo):
    mo.md(
        """
        # A tour of the warehouse

        The warehouse is one DuckDB file. This notebook opens it read-only, so nothing here can change a figure. Tables whose name begins
        with `exports.rpt_` are made to be read; each row says how far it may be trusted:

        - `..._p05`, `..._p50`, `..._p95`: low end, middle and high end of the 90 % interval. Read all three.
        - `absence_reason`: where there is no number, why not.
        - `evidence_label`: how much the words around the figure may say.

        If you know no SQL: every table below is one query, and the twenty-two queries of `docs/cookbook.md` can be pasted in its place.
        """
    )
    return


@app.cell
def _(Path, duckdb, os):
    home = Path(os.environ.get("CHIPFLOWS_HOME") or Path(__file__).resolve().parents[2] / "warehouse")
    database = home / "chipflows.duckdb"
    if not database.exists():
        raise FileNotFoundError(f"there is no warehouse at {database}; run `make warehouse` first, or set CHIPFLOWS_HOME")
    con = duckdb.connect(str(database), read_only=True)
    return (con,)


@app.cell
def _(con):
    release = con.sql("SELECT warehouse_release_id, as_of FROM core.run").pl()
    release
    return (release,)


@app.cell
def _(mo):
    mo.md(
        """
        ## What can be asked

        One line for each report, with its number of rows. The description says what one row is.
        """
    )
    return


@app.cell
def _(con):
    reports = con.sql("SELECT model, n_rows, description FROM meta.model WHERE layer = 'exports' ORDER BY model").pl()
    reports
    return (reports,)


@app.cell
def _(mo):
    mo.md(
        """
        ## How much was smuggled? It depends on the unit

        The same half-year, four units of account. The line spans 90 % of joint draws, the dot is the middle. Smuggled chips are claimed by
        publishers, never observed; the shares therefore have wide intervals, and no unit is the right one.
        """
    )
    return


@app.cell
def _(con):
    mix = con.sql("""
        SELECT unit_of_account, channel, share_p05, share_p50, share_p95
        FROM exports.rpt_mix_interval
        WHERE scope = 'arrivals' AND mix_series = 'backbone' AND channel_part = 'all' AND period_id = '2025H1'
        ORDER BY unit_of_account, channel
    """).pl()
    mix
    return (mix,)


@app.cell
def _(alt, mix):
    share = alt.Axis(format="%")
    mix_base = alt.Chart(mix).encode(y=alt.Y("channel:N", title=None), color=alt.Color("channel:N", legend=None))
    mix_spans = mix_base.mark_rule(strokeWidth=3).encode(
        x=alt.X("share_p05:Q", title="share of added compute", axis=share), x2="share_p95:Q"
    )
    mix_dots = mix_base.mark_point(filled=True, size=90).encode(x="share_p50:Q")
    mix_chart = (mix_spans + mix_dots).properties(width=420, height=70).facet(row=alt.Row("unit_of_account:N", title=None))
    mix_chart
    return (mix_chart,)


@app.cell
def _(mo):
    mo.md(
        """
        ## What do street prices say?

        Each dot is a quote set against the legal price of the same chip. Only quotes that are like for like (same system, same kind of price,
        close in time) may be quoted as a premium; the others are shown so that you see how few those are.
        """
    )
    return


@app.cell
def _(con):
    premium = con.sql("""
        SELECT price_id, chip_id, quote_date, premium, is_like_for_like, like_for_like_reason
        FROM exports.rpt_premium
        WHERE premium IS NOT NULL
        ORDER BY quote_date
    """).pl()
    premium
    return (premium,)


@app.cell
def _(alt, premium):
    premium_chart = (
        alt.Chart(premium)
        .mark_point(filled=True, size=90)
        .encode(
            x=alt.X("quote_date:T", title="day of the quote"),
            y=alt.Y("premium:Q", title="over the legal price", axis=alt.Axis(format="%")),
            shape=alt.Shape("is_like_for_like:N", title="like for like"),
            color=alt.Color("is_like_for_like:N", title="like for like"),
            tooltip=["price_id", "chip_id", "premium", "like_for_like_reason"],
        )
        .properties(width=520, height=260)
    )
    premium_chart
    return (premium_chart,)


@app.cell
def _(mo):
    mo.md(
        """
        ## What moved around a rule?

        First the verdict of every registered event study on the shipped data. Most have none that counts: another rule falls into
        the window, the trend before the date already differs, or there are no data.
        """
    )
    return


@app.cell
def _(con):
    verdicts = con.sql("""
        SELECT design_status, count(*) AS n_studies, count(estimate_percent) AS n_with_figure
        FROM exports.rpt_event_result GROUP BY design_status ORDER BY n_studies DESC
    """).pl()
    verdicts
    return (verdicts,)


@app.cell
def _(mo):
    mo.md(
        """
        One path, month by month: the gap between the series and those it is compared with, in logarithms, against the month before
        any signal. The band is 95 %. Where the band holds zero, no change is shown; where the months before the rule move
        as much as those after, neither.
        """
    )
    return


@app.cell
def _(con):
    path = con.sql("""
        SELECT design_id, months_from_event, path_log, band_low, band_high, month_role
        FROM exports.rpt_event_path
        WHERE design_id = 'kor_mcp_partners_2025_04_usd' AND control_set = 'near' AND path_log IS NOT NULL
        ORDER BY months_from_event
    """).pl()
    path
    return (path,)


@app.cell
def _(alt, path):
    path_base = alt.Chart(path).encode(x=alt.X("months_from_event:Q", title="months from the rule"))
    path_band = path_base.mark_area(opacity=0.25).encode(y=alt.Y("band_low:Q", title="log gap"), y2="band_high:Q")
    path_chart = (path_band + path_base.mark_line(point=True).encode(y="path_log:Q")).properties(width=520, height=260)
    path_chart
    return (path_chart,)


@app.cell
def _(mo):
    mo.md(
        """
        ## Whose figures are these?

        Every input file with its publisher and its terms. Where rows may not be passed on, they stay inside the warehouse and only
        figures derived from them go out.
        """
    )
    return


@app.cell
def _(con):
    sources = con.sql("""
        SELECT publisher, licence_name, may_redistribute_rows, count(*) AS n_files, sum(rows_accepted)::BIGINT AS n_rows
        FROM exports.rpt_source GROUP BY ALL ORDER BY n_rows DESC
    """).pl()
    sources
    return (sources,)


if __name__ == "__main__":
    app.run()
