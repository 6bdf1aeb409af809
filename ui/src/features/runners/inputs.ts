import { isObject, parseJson, writeJson } from "@/lib/json";
import { placedProblem } from "@/lib/jsonProblem";

// What an agent is given: written field by field, as its program told its parameters, and sent as JSON. Pure.

export type Parameter = { name: string; kind: string; presence?: string | null };

/** What was written for each parameter; nothing for those that are left out. */
export type Draft = Readonly<Record<string, string>>;

export type FieldKind = "text" | "integer" | "number" | "choice" | "json";

export function fieldKindOf({ kind }: Parameter): FieldKind {
  switch (kind) {
    case "string":
      return "text";
    case "integer":
      return "integer";
    case "float":
    case "number":
      return "number";
    case "boolean":
      return "choice";
    default:
      return "json";
  }
}

export const isRequired = ({ presence }: Parameter) => presence === "required";

export type Written = { inputs: string } | { problems: Readonly<Record<string, string>> };

export function writeInputs(parameters: readonly Parameter[], draft: Draft): Written {
  const parts: string[] = [];
  const problems: Record<string, string> = {};
  for (const parameter of parameters) {
    const { name } = parameter;
    const text = draft[name] ?? "";
    if (text.trim() === "") {
      if (isRequired(parameter)) problems[name] = `\`${name}\` is required.`;
      continue;
    }
    const kind = fieldKindOf(parameter);
    const problem = problemOf(kind, text);
    if (problem) problems[name] = problem;
    else parts.push(`${JSON.stringify(name)}:${kind === "text" ? JSON.stringify(text) : text.trim()}`);
  }
  return Object.keys(problems).length > 0 ? { problems } : { inputs: `{${parts.join(",")}}` };
}

function problemOf(kind: FieldKind, text: string): string | null {
  if (kind === "text") return null;
  if (kind === "integer") return /^\s*-?(0|[1-9]\d*)\s*$/.test(text) ? null : "This is not a whole number.";
  if (kind === "number" && (placedProblem(text) || Number.isNaN(Number(text)))) return "This is not a number.";
  return placedProblem(text);
}

/** Inputs as they are written field by field; null if they have what no field stands for. */
export function readInputs(parameters: readonly Parameter[], inputs: string | null | undefined): Draft | null {
  if (!inputs) return {};
  if (placedProblem(inputs)) return null;
  const value = parseJson(inputs);
  if (!isObject(value)) return null;
  const draft: Record<string, string> = {};
  for (const [name, part] of Object.entries(value)) {
    const parameter = parameters.find((each) => each.name === name);
    if (!parameter) return null;
    const isText = fieldKindOf(parameter) === "text";
    if (isText && typeof part !== "string") return null;
    draft[name] = typeof part === "string" && isText ? part : writeJson(part);
  }
  return draft;
}
