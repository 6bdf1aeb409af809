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
