import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** What a process has used since it began. */
export interface ProcessUse {
  readonly cpuSeconds: number;
  /** The most memory it ever held (Linux), or what it holds now (elsewhere). */
  readonly peakRssMb: number;
}

const ticksPerSecond = 100;

/** Reads what a process has used, from /proc where there is one, else from ps. */
export function useOf(pid: number): ProcessUse {
  return existsSync(`/proc/${pid}/stat`) ? fromProc(pid) : fromPs(pid);
}

/** Adds up what several processes have used; of memory, as if all had held their most at once. */
export function useOfAll(pids: readonly number[]): ProcessUse {
  const uses = pids.map(useOf);
  return {
    cpuSeconds: uses.reduce((sum, one) => sum + one.cpuSeconds, 0),
    peakRssMb: uses.reduce((sum, one) => sum + one.peakRssMb, 0),
  };
}

function fromProc(pid: number): ProcessUse {
  // The second field is the name in brackets, which may hold blanks: count from behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peakKb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: ticks / ticksPerSecond, peakRssMb: Number(peakKb) / 1024 };
}

function fromPs(pid: number): ProcessUse {
  const said = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  const [time = '0', rssKb = '0'] = said.split(/\s+/);
  const cpuSeconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuSeconds, peakRssMb: Number(rssKb) / 1024 };
}
