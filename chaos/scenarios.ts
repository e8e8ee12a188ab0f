import { kills } from './kill-rounds.ts';
import type { Scenario } from './scenario.ts';
import { cutOff } from './scenarios/cut-off.ts';
import { garbageForAnHour } from './scenarios/garbage.ts';
import { powerCut } from './scenarios/power-cut.ts';
import { serverGone } from './scenarios/server-gone.ts';
import { soak } from './scenarios/soak.ts';
import { steering } from './scenarios/steering.ts';
import { workers } from './scenarios/workers.ts';
import { wrongClock } from './scenarios/wrong-clock.ts';

/** Every scenario by its name, in the order in which they are played. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  kills,
  'server-gone': serverGone,
  garbage: garbageForAnHour,
  'cut-off': cutOff,
  workers,
  steering,
  clock: wrongClock,
  'power-cut': powerCut,
  soak,
};
