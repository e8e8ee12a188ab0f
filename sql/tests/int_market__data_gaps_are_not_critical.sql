-- Five open days or more without an observation. A warning, since the hole is in one asset's source: it is shown,
-- and must not keep the day's prices of all the others from everybody.
-- severity: warning
select * from intermediate.int_market__data_gaps as gaps
where gaps.severity = 'critical'
