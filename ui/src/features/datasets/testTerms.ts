import {
  type Assertion,
  assertionsOf,
  newAssertion,
  readAssertions,
  withAssertions,
} from "@/features/datasets/assertions";
import { parseJson, prettyJson } from "@/lib/json";
import { placedProblem } from "@/lib/jsonProblem";

// How items are tried, as it is written into a form: by the suite for all of them, or by one for itself. Pure.

export type Policy = { runsPerItem: number; passThreshold: number };

/** What is asked of an outcome, as JSON text, and how often it is tried. */
export type Terms = { evaluators: string; policy: Policy | null };

/** Of what says nothing of its own. */
export const NO_TERMS: Terms = { evaluators: "[]", policy: null };

export type TermsDraft = {
  runs: string;
  threshold: string;
  evaluators: string;
  assertions: readonly Assertion[];
  /** The assertions one by one, or the evaluators as JSON. */
  shape: "form" | "json";
};

export function draftOf({ evaluators, policy }: Terms): TermsDraft {
  const known = assertionsOf(evaluators);
  return {
    runs: String(policy?.runsPerItem ?? ""),
    threshold: String(policy?.passThreshold ?? ""),
    evaluators: known ? evaluators : prettyJson(evaluators),
    assertions: known?.texts.map((text) => newAssertion(text)) ?? [],
    shape: known ? "form" : "json",
  };
}

const COUNT = /^[1-9]\d{0,3}$/;

export function readTerms(draft: TermsDraft): Terms | { problem: string } {
  const runs = draft.runs.trim();
  const threshold = draft.threshold.trim();
  const isUnset = runs === "" && threshold === "";
  if (!isUnset && !(COUNT.test(runs) && COUNT.test(threshold))) {
    return { problem: "Runs and passes are numbers from 1, or both are left empty." };
  }
  const policy = isUnset ? null : { runsPerItem: Number(runs), passThreshold: Number(threshold) };
  const written = writtenEvaluators(draft);
  return "problem" in written ? written : { evaluators: written.evaluators, policy };
}

export function isSamePolicy(one: Policy | null, other: Policy | null): boolean {
  return one?.runsPerItem === other?.runsPerItem && one?.passThreshold === other?.passThreshold;
}

/** The same in the other shape, or why it cannot be shown so. */
export function reshaped(draft: TermsDraft, shape: TermsDraft["shape"]): TermsDraft | { problem: string } {
  const written = writtenEvaluators(draft);
  if ("problem" in written) return written;
  const { evaluators } = written;
  const read = assertionsOf(evaluators);
  if (shape === "form" && !read) return { problem: "The evaluators are no JSON list of objects." };
  return {
    ...draft,
    shape,
    evaluators: shape === "json" ? prettyJson(evaluators) : evaluators,
    assertions: read?.texts.map((text) => newAssertion(text)) ?? [],
  };
}

function writtenEvaluators({
  shape,
  evaluators,
  assertions,
}: TermsDraft): { evaluators: string } | { problem: string } {
  if (shape === "json") return readEvaluators(evaluators.trim() || NO_TERMS.evaluators);
  const sentences = readAssertions(assertions.map(({ text }) => text));
  return "problem" in sentences ? sentences : { evaluators: withAssertions(evaluators, sentences.texts) };
}

function readEvaluators(evaluators: string): { evaluators: string } | { problem: string } {
  const problem = placedProblem(evaluators);
  if (problem) return { problem: `The evaluators are not JSON. ${problem}` };
  return Array.isArray(parseJson(evaluators)) ? { evaluators } : { problem: "The evaluators are a JSON list." };
}
