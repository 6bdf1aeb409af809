// What the trials of an optimization were, and what their metadata says of them. Pure.
import { configurationOf } from "@/entities/experiments/configuration";
import { isObject, type JsonObject, type JsonValue, parseJson, writeJson } from "@/lib/json";

export type Trial = {
  experimentId: string;
  kind: string;
  createdAt: string;
  traceCount: number;
  objectiveScore?: number | null;
  duration?: number | null;
  cost?: number | null;
};

export type NumberedTrial = Trial & {
  /** From 1, the oldest first. */
  number: number;
  /** The best score until then, mini-batches aside. */
  bestScore: number | null;
};

export function numbered(trials: readonly Trial[]): NumberedTrial[] {
  let best: number | null = null;
  return trials.map((trial, at) => {
    const { objectiveScore, kind } = trial;
    if (objectiveScore != null && kind !== "MINI_BATCH" && (best === null || objectiveScore > best))
      best = objectiveScore;
    return { ...trial, number: at + 1, bestScore: best };
  });
}

export const TRIAL_SORTS = {
  number: ({ number }: NumberedTrial) => number,
  score: ({ objectiveScore }: NumberedTrial) => objectiveScore ?? null,
  duration: ({ duration }: NumberedTrial) => duration ?? null,
  cost: ({ cost }: NumberedTrial) => cost ?? null,
  traces: ({ traceCount }: NumberedTrial) => traceCount,
} as const;

export type TrialSort = keyof typeof TRIAL_SORTS;

export const isTrialSort = (field: string): field is TrialSort => field in TRIAL_SORTS;

/** In an order, those without a value last. */
export function inOrder(
  trials: readonly NumberedTrial[],
  field: TrialSort,
  direction: "ASC" | "DESC",
): NumberedTrial[] {
  const sign = direction === "ASC" ? 1 : -1;
  const read = TRIAL_SORTS[field];
  return trials.toSorted((one, other) => {
    const [a, b] = [read(one), read(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * (a - b) || other.number - one.number;
  });
}

export type NamedText = { name: string; text: string };

/** The prompts that a trial tried, each as text; clients name them within the configuration of the experiment. */
export function promptsOf(metadata: string | null): NamedText[] {
  const whole = objectOf(metadata);
  const configuration = isObject(whole.configuration) ? whole.configuration : {};
  const prompt = configuration.prompt ?? whole.prompt;
  if (isObject(prompt)) return Object.entries(prompt).map(([name, value]) => ({ name, text: promptText(value) }));
  if (prompt !== undefined && prompt !== null) return [{ name: "prompt", text: promptText(prompt) }];
  const agent = isObject(whole.agent_config) ? whole.agent_config : {};
  if (agent.messages !== undefined) return [{ name: "prompt", text: promptText(agent.messages) }];
  const parts = ["system", "user"].filter((role) => typeof agent[role] === "string");
  if (parts.length === 0) return [];
  return [{ name: "prompt", text: promptText(parts.map((role) => ({ role, content: agent[role] ?? "" }))) }];
}

/** Messages as they are read: who speaks, and beneath it what. */
function promptText(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return writeJson(value);
  return value.map(messageText).join("\n\n");
}

function messageText(message: JsonValue): string {
  if (!isObject(message) || message.content === undefined) return writeJson(message);
  const { role, content } = message;
  const text = typeof content === "string" ? content : writeJson(content);
  return typeof role === "string" ? `${role}:\n${text}` : text;
}

export type Setting = { key: string; value: string };

const SHORT_CHARS = 40;
const SETTINGS_SHOWN = 6;
const PROMPT_KEYS = /prompt|messages|system|user|tools|_opik/;

/** The short settings of an optimization, such as who searches and with which model. */
export function settingsOf(metadata: string | null): Setting[] {
  return configurationOf([metadata])
    .flatMap(({ key, values: [value] }) => (value != null && value.length <= SHORT_CHARS ? [{ key, value }] : []))
    .slice(0, SETTINGS_SHOWN);
}

/** By trial the parameters in which trials with metadata differ: short values outside of prompts, by the last part of their key. */
export function parametersOf(metadata: readonly (string | null)[]): Setting[][] {
  const rows = configurationOf(metadata).filter(({ key, values }) => {
    const known = values.filter((_, at) => metadata[at] !== null);
    const isShort = known.every((value) => value === null || value.length <= SHORT_CHARS);
    return isShort && !PROMPT_KEYS.test(key) && new Set(known).size > 1;
  });
  return metadata.map((_, at) =>
    rows.flatMap(({ key, values }) => {
      const value = values[at];
      return value == null ? [] : [{ key: key.slice(key.lastIndexOf(".") + 1), value }];
    }),
  );
}

function objectOf(text: string | null): JsonObject {
  if (text === null) return {};
  try {
    const value = parseJson(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
