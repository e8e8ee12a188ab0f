/** What is so of a source unless it is configured otherwise. */
export type Usual = UsualApi | UsualFiles;

/** What is usual of an API on the network. */
export interface UsualApi {
  readonly isLocal: false;
  /** Where it answers, without a trailing slash. */
  readonly baseUrl: string;
  /** Where it answers whoever has a key; left out: at the same address, and the path is the same in any case. */
  readonly baseUrlWithKey?: string;
  readonly final: FinalTime;
  readonly key: SourceKey;
  /** What may be asked without a key; where one is needed, with a free one. */
  readonly plan: UsualPlan;
  /** What an optional key changes of that; left out, nothing. */
  readonly planWithKey?: Partial<UsualPlan>;
}

/** What is usual of a source whose answers lie on the local disk. */
export interface UsualFiles {
  readonly isLocal: true;
  /** The folder of its files, below the project's. */
  readonly folder: string;
  readonly final: FinalTime;
}

/** When a day's close may be asked for: at this time (`HH:MM`) on the day after it. */
export interface FinalTime {
  readonly time: string;
  /** An IANA time zone. */
  readonly timeZone: string;
}

/** Whether an API answers without a key, and what a free one is good for. */
export type SourceKey =
  | { readonly need: 'none' }
  /** It answers without one, and there is none for free: one that is given is sent, and none is missed. */
  | { readonly need: 'paid' }
  | {
      readonly need: 'optional' | 'needed';
      /** Where a free key is to be had: a URL. */
      readonly freeFrom: string;
      /** What it switches on, as the end of "a free key switches on …". */
      readonly switchesOn: string;
    };

/** What a plan allows, counted over all workers; null: no limit. */
export interface UsualPlan {
  readonly requestsPerMinute: number | null;
  /** From 00:00 to 00:00 UTC. */
  readonly requestsPerDay: number | null;
  /** From the first of the month, UTC. */
  readonly requestsPerMonth: number | null;
  /** How many days back it reaches. */
  readonly historyDays: number | null;
}

/** Tells what a plan usually allows, by whether there is a key. */
export function usualPlan({ plan, planWithKey }: UsualApi, hasKey: boolean): UsualPlan {
  return hasKey ? { ...plan, ...planWithKey } : plan;
}

/** Tells where an API usually answers, by whether there is a key. */
export function usualBaseUrl({ baseUrl, baseUrlWithKey }: UsualApi, hasKey: boolean): string {
  return hasKey ? (baseUrlWithKey ?? baseUrl) : baseUrl;
}

/** The environment variables that belong to an API, such as `MASSIVE_API_KEY`. */
export interface SourceVariables {
  readonly apiKey: string;
  readonly baseUrl: string;
}

/** Names the environment variables of an API. */
export function sourceVariables(name: string): SourceVariables {
  return { apiKey: `${name.toUpperCase()}_API_KEY`, baseUrl: `${name.toUpperCase()}_BASE_URL` };
}

/** Where the sample market plays an API, below its own address: the API's name, then the path of its real address. */
export function sampleFolderOf(name: string, { baseUrl }: UsualApi): string {
  return `/${name}${new URL(baseUrl).pathname.replace(/\/$/, '')}`;
}
