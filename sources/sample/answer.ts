import type { SampleApi } from './sample-api.ts';

/** Anything JSON can say; a key whose value is undefined is left out. */
export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** One request to an API, as its endpoints see it. */
export interface Question {
  readonly source: string;
  /** Who answers it. */
  readonly api: SampleApi;
  readonly method: string;
  /** Path and query as sent, the folder of the API included. */
  readonly target: string;
  /** The path below the API's base, in pieces, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What an endpoint says, before it is written out. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'json'; readonly json: Json }
    | { readonly kind: 'text'; readonly contentType: string; readonly text: string };
}

/** Makes an answer of JSON. */
export function jsonAnswer(
  status: number,
  json: Json,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { kind: 'json', json } };
}

/** Makes an answer of text; plain unless said otherwise. */
export function textAnswer(status: number, text: string, contentType = 'text/plain; charset=utf-8'): Answer {
  return { status, body: { kind: 'text', contentType, text } };
}

/** The face of an outage: a web page where data was asked for. */
export function htmlAnswer(status: number): Answer {
  const page =
    '<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Please wait.</body></html>';
  return textAnswer(status, page, 'text/html; charset=utf-8');
}

/** An object of JSON. */
export type JsonObject = { readonly [key: string]: Json };

/** Tells whether JSON is an object with members. */
export function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !isList(json);
}

/** Tells whether JSON is a list. */
export function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** Spells a number under its key. */
export type SpellNumber = (key: string, value: number) => string;

/** Writes JSON, spelling each number as its API does: some write 7.1e+07, which JSON.stringify cannot. */
export function writeJson(json: Json, spell: SpellNumber, key = ''): string {
  if (typeof json === 'number') return spell(key, json);
  if (json === null || json === undefined || typeof json !== 'object') return JSON.stringify(json ?? null);
  if (isList(json)) return `[${json.map((item) => writeJson(item, spell, key)).join(',')}]`;
  const members = Object.entries(json).filter(([, value]) => value !== undefined);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${writeJson(value, spell, name)}`).join(',')}}`;
}
