// The flowcharts that clients record of their agents, in the subset of Mermaid that they write: nodes, edges with
// labels, and subgraphs, whose frames are left out. Pure. Looks (styles, classes, clicks) are nothing to us.

export type MermaidGraph = {
  isSideways: boolean;
  nodes: { id: string; label: string }[];
  edges: { from: string; to: string; label: string; isDotted: boolean }[];
};

const CHARS_MAX = 200_000;
const STATEMENTS_MAX = 2_000;
const IGNORED = /^(?:%%|classDef\b|class\b|style\b|linkStyle\b|click\b|end$|direction\b|accTitle\b|accDescr\b)/;
const HEAD = /^(?:graph|flowchart)(?:\s+(TB|TD|BT|LR|RL))?\b/;
const ID = /^[\p{L}\p{N}_\\][\p{L}\p{N}_\\.:]*(?:-(?!-|\.)[\p{L}\p{N}_\\]+)*/u;
/** A shape opens with one of these and closes with the same number of its counterparts. */
const SHAPE = /^(\(\[|\[\[|\[\(|\(\(\(?|\{\{?|\[\/?|\[\\|\(|>)/;
const CLOSERS: Record<string, string> = {
  "([": "])",
  "[[": "]]",
  "[(": ")]",
  "((": "))",
  "(((": ")))",
  "{": "}",
  "{{": "}}",
  "[": "]",
  "[/": "]",
  "[\\": "]",
  "(": ")",
  ">": "]",
};
/** `-->`, `---`, `==>`, `-.->`, and these with a text in bars behind or within. */
const EDGE =
  /^\s*[<ox]?(?:(-\.+-|-{2,}(?=[>xo])|-{3,}|={2,}(?=[>xo])|={3,})([>xo])?(?:\s*\|([^|]*)\|)?|(--|==|-\.)\s+(.+?)\s+(\.+-|-{2,}|={2,})([>xo])?)\s*/;

/** Null where the text is no flowchart, or none that can be read. */
export function parseMermaid(text: string): MermaidGraph | null {
  if (text.length > CHARS_MAX) return null;
  const statements = statementsOf(text);
  const head = HEAD.exec(statements[0] ?? "");
  if (!head || statements.length > STATEMENTS_MAX) return null;
  const graph: MermaidGraph = { isSideways: head[1] === "LR" || head[1] === "RL", nodes: [], edges: [] };
  const known = new Map<string, { id: string; label: string }>();
  for (const statement of statements.slice(1)) {
    if (IGNORED.test(statement) || /^subgraph\b/.test(statement)) continue;
    readChain(statement, graph, known);
  }
  graph.nodes = [...known.values()];
  return graph.nodes.length === 0 ? null : graph;
}

/** Lines, and parts of lines between semicolons; without the settings in front. */
function statementsOf(text: string): string[] {
  const body = text.trim().replace(/^---\s*\n[\s\S]*?\n\s*---\s*\n/, "");
  // A semicolon ends a statement, and an entity such as `&nbsp;`.
  return body
    .split(/\n|(?<!&#?\w{1,8});/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("%%"));
}

type Known = Map<string, { id: string; label: string }>;

/** `a & b --> c -- text --> d`. What is not understood ends the statement. */
function readChain(statement: string, graph: MermaidGraph, known: Known): void {
  let rest = statement;
  let before: string[] = [];
  let edge: { label: string; isDotted: boolean } | null = null;
  for (;;) {
    const group = readGroup(rest, known);
    if (!group) return;
    if (edge) for (const from of before) for (const to of group.ids) graph.edges.push({ from, to, ...edge });
    const found = EDGE.exec(group.rest);
    if (!found) return;
    const [whole, stroke = "", , behind, opened = "", within] = found;
    edge = { label: plain(behind ?? within ?? ""), isDotted: (stroke || opened).includes(".") };
    before = group.ids;
    rest = group.rest.slice(whole.length);
  }
}

function readGroup(text: string, known: Known): { ids: string[]; rest: string } | null {
  const ids: string[] = [];
  let rest = text;
  for (;;) {
    const node = readNode(rest.trimStart());
    if (!node) return ids.length > 0 ? { ids, rest } : null;
    const id = unescaped(node.id);
    const old = known.get(id);
    if (!old) known.set(id, { id, label: node.label ?? id });
    else if (node.label !== null) old.label = node.label;
    ids.push(id);
    rest = node.rest;
    const more = /^\s*&(?!\w+;)\s*/.exec(rest);
    if (!more) return { ids, rest };
    rest = rest.slice(more[0].length);
  }
}

function readNode(text: string): { id: string; label: string | null; rest: string } | null {
  const id = ID.exec(text)?.[0];
  if (!id) return null;
  let rest = text.slice(id.length);
  let label: string | null = null;
  const open = SHAPE.exec(rest)?.[0];
  if (open) {
    const close = closing(rest, open);
    if (close < 0) return null;
    label = plain(rest.slice(open.length, close));
    rest = rest.slice(close + (CLOSERS[open]?.length ?? 1));
  }
  return { id, label, rest: rest.replace(/^:::[\w-]+/, "") };
}

/** Where a shape ends; not within a text in quotes. */
function closing(text: string, open: string): number {
  const quoted = /^\s*"[^"]*"/.exec(text.slice(open.length))?.[0].length ?? 0;
  return text.indexOf(CLOSERS[open] ?? open, open.length + quoted);
}

/** The words of a label, without its markup. */
function plain(label: string): string {
  return unescaped(label)
    .replace(/<br\s*\/?>/gi, " ")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/^[/\\\s]*"|"[/\\\s]*$/g, "")
    .replaceAll("&nbsp;", " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

/** Clients write letters that an id may not have as `\3a`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
