import { SPAN_FIELDS } from "@/features/spans/spanFields";

// Whether what is looked for within a trace is a filter that the server judges, or words. Pure.

/** As the server knows some of them, too. */
const OTHER_NAMES = ["start_time", "end_time", "tag", "env", "parent", "feedback_scores", "derived"];
const HEADS = new Set([...SPAN_FIELDS.map(({ name }) => name.replace(/[.:].*$/, "")), ...OTHER_NAMES]);
const CONDITION = /([a-z_]+)(?:[.[](?:'[^']*'|"[^"]*"|[^\s:=<>~()'"])*)?\s*(?:[:=<>~]|!=|(?:not\s+)?in\s*\()/gi;

/** A field of spans with an operator makes a filter; all else, such as `GET: /orders`, are words. */
export function asksFields(text: string): boolean {
  return [...text.matchAll(CONDITION)].some(([, head = ""]) => HEADS.has(head.toLowerCase()));
}
