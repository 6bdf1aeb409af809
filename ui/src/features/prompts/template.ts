// The text of a prompt: one text, or the JSON of a list of messages. Pure.

export type Message = { role: string; content: string };

/** The messages of a chat whose contents are plain texts; null for anything else, which is edited as JSON. */
export function readMessages(template: string): Message[] | null {
  let value: unknown;
  try {
    value = JSON.parse(template);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || !value.every(isMessage)) return null;
  return value.map(({ role, content }) => ({ role, content }));
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const message = value as Partial<Record<string, unknown>>;
  return Object.keys(message).length === 2 && typeof message.role === "string" && typeof message.content === "string";
}

export function writeMessages(messages: readonly Message[]): string {
  return JSON.stringify(messages.map(({ role, content }) => ({ role, content })));
}

export const PLACES = {
  MUSTACHE: /(\{\{\{?[^{}]*\}?\}\})/,
  JINJA_2: /(\{\{.*?\}\}|\{%.*?%\})/,
  PYTHON: /(\{[^{}]*\})/,
};
export type Syntax = keyof typeof PLACES;

/** A template in pieces: at odd places stand what it leaves open. */
export function cutTemplate(template: string, syntax: Syntax): string[] {
  return template.split(PLACES[syntax]);
}
