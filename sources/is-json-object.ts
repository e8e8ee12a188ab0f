import { jsonOrUndefined } from './read-json.ts';

/** True where a refusal's text is a JSON object: an API's own word, not a page of what stands in front of it. */
export function isJsonObject(text: string): boolean {
  const json = jsonOrUndefined(text);
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
