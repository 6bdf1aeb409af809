// The metadata of experiments, key by key. Pure.
import { ExactNumber, isObject, type JsonValue, parseJson, writeJson } from "@/lib/json";

export type ConfigurationRow = {
  key: string;
  /** One for each experiment; null where it has no such key. */
  values: readonly (string | null)[];
  isDifferent: boolean;
};

/** Keys by their path, each with what the experiments say there. Lists of plain values stay whole. */
export function configurationOf(metadata: readonly (string | null)[]): ConfigurationRow[] {
  const columns = metadata.map((text) => {
    const values = new Map<string, string>();
    if (text !== null) collect(tryParse(text), "", values);
    return values;
  });
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return keys.map((key) => {
    const values = columns.map((column) => column.get(key) ?? null);
    return { key, values, isDifferent: values.some((value) => value !== values[0]) };
  });
}

/** What stands at a path, written as the keys are; an object or a list as JSON. Null where there is no such key. */
export function valueAt(metadata: string | null, path: string): string | null {
  const found = metadata === null ? undefined : at(tryParse(metadata), path);
  return found === undefined ? null : wordsOf(found);
}

function at(value: JsonValue, path: string): JsonValue | undefined {
  if (path === "") return value;
  const keys = Array.isArray(value)
    ? value.map((part, place) => [`[${place}]`, part] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  for (const [key, part] of keys) {
    const rest = path.startsWith(key) ? path.slice(key.length) : null;
    if (rest === "" || rest?.startsWith("[")) return at(part, rest);
    // A key may hold a dot itself: another may still fit where this one does not.
    const found = rest?.startsWith(".") ? at(part, rest.slice(1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function collect(value: JsonValue, path: string, into: Map<string, string>): void {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [key, part] of Object.entries(value)) collect(part, path === "" ? key : `${path}.${key}`, into);
  } else if (Array.isArray(value) && value.some((part) => isObject(part) || Array.isArray(part))) {
    for (const [at, part] of value.entries()) collect(part, `${path}[${at}]`, into);
  } else {
    into.set(path, wordsOf(value));
  }
}

function wordsOf(value: JsonValue): string {
  if (typeof value === "string") return value;
  return value instanceof ExactNumber ? value.text : writeJson(value);
}

function tryParse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
