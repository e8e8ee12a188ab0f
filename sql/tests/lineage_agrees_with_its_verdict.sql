-- The verdict that a publication names is one that passed, or one that a person's acceptance stands beside. Records are never changed, so that one that does not
-- could not be mended: it is reported and stops nothing.
-- severity: warning
select
    lineage.dataset,
    lineage.ticker,
    lineage.price_date,
    audits.attempt_id,
    audits.outcome
from metadata.lineage as lineage
inner join lake.audits as audits
    on lineage.source = audits.source
    and lineage.resource = audits.resource
    and lineage.ticker = audits.ticker
    and lineage.price_date = audits.date
    and ends_with(audits.path, concat('/', lineage.audit_path))
where audits.outcome <> 'passed' and audits.accepted_by is null
