import type { SampleMarket } from '../../sources/sample/server.ts';
import type { Environments } from './environments.ts';
import type { PeerJob } from './job.ts';

/** What a peer is measured with: a job in a folder of its own, against a market of its own. */
export interface Scene {
  readonly environments: Environments;
  /** Thrown away afterwards. */
  readonly folder: string;
  readonly market: SampleMarket;
  /** How many days of each coin. */
  readonly days: number;
  /** Writes the job down for a Python peer. */
  readonly job: () => Promise<PeerJob>;
}

/** What a run of a job took. */
export interface Speed {
  readonly cells: number;
  /** From the job's start to its end, model included; processes and servers are up before. */
  readonly seconds: number;
  readonly requests: number;
  /** Of the processes that do the steps. */
  readonly workerCpuSeconds: number;
  /** Of what stays up beside them. */
  readonly serverCpuSeconds: number;
  readonly workerPeakMb: number;
}

/** What a kill half-way left, and what had to be done. */
export interface KillStory {
  readonly cells: number;
  readonly publishedAtKill: number;
  /** Not published when everything had been started again and was over. */
  readonly lost: number;
  /** Published more than once. */
  readonly repeated: number;
  readonly requests: number;
  /** Requests beyond one for each window. */
  readonly requestsRepeated: number;
  /** What a reader saw in bronze that it should not see. */
  readonly partial: number;
  /** Files of dead attempts that nobody removed. */
  readonly leftovers: number;
  /** What a person had to do, one sentence each; none where it went on by itself. */
  readonly acts: readonly string[];
  /** What its own server or database said of the dead run before anybody did anything. */
  readonly stateOfDead: string;
}

/** Something that runs the job. */
export interface Peer {
  readonly name: string;
  readonly label: string;
  /** How many days of each coin at most, where all of them would take hours. */
  readonly mostDays?: number;
  readonly measure: (scene: Scene) => Promise<Speed>;
  readonly kill?: (scene: Scene) => Promise<KillStory>;
}
