-- A gap is of one open day or more, in order, and its severity follows from their number.
-- severity: error
select * from intermediate.int_market__data_gaps as gaps
where
    gaps.missing_open_days < 1
    or gaps.last_missing_date < gaps.first_missing_date
    or (gaps.missing_open_days = 1 and gaps.first_missing_date <> gaps.last_missing_date)
    or gaps.severity is distinct from case
        when gaps.missing_open_days >= 5 then 'critical'
        when gaps.missing_open_days >= 2 then 'major'
        when gaps.missing_open_days = 1 then 'minor'
    end
