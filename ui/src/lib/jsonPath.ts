// Where a value stands within a JSON text, written as the query language writes it: `metadata.user['full name'][0]`.

/** Keys of objects, and places in lists. */
export type JsonSteps = readonly (string | number)[];

const PLAIN = /^[\p{L}\p{N}_/@-]+$/u;

export function writePath(root: string, steps: JsonSteps): string {
  let path = root;
  for (const step of steps) {
    if (typeof step === "number") path += `[${step}]`;
    else if (!PLAIN.test(step)) path += `['${step.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
    else path += path === "" ? step : `.${step}`;
  }
  return path;
}
