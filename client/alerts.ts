import { Argument, Command } from 'commander';
import { listAlerts } from '../alerts/list.ts';
import { showAlerts } from './alerts/show-alerts.ts';
import { testWebhooks } from './alerts/test-webhooks.ts';
import { runCommand } from './command/command.ts';
import { openLake } from './command/lake-client.ts';

const newsDays = 7;
const dayMs = 86_400_000;

const program = new Command('alerts')
  .description(
    'Show the alerts that are open, those of the last seven days, and who was told of them. Exit code 1: one is open, or a webhook was not told.',
  )
  .addArgument(
    new Argument('[act]', 'test: send a test alert to every webhook, and say what came back').choices([
      'test',
    ]),
  )
  .option('--all', 'show every alert there ever was');

await runCommand<{ all?: boolean }>(program, async (output, { all }, [act]) => {
  const open = await openLake();
  const now = new Date();
  if (act === 'test') return testWebhooks(output, open, now);
  const since = new Date(all ? 0 : now.getTime() - newsDays * dayMs);
  return showAlerts(output, open, await listAlerts((sql, values) => open.index.rows(sql, values), since));
});
