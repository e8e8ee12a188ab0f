"""Computes what the reports say from the raw files, with pandas, from the definitions alone.

Called with the folder of the files, the first and the last date that may be known. Prints one JSON object:
table -> key -> column -> value. A key is the values of the key columns, joined by blanks.
"""

import json
import math
import sys

import pandas as pd

folder, first_known, last_known = sys.argv[1:4]


def read(file: str, date_column: str) -> pd.DataFrame:
    frame = pd.read_csv(f"{folder}/{file}", na_values=["N/A"])
    frame.index = pd.to_datetime(frame[date_column].str.slice(0, 10))
    return frame.sort_index().loc[first_known:last_known]


ecb = read("eurofxref-hist.csv", "Date")
native = {
    "BTC": read("btc-usd-max.csv", "snapped_at")["price"],
    "EURUSD": ecb["USD"],
    "GBPUSD": ecb["USD"] / ecb["GBP"],
    "EURGBP": ecb["GBP"],
    "VIX": read("vix-daily.csv", "DATE")["CLOSE"],
}
native = {ticker: closes.astype(float).dropna() for ticker, closes in native.items()}
native = {ticker: closes for ticker, closes in native.items() if len(closes) > 0}
# Prices in pounds become dollars by the rate of the day, or one that is at most a week old.
rate = native["GBPUSD"].reindex(native["EURGBP"].index, method="ffill", tolerance=pd.Timedelta(days=7))
unified = {**native, "EURGBP": (native["EURGBP"] * rate).dropna()}
end = max(closes.index[-1] for closes in native.values())


def days(number: int) -> pd.Timedelta:
    return pd.Timedelta(days=number)


def text(date: pd.Timestamp) -> str:
    return date.strftime("%Y-%m-%d")


def number(value: float) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def performance() -> dict:
    starts = {name: end - days(back) for name, back in [("7D", 7), ("1M", 30), ("3M", 91), ("6M", 182), ("1Y", 365)]}
    starts["YTD"] = pd.Timestamp(year=end.year, month=1, day=1)
    table = {}
    for period, start in starts.items():
        for ticker, closes in unified.items():
            known = closes[(closes.index >= start) & (closes.index <= end)]
            if len(known) == 0:
                continue
            table[f"{ticker} {period}"] = {
                "period_start": text(start),
                "period_end": text(end),
                "start_date": text(known.index[0]),
                "end_date": text(known.index[-1]),
                "start_close": known.iloc[0],
                "end_close": known.iloc[-1],
                "return_pct": 100 * (known.iloc[-1] - known.iloc[0]) / known.iloc[0] if len(known) > 1 else None,
            }
        btc = table.get(f"BTC {period}", {}).get("return_pct")
        for ticker in unified:
            row = table.get(f"{ticker} {period}")
            if row is None:
                continue
            own = row["return_pct"]
            is_comparable = btc is not None and own is not None
            row["btc_return_pct"] = btc
            row["vs_btc_pct"] = own - btc if is_comparable else None
            row["beats_btc"] = bool(own > btc) if is_comparable and ticker != "BTC" else None
    return table


def standing(summary: dict) -> dict:
    table = {}
    for period in ["7D", "1M", "3M", "6M", "YTD", "1Y"]:
        btc = summary.get(f"BTC {period}", {}).get("return_pct")
        if btc is None:
            continue
        others = [summary.get(f"{ticker} {period}", {}).get("return_pct") for ticker in unified if ticker != "BTC"]
        others = [value for value in others if value is not None]
        better = [value for value in others if value > btc]
        table[period] = {
            "others": len(others),
            "beaten_by_btc": len([value for value in others if value < btc]),
            "btc_rank": len(better) + 1,
        }
    return table


def volatility() -> dict:
    table = {}
    for ticker, closes in native.items():
        for window in [30, 90, 365]:
            returns = closes.pct_change().dropna()
            returns = returns[returns.index > end - days(window)]
            if len(returns) == 0:
                continue
            gaps = closes.index.to_series().diff().loc[returns.index].dt.days
            own = len(returns) * 365.25 / gaps.sum()
            inside = closes[closes.index > end - days(window)]
            deviation = returns.std(ddof=1)
            downside = math.sqrt((returns.clip(upper=0) ** 2).mean())
            table[f"{ticker} {window}"] = {
                "n": len(returns),
                "daily_volatility_pct": number(100 * deviation),
                "volatility_252_pct": number(100 * deviation * math.sqrt(252)),
                "volatility_own_pct": number(100 * deviation * math.sqrt(own)),
                "observations_a_year": own,
                "max_drawdown_pct": 100 * (inside / inside.cummax() - 1).min(),
                "sharpe": number(returns.mean() / deviation * math.sqrt(own)) if deviation > 0 else None,
                "sortino": returns.mean() / downside * math.sqrt(own) if downside > 0 else None,
                "first_date": text(returns.index[0]),
                "last_date": text(returns.index[-1]),
            }
    return table


def correlation() -> dict:
    table = {}
    returns = {ticker: closes.pct_change().dropna() for ticker, closes in native.items()}
    for one in returns:
        for other in returns:
            for window in [30, 90, 365]:
                pair = pd.concat([returns[one], returns[other]], axis=1, join="inner")
                pair = pair[pair.index > end - days(window)]
                if one < other and len(pair) >= 20:
                    table[f"{one} {other} {window}"] = {
                        "n": len(pair),
                        "correlation": pair.iloc[:, 0].corr(pair.iloc[:, 1]),
                        "first_date": text(pair.index[0]),
                        "last_date": text(pair.index[-1]),
                    }
    return table


def simulation() -> dict:
    start = end - days(365)
    calendar = pd.date_range(start, end)
    table = {}
    for ticker, closes in unified.items():
        year = closes[closes.index >= start]
        due = [day for day in calendar[1:] if day.day == 28 and day >= closes.index[0]]
        bought = {
            "LUMP_SUM": [(year.index[0], 1200)] if len(year) > 0 else [],
            "MONTHLY": [(year.index[year.index >= day][0], 100) for day in due if (year.index >= day).any()],
        }
        for strategy, purchases in bought.items():
            for day in calendar:
                made = [(date, amount) for date, amount in purchases if date <= day]
                if not made:
                    continue
                invested = sum(amount for _, amount in made)
                units = sum(amount / year[date] for date, amount in made)
                value = units * year[year.index <= day].iloc[-1]
                table[f"{ticker} {strategy} {text(day)}"] = {
                    "invested": invested,
                    "units": units,
                    "value": value,
                    "return_pct": 100 * (value - invested) / invested,
                    "period_start": text(start),
                }
    return table


summary = performance()
print(
    json.dumps(
        {
            "rpt_performance_summary": summary,
            "rpt_btc_standing": standing(summary),
            "rpt_volatility_comparison": volatility(),
            "rpt_correlation": correlation(),
            "rpt_investment_simulation": simulation(),
        },
        allow_nan=False,
    )
)
