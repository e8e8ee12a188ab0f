-- A strategy is one of the two, and has never put in more than its year's 1200, nor anything but whole instalments.
-- severity: error
select
    simulation.ticker,
    simulation.strategy,
    simulation.price_date,
    simulation.invested
from marts.rpt_investment_simulation as simulation
where
    simulation.strategy not in ('LUMP_SUM', 'MONTHLY')
    or simulation.invested is null
    or (simulation.strategy = 'LUMP_SUM' and simulation.invested <> 1200.0e0)
    or simulation.invested > 1200.0e0
    or simulation.invested < 100.0e0
    or simulation.invested <> 100.0e0 * floor(simulation.invested / 100.0e0 + 0.5e0)
