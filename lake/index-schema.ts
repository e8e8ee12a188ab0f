/**
 * The tables of `index.duckdb`: the records and audits of a lake, one row each, for whoever asks about
 * many cells at once. Derived: it may be thrown away at any time and is made anew from the files.
 */

/** Raised whenever a table or view changes; an index of another version is thrown away. */
export const indexVersion = 11;

/** Creates every table and view. A record's keys come from its path, the rest from its JSON. */
export const indexSchema = `
create table index_version (version integer);
insert into index_version values (${indexVersion});
create table files (path varchar primary key);
create table cell_records (
    source varchar, resource varchar, ticker varchar, date date, number integer, event varchar not null, state varchar,
    recorded_at timestamptz, run varchar, workflow_id varchar, workflow_run_id varchar, batch_id varchar,
    ingestion_date varchar, sha256 varchar, size_bytes bigint, row_count integer, contract_version varchar,
    audit varchar, supersedes_number integer, code varchar, reason varchar, until timestamptz,
    content_sha256 varchar, contract_sha256 varchar, symbol varchar, cause varchar, acceptance_number integer,
    acceptance_reason varchar, accepted_until date, look varchar, path varchar, body json
);
create table window_records (
    window_id varchar, number integer, event varchar, recorded_at timestamptz, run varchar, source varchar,
    resource varchar, workflow_id varchar, workflow_run_id varchar, batch_id varchar, request_count integer,
    snapshot_date date, code varchar, reason varchar, path varchar, body json
);
create table run_records (
    run varchar, number integer, event varchar, recorded_at timestamptz, workflow_run_id varchar,
    outcome varchar, difference varchar, code varchar, reason varchar, path varchar, body json
);
create table audits (
    source varchar, resource varchar, ticker varchar, date date, attempt_id varchar, audited_at timestamptz,
    run varchar, batch_id varchar, contract_version varchar, outcome varchar, rule_count integer, checks json,
    candidate_sha256 varchar, accepted_by integer, acceptance_reason varchar, path varchar
);
create table alert_records (
    kind varchar, key varchar, number integer, event varchar, recorded_at timestamptz, run varchar, of_number integer,
    webhook varchar, path varchar, body json
);
create view window_failures as
    select
        source, resource, cell.ticker as ticker, cell.date as date, cell.after as after_number,
        recorded_at, run, workflow_id, batch_id, code, reason
    from window_records,
        unnest(from_json(body -> 'cells', '[{"ticker":"VARCHAR","date":"DATE","after":"INTEGER"}]')) as unnested (cell)
    where event = 'failed'
    qualify row_number() over (
        partition by source, resource, cell.ticker, cell.date order by recorded_at desc
    ) = 1;
create view snapshots as
    select
        source, resource, snapshot_date as date, batch_id,
        body ->> '$.batch.ingestionDate' as ingestion_date, (body ->> '$.snapshot.top')::integer as top,
        json_array_length(body, '$.snapshot.members')::integer as member_count,
        from_json(body -> '$.snapshot.repeated', '["VARCHAR"]') as repeated, request_count, recorded_at, run, window_id, number
    from window_records
    where snapshot_date is not null
    qualify row_number() over (partition by source, resource, date order by recorded_at, window_id, number) = 1;
create view snapshot_members as
    with told as (
        select
            snapshots.source, snapshots.resource, snapshots.date, snapshots.batch_id, snapshots.ingestion_date,
            unnest(from_json(records.body -> '$.snapshot.members', '[{"ticker":"VARCHAR","id":"VARCHAR"}]')) as member,
            generate_subscripts(from_json(records.body -> '$.snapshot.members', '["JSON"]'), 1)::integer as rank
        from snapshots
        inner join window_records as records using (window_id, number)
    )
    select
        source, resource, date, rank, member.ticker as ticker, coalesce(member.id, member.ticker) as member_id,
        batch_id, ingestion_date
    from told;
create view cells as
    with newest as (
        select * from cell_records
        qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1
    )
    select
        source, resource, ticker, date,
        case when failed.after_number is null then newest.state else 'failed' end as state,
        coalesce(newest.number, 0) as number,
        coalesce(failed.recorded_at, newest.recorded_at) as recorded_at,
        coalesce(failed.run, newest.run) as run,
        case when failed.after_number is null then newest.workflow_id else failed.workflow_id end as workflow_id,
        case when failed.after_number is null then newest.batch_id else failed.batch_id end as batch_id,
        case when failed.after_number is null then newest.ingestion_date end as ingestion_date,
        newest.sha256, newest.contract_version,
        failed.after_number is null and newest.acceptance_number is not null as is_accepted,
        newest.acceptance_reason, newest.accepted_until,
        case when failed.after_number is null then newest.code else failed.code end as code,
        case when failed.after_number is null then newest.reason else failed.reason end as reason,
        newest.until
    from newest
    full join (
        select failure.* from window_failures as failure
        left join newest using (source, resource, ticker, date)
        where failure.after_number >= coalesce(newest.number, 0)
            -- That a snapshot was not to be had is over once it is taken: its cells have states of their own.
            and not (failure.ticker = 'all' and exists (
                select 1 from window_records as taken
                where taken.source = failure.source and taken.resource = failure.resource
                    and taken.snapshot_date = failure.date
            ))
    ) as failed using (source, resource, ticker, date);
create view publications as
    select
        source, resource, ticker, date, number, recorded_at, run, workflow_id, batch_id, sha256, size_bytes,
        row_count, contract_version
    from cell_records
    where event = 'published'
    qualify row_number() over (partition by source, resource, ticker, date order by number desc) = 1;
`;

/** Folders above the lake may have such names too: the last one in a path is ours. */
const key = (name: string): string => `url_decode(regexp_extract(filename, '^.*/${name}=([^/]+)/', 1))`;
const number = `regexp_extract(filename, '/(\\d+)\\.json$', 1)::integer`;
const text = (path: string): string => `content::json ->> '${path}'`;
/** Read once and kept: DuckDB reads a file again for every column that is taken out of it, ten times slower. */
const filesRead =
  '(with read as materialized (select filename, content from read_text($files)) select * from read)';

/** The entry of the path's own date, or ticker, in a file that is an entry of many cells; any other file is an entry itself. */
const ownEntry = `case when json_exists(body, '$.cells')
        then json_merge_patch(body, '{"cells":null}', json_extract(body, concat('/cells/', date)))
        when json_exists(body, '$.members')
        then json_merge_patch(body, '{"members":null}', json_extract(body, concat('/members/', ticker_in_path)))
        else body end`;

/** Reads new cell records; `$files` is replaced by a list of paths. */
export const insertCellRecords = `
insert into cell_records
with texts as materialized (
    select filename, ${key('date')} as date, regexp_extract(filename, '^.*/ticker=([^/]+)/', 1) as ticker_in_path,
        content::json as body
    from read_text($files)
), entries as materialized (
    select filename, date, ${ownEntry} as content from texts
)
select
    ${key('source')}, ${key('resource')}, ${key('ticker')}, date::date, ${number},
    ${text('$.event')},
    case ${text('$.event')} when 'unchanged' then 'published' when 'accepted' then 'refused' when 'withdrawn' then 'refused'
        else ${text('$.event')} end,
    (${text('$.recordedAt')})::timestamptz, ${text('$.run')}, ${text('$.workflowId')}, ${text('$.workflowRunId')},
    ${text('$.batch.id')}, ${text('$.batch.ingestionDate')}, ${text('$.sha256')}, (${text('$.sizeBytes')})::bigint,
    (${text('$.rowCount')})::integer, ${text('$.contractVersion')}, ${text('$.audit')},
    (${text('$.supersedes.number')})::integer, ${text('$.code')}, ${text('$.reason')},
    (${text('$.until')})::timestamptz, ${text('$.contentSha256')}, ${text('$.contractSha256')}, ${text('$.symbol')},
    ${text('$.cause')}, (${text('$.acceptance.number')})::integer, ${text('$.acceptance.reason')},
    (${text('$.acceptance.livesUntil')})::date, ${text('$.look')}, filename, content
from entries`;

/** Reads new records of closed days, as record 0 of each cell; the first that says so stays. */
export const insertClosedDays = `
insert into cell_records by name
with lots as (
    select
        unnest(from_json(content::json -> '$.days', '[{"dataset":"VARCHAR","reason":"VARCHAR","tickers":["VARCHAR"],"dates":["DATE"]}]')) as days,
        (${text('$.recordedAt')})::timestamptz as recorded_at, ${text('$.run')} as run,
        ${text('$.workflowRunId')} as workflow_run_id, filename
    from ${filesRead}
), tickers as (
    select days.dataset as dataset, days.reason as reason, days.dates as dates, unnest(days.tickers) as ticker,
        recorded_at, run, workflow_run_id, filename from lots
), cells as (
    select * exclude (dates), unnest(dates) as date from tickers
)
select
    split_part(dataset, '.', 1) as source, regexp_replace(dataset, '^[^.]+\\.', '') as resource, ticker, date,
    0 as number, 'closed' as event, 'closed' as state, recorded_at, run, workflow_run_id, reason, filename as path
from cells
where not exists (
    select 1 from cell_records as known
    where known.number = 0 and known.ticker = cells.ticker and known.date = cells.date
        and known.source || '.' || known.resource = cells.dataset
)
qualify row_number() over (partition by dataset, ticker, date order by recorded_at, filename) = 1`;

/** Reads new window records. */
export const insertWindowRecords = `
insert into window_records select
    url_decode(regexp_extract(filename, '^.*/windows/([^/]+)/', 1)), ${number}, ${text('$.event')},
    (${text('$.recordedAt')})::timestamptz, ${text('$.run')},
    split_part(${text('$.dataset')}, '.', 1), regexp_replace(${text('$.dataset')}, '^[^.]+\\.', ''),
    ${text('$.workflowId')}, ${text('$.workflowRunId')}, ${text('$.batch.id')},
    (${text('$.requestCount')})::integer, (${text('$.snapshot.date')})::date, ${text('$.code')}, ${text('$.reason')},
    filename, content::json
from ${filesRead}`;

/** Reads new run records. */
export const insertRunRecords = `
insert into run_records select
    url_decode(regexp_extract(filename, '^.*/runs/([^/]+)/', 1)), ${number}, ${text('$.event')},
    (${text('$.recordedAt')})::timestamptz, ${text('$.workflowRunId')}, ${text('$.outcome')},
    ${text('$.difference')}, ${text('$.code')}, ${text('$.reason')}, filename, content::json
from ${filesRead}`;

/** Reads new records of alerts. */
export const insertAlertRecords = `
insert into alert_records select
    url_decode(regexp_extract(filename, '^.*/alerts/([^/]+)/', 1)),
    url_decode(regexp_extract(filename, '/([^/]+)/[^/]+$', 1)), ${number}, ${text('$.event')},
    (${text('$.recordedAt')})::timestamptz, ${text('$.run')}, (${text('$.of')})::integer, ${text('$.webhook')},
    filename, content::json
from ${filesRead}`;

/** Reads new verdicts, one a line: of one cell, whose keys stand in the path, or of many, each with its date or ticker. */
export const insertAudits = `
insert into audits
with lines as (
    select filename, unnest(string_split(rtrim(content, chr(10)), chr(10))) as line from read_text($files)
), verdicts as materialized (
    select
        filename, line::json as content,
        coalesce(
            line::json ->> '$.date', url_decode(regexp_extract(filename, '/date=([^/~]+)~[^/]+$', 1))
        ) as date
    from lines
)
select
    ${key('source')}, ${key('resource')}, coalesce(${text('$.ticker')}, ${key('ticker')}), date::date,
    url_decode(regexp_extract(filename, '~([^/~]+)\\.json$', 1)), (${text('$.auditedAt')})::timestamptz,
    ${text('$.run')}, ${text('$.batch.id')}, ${text('$.contractVersion')}, ${text('$.verdict.outcome')},
    (${text('$.verdict.ruleCount')})::integer, content -> '$.verdict.checks',
    ${text('$.candidateSha256')}, (${text('$.acceptedBy.number')})::integer, ${text('$.acceptedBy.reason')}, filename
from verdicts`;
