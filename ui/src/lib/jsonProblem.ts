// Where a text stops being JSON, and what would have to stand there. `JSON.parse` decides whether it is; browsers say
// where in words of their own, or not at all.

export type JsonProblem = {
  /** The character at which it went wrong; the length of the text where it ends too early. */
  at: number;
  message: string;
};

/** Null for JSON, of whatever kind. */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    return firstProblem(text);
  }
}

/** With line and column, counted from 1, in front of what is wrong. */
export function placedProblem(text: string): string | null {
  const problem = jsonProblem(text);
  if (!problem) return null;
  const lines = text.slice(0, problem.at).split("\n");
  return `Line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}: ${problem.message}.`;
}

type Awaited = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" | "end";

const BLANKS = /[ \t\n\r]*/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/uy;

/** A walk with a stack of its own: brackets may be nested deeper than calls. */
function firstProblem(text: string): JsonProblem {
  const open: ("{" | "[")[] = [];
  let awaited: Awaited = "value";
  let at = 0;
  const afterValue = (): Awaited => (open.length > 0 ? "comma" : "end");
  for (;;) {
    at = endOf(BLANKS, text, at) ?? at;
    const char = text[at];
    if (char === undefined || awaited === "end") return { at, message: messageOf(awaited, open.at(-1), char) };
    const isClosing: boolean =
      (char === "]" && open.at(-1) === "[" && (awaited === "comma" || awaited === "value or ]")) ||
      (char === "}" && open.at(-1) === "{" && (awaited === "comma" || awaited === "key or }"));
    if (isClosing) {
      open.pop();
      at += 1;
      awaited = afterValue();
    } else if (awaited === "comma" || awaited === "colon") {
      if (char !== (awaited === "comma" ? "," : ":")) return { at, message: messageOf(awaited, open.at(-1), char) };
      awaited = awaited === "comma" && open.at(-1) === "{" ? "key" : "value";
      at += 1;
    } else if (char === '"') {
      const end = endOf(STRING, text, at);
      if (end === null) return { at, message: "this text is not closed, or holds a line break or an unknown escape" };
      at = end;
      awaited = awaited.startsWith("key") ? "colon" : afterValue();
    } else if (awaited.startsWith("key")) {
      return { at, message: messageOf(awaited, open.at(-1), char) };
    } else if (char === "{" || char === "[") {
      open.push(char);
      at += 1;
      awaited = char === "{" ? "key or }" : "value or ]";
    } else {
      const end = endOf(WORD, text, at);
      if (end === null) return { at, message: messageOf(awaited, open.at(-1), char) };
      at = end;
      awaited = afterValue();
    }
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function messageOf(awaited: Awaited, open: "{" | "[" | undefined, char: string | undefined): string {
  const close = open === "{" ? "`}`" : "`]`";
  switch (awaited) {
    case "end":
      return "something stands after the end";
    case "comma":
      return `a comma or ${close} is missing here`;
    case "colon":
      return "a colon is missing here";
    case "key":
      return char === "}" ? "the comma before this is one too many" : "a key in double quotes is missing here";
    case "key or }":
      return "a key in double quotes is missing here";
    case "value or ]":
      return char === undefined ? "a value or `]` is missing here" : "this is no value of JSON";
    case "value":
      if (char === undefined || char === ":" || char === ",") return "a value is missing here";
      return char === "]" && open === "[" ? "the comma before this is one too many" : "this is no value of JSON";
  }
}
