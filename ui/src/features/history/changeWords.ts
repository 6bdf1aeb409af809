import { formatInstant, formatScore } from "@/lib/format";
import { isObject, linedJson, parseJson } from "@/lib/json";

// The log's names for events and fields, as words for people. Pure.

const TITLES: Record<string, string> = {
  feedback_scored: "Score given",
  feedback_cleared: "Score taken away",
  assertion_recorded: "Assertion judged",
  guardrail_checked: "Guardrail checked",
  span_repriced: "Priced anew",
  agent_blueprint_created: "Agent version or mask made",
  agent_environments_set: "Agent environment moved",
  change_undone: "Change undone",
};

const VERBS: Record<string, string> = { patched: "changed", updated: "changed", replaced: "changed" };

/** `trace_patched` is “Trace changed”. */
export function titleOf(kind: string): string {
  const words = kind.split("_").map((word) => VERBS[word] ?? word);
  return TITLES[kind] ?? capital(words.join(" "));
}

const LISTS: Record<string, string> = {
  comments: "comment",
  environments: "environment",
  masks: "mask",
  values: "value",
  versions: "version",
  items: "item",
  guardrails: "guardrail",
  assertions: "assertion",
  copies: "copy",
  locks: "lock",
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `versions.2.description` is “version 2, description”. */
export function wordsOfField(field: string): string {
  const [first = "", ...rest] = field.split(".");
  // It stands among the fields of its project.
  if (first === "agent" && rest.length > 0) return wordsOfField(rest.join("."));
  if (first === "feedback_scores") return wordsOfScore(rest);
  const list = LISTS[first];
  if (!list || rest.length === 0) return spaced(field);
  if (list === "comment") return "comment";
  const [key = "", ...inner] = rest;
  const name = UUID.test(key) ? `${list} …${key.slice(-6)}` : `${list} ${key}`;
  return inner.length === 0 ? name : `${name}, ${spaced(inner.join("."))}`;
}

/** The name of a score may have dots; who gave it stands behind it, and then the queue, if it was given in one. */
function wordsOfScore(parts: string[]): string {
  const inQueue = UUID.test(parts.at(-1) ?? "");
  const named = inQueue ? parts.slice(0, -1) : parts;
  return `score ${named.slice(0, -1).join(".")} by ${named.at(-1)}`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** A recorded value as people read it; JSON text goes in. A value that was cut short is no JSON within its text. */
export function textOfValue(field: string, json: string): string {
  const value = parseJson(json);
  if (typeof value === "string") return INSTANT.test(value) ? formatInstant(value) : value;
  if (isObject(value) && field.startsWith("feedback_scores.")) {
    const { value: number, category_name: category, reason } = value;
    const said = typeof category === "string" ? category : formatScore(Number(number));
    return typeof reason === "string" ? `${said} (${reason})` : said;
  }
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join(", ");
  return linedJson(json);
}

const LOUD = ["name", "error_info", "input", "output", "template", "description"];

/** What people look for first stands first; the rest stays in the order in which it came. */
export function inOrder<Named extends { field: string }>(fields: readonly Named[]): Named[] {
  const rank = ({ field }: Named) => {
    const at = LOUD.indexOf(field.split(".").at(-1) ?? "");
    return at < 0 ? LOUD.length : at;
  };
  return fields.toSorted((one, other) => rank(one) - rank(other));
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const spaced = (name: string) => name.replaceAll("_", " ").replaceAll(".", " › ");
