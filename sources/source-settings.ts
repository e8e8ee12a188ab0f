/** What is needed to ask one source, without the sample market's address. */
export interface SourceSettings {
  readonly name: string;
  /** API origin and path, or the folder of a local source. */
  readonly baseUrl: string;
  /** True where the base URL was set by hand, so that the sample market does not replace it. */
  readonly isBaseUrlGiven: boolean;
  readonly isLocal: boolean;
  readonly apiKey?: string;
  /** When a day is final: at this time (`HH:MM`) on the day after it. */
  readonly final: { readonly time: string; readonly timeZone: string };
  /** Requests in a minute, over all workers; null: no limit. */
  readonly requestsPerMinute: number | null;
  /** Requests in a day, 00:00 to 00:00 UTC; null: no limit. */
  readonly requestsPerDay: number | null;
  /** Requests in a month, counted in UTC; null: no limit. */
  readonly requestsPerMonth: number | null;
  /** Requests of each day that only daily runs may use. */
  readonly dailyShare: number;
  /** How many days back the plan reaches; null: no limit. */
  readonly historyDays: number | null;
}
