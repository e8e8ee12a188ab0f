"""
The steps of a cell, in Python: every peer runs these same functions, so that only what orchestrates them differs.

They do what the steps of Marketlake do: fetch one window a ticker, seal the raw answer with its hash, write a cell's
Parquet file out of it, read it back with DuckDB against the compiled contract, claim the cell's next record by `link`
and rename the file into bronze. Every file and every folder that names a new one is synced before a step answers.
"""

import functools
import hashlib
import json
import os
import threading
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Job:
    """What is to be done, as bench/peers/job.ts wrote it down."""

    root: str
    market_url: str
    source: str
    resource: str
    windows: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    ask_days: int
    contract_version: str
    columns: tuple[tuple[str, str], ...]
    audit_sql: str
    checks: tuple[dict, ...]

    @property
    def cells(self):
        return [(ticker, day) for ticker, _ in self.windows for day in self.dates]


@functools.lru_cache(maxsize=4)
def load_job(path):
    told = json.loads(Path(path).read_text())
    return Job(
        root=told["root"],
        market_url=told["marketUrl"],
        source=told["source"],
        resource=told["resource"],
        windows=tuple((one["ticker"], one["symbol"]) for one in told["windows"]),
        dates=tuple(told["dates"]),
        ask_days=told["askDays"],
        contract_version=told["contractVersion"],
        columns=tuple((one["name"], one["type"]) for one in told["columns"]),
        audit_sql=told["auditSql"],
        checks=tuple(told["checks"]),
    )


# Files that last


def sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_lasting = set()


def lasting_folder(folder):
    """Makes a folder, and syncs each new one's name in its parent; those known to last are remembered."""
    if folder in _lasting:
        return folder
    if not os.path.isdir(folder):
        lasting_folder(os.path.dirname(folder))
        try:
            os.mkdir(folder)
        except FileExistsError:
            pass
        sync_folder(os.path.dirname(folder))
    _lasting.add(folder)
    return folder


def write_synced(job, data):
    path = f"{lasting_folder(job.root + '/pending')}/{os.getpid()}.{uuid.uuid4()}"
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path


def put(job, path, data):
    pending = write_synced(job, data)
    folder = lasting_folder(os.path.dirname(path))
    os.rename(pending, path)
    sync_folder(folder)


# A window: fetch, stage


def fetch(job, ticker, symbol, batch):
    """Asks for a ticker's whole window, once, and keeps the answer as it came."""
    url = f"{job.market_url}/coingecko/api/v3/coins/{symbol}/market_chart"
    query = f"?vs_currency=usd&days={job.ask_days}&interval=daily&precision=full"
    with urllib.request.urlopen(url + query, timeout=30) as answer:
        body, status = answer.read(), answer.status
    json.loads(body)
    folder = lasting_folder(f"{job.root}/incoming/{batch}")
    put(job, f"{folder}/raw.json", body)
    return {"batch": batch, "target": query, "status": status, "fetched_at": now_text()}


def stage(job, fetched):
    """Writes the manifest and moves the batch to staging in one rename."""
    batch = fetched["batch"]
    incoming = f"{job.root}/incoming/{batch}"
    sealed = {"batch": batch, "fetched_at": fetched["fetched_at"]}
    if os.path.exists(f"{job.root}/staging/{batch}"):
        return sealed
    raw = Path(f"{incoming}/raw.json").read_bytes()
    page = {"file": "raw.json", "sha256": hashlib.sha256(raw).hexdigest(), "sizeBytes": len(raw)}
    put(job, f"{incoming}/manifest.json", json.dumps({**fetched, "pages": [page]}).encode())
    staging = lasting_folder(f"{job.root}/staging")
    os.rename(incoming, f"{staging}/{batch}")
    sync_folder(staging)
    sync_folder(os.path.dirname(incoming))
    return sealed


_window_locks = {}
_windows_guard = threading.Lock()


def once(key, act):
    """Runs an act once a process: cells of a window that fetch or stage as tasks of their own share one request."""
    with _windows_guard:
        lock, done = _window_locks.setdefault(key, (threading.Lock(), {}))
    with lock:
        if "value" not in done:
            done["value"] = act()
        return done["value"]


def now_text():
    return datetime.now(timezone.utc).isoformat()


# A cell: write, audit, publish


@functools.lru_cache(maxsize=64)
def rows_of_batch(root, batch):
    """The closes of a batch by date: a point at 00:00 UTC is the close of the day before, any other is dropped."""
    chart = json.loads(Path(f"{root}/staging/{batch}/raw.json").read_bytes())
    caps, volumes = dict(chart["market_caps"]), dict(chart["total_volumes"])
    rows = {}
    for stamp, close in chart["prices"]:
        if stamp % DAY_MS == 0:
            day = datetime.fromtimestamp(stamp / 1000, timezone.utc).date() - timedelta(days=1)
            rows[day.isoformat()] = (close, caps.get(stamp), volumes.get(stamp))
    return rows


ARROW = {
    "string": pyarrow.string(),
    "number": pyarrow.float64(),
    "date": pyarrow.date32(),
    "timestamp": pyarrow.timestamp("us", "UTC"),
}


@functools.lru_cache(maxsize=4)
def schema_of(columns, batch, version):
    metadata = {"marketlake": json.dumps({"batchId": batch, "contractVersion": version})}
    return pyarrow.schema([pyarrow.field(name, ARROW[kind]) for name, kind in columns], metadata)


def write(job, ticker, day, batch):
    """Takes a cell's row out of its batch and writes it as a candidate."""
    close, market_cap, volume = rows_of_batch(job.root, batch["batch"])[day]
    values = {
        "source_id": job.source,
        "resource_id": job.resource,
        "ticker_id": ticker,
        "bar_date": date.fromisoformat(day),
        "close": close,
        "market_cap": market_cap,
        "volume": volume,
        "__batch_id": batch["batch"],
        "__source_name": job.source,
        "__ingested_at": datetime.fromisoformat(batch["fetched_at"]),
        "__schema_version": job.contract_version,
    }
    schema = schema_of(job.columns, batch["batch"], job.contract_version)
    table = pyarrow.Table.from_arrays([pyarrow.array([values[field.name]], field.type) for field in schema], schema=schema)
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink, compression="NONE", use_dictionary=False)
    data = sink.getvalue().to_pybytes()
    file = f"{job.root}/candidates/{ticker}~{day}~{uuid.uuid4()}.parquet"
    put(job, file, data)
    return {"file": file, "sha256": hashlib.sha256(data).hexdigest()}


_local = threading.local()


def auditor():
    if not hasattr(_local, "connection"):
        _local.connection = duckdb.connect(":memory:", config={"threads": 1})
        _local.connection.execute("set TimeZone = 'UTC'")
    return _local.connection


def audit(job, ticker, day, candidate):
    """Reads a candidate back with DuckDB, holds it against every rule, and keeps the verdict."""
    sql = job.audit_sql.replace("@path@", candidate["file"]).replace("@ticker@", ticker).replace("2001-01-01", day)
    answer = auditor().execute(sql)
    names = [column[0] for column in answer.description]
    rows = answer.fetchall()
    missing = [name for name, _ in job.columns if name not in names]
    results = []
    if len(rows) == 1 and not missing:
        measured = rows[0][len(names) - len(job.checks) :]
        for check, value in zip(job.checks, measured):
            number = check["ifNull"] if value is None else float(value)
            results.append({"rule": check["rule"], "measured": number, "passed": number == check["mustBe"]})
    failed = [one for one, check in zip(results, job.checks) if not one["passed"] and check["severity"] == "error"]
    passed = bool(results) and not failed
    verdict = {"candidateSha256": candidate["sha256"], "verdict": {"outcome": "passed" if passed else "failed"}}
    verdict |= {"checks": results, "auditedAt": now_text()}
    folder = f"{job.root}/audits/source={job.source}/resource={job.resource}/ticker={ticker}"
    put(job, f"{folder}/date={day}~{uuid.uuid4()}.json", json.dumps(verdict).encode())
    if not passed:
        raise ValueError(f"{ticker} {day} was refused: {failed or missing or len(rows)}")
    return candidate


def cell_folder(job, room, ticker, day):
    return f"{job.root}/{room}/source={job.source}/resource={job.resource}/ticker={ticker}/date={day}"


def publish(job, ticker, day, candidate):
    """Claims the cell's next record by `link`, then renames the candidate into bronze; done again, changes nothing."""
    bronze = lasting_folder(cell_folder(job, "bronze", ticker, day))
    records = lasting_folder(cell_folder(job, "records/cells", ticker, day))
    if hash_of(f"{bronze}/data.parquet") == candidate["sha256"]:
        return len(os.listdir(records))
    number = len(os.listdir(records)) + 1
    if not is_promised(f"{records}/{number - 1:06}.json", candidate):
        record = {"event": "published", "sha256": candidate["sha256"], "recordedAt": now_text()}
        pending = write_synced(job, json.dumps(record).encode())
        os.link(pending, f"{records}/{number:06}.json")
        sync_folder(records)
        os.unlink(pending)
    os.rename(candidate["file"], f"{bronze}/data.parquet")
    sync_folder(bronze)
    return number


def hash_of(path):
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def is_promised(record, candidate):
    """True where a dead attempt claimed this record for these bytes."""
    return os.path.exists(record) and json.loads(Path(record).read_bytes())["sha256"] == candidate["sha256"]


def is_published(job, ticker, day):
    return os.path.exists(f"{cell_folder(job, 'bronze', ticker, day)}/data.parquet")


def staged_batch(job, ticker):
    """A batch of this ticker that a dead process sealed, newest first."""
    for name in sorted(os.listdir(lasting_folder(f"{job.root}/staging")), reverse=True):
        if name.startswith(f"{ticker}~"):
            manifest = json.loads(Path(f"{job.root}/staging/{name}/manifest.json").read_bytes())
            return {"batch": name, "fetched_at": manifest["fetched_at"]}
    return None


def batch_id(ticker):
    return f"{ticker}~{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}"


# The run's end


MODELS = {
    "fct_daily_prices": """
        select ticker_id as ticker, bar_date as price_date, close, market_cap, volume, __batch_id as batch_id,
            __ingested_at as ingested_at
        from read_parquet('@bronze@', hive_partitioning = false)""",
    "fct_daily_returns": """
        select ticker, price_date, close / lag(close) over by_date - 1 as simple_return,
            ln(close / lag(close) over by_date) as log_return
        from fct_daily_prices window by_date as (partition by ticker order by price_date)""",
    "fct_rolling_metrics": """
        select ticker, price_date, avg(simple_return) over month as mean_30, stddev(simple_return) over month as stddev_30
        from fct_daily_returns
        window month as (partition by ticker order by price_date rows between 29 preceding and current row)""",
    "rpt_performance_summary": """
        select ticker, first(close order by price_date) as first_close, last(close order by price_date) as last_close,
            max(close) as highest, min(close) as lowest
        from fct_daily_prices group by ticker""",
    "rpt_correlation": """
        select one.ticker, other.ticker as other_ticker, corr(one.log_return, other.log_return) as correlation
        from fct_daily_returns as one inner join fct_daily_returns as other using (price_date)
        group by one.ticker, other.ticker""",
}
TESTS = (
    "select ticker, price_date from fct_daily_prices group by all having count(*) > 1",
    "select * from fct_daily_prices where close is null or close <= 0",
    "select * from rpt_correlation where abs(correlation) > 1.000001 and not isnan(correlation)",
)


def model(job):
    """Builds a small warehouse beside the old one, tests it, and renames it over."""
    next_path, path = f"{job.root}/warehouse.next.duckdb", f"{job.root}/warehouse.duckdb"
    for leftover in (next_path, next_path + ".wal"):
        if os.path.exists(leftover):
            os.unlink(leftover)
    connection = duckdb.connect(next_path)
    bronze = f"{job.root}/bronze/*/*/*/*/data.parquet"
    for name, sql in MODELS.items():
        connection.execute(f"create table {name} as {sql.replace('@bronze@', bronze)}")
    for test in TESTS:
        offenders = connection.execute(test).fetchall()
        if offenders:
            raise ValueError(f"{len(offenders)} rows offend: {test}")
    count = connection.execute("select count(*) from fct_daily_prices").fetchone()[0]
    connection.close()
    sync_file(next_path)
    os.rename(next_path, path)
    sync_folder(job.root)
    return count


def sync_file(path):
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
