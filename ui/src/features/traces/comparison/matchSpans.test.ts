import { expect, test } from "vitest";
import { matchSpans, type Pair, type SpanTreeNode } from "@/features/traces/comparison/matchSpans";

type Span = { id: string; name: string; type: string };
type Node = SpanTreeNode<Span>;

let made = 0;

function node(name: string, children: Node[] = [], type = "GENERAL"): Node {
  made += 1;
  return { span: { id: `${name} ${made}`, name, type }, children };
}

const row = (...names: string[]) =>
  node(
    "root",
    names.map((name) => node(name)),
  );

/** `=` both, `<` only left, `>` only right, `~` moved; children in brackets. */
function said(pair: Pair<Span>): string {
  const sign = pair.isMoved ? "~" : pair.left && pair.right ? "=" : pair.left ? "<" : ">";
  const below = pair.children.map(said).join(" ");
  return `${sign}${(pair.left ?? pair.right)?.name}${below && `(${below})`}`;
}

const match = (left: Node, right: Node) => said(matchSpans(left, right)).replace(/^=root\(?(.*?)\)?$/, "$1");

test("equal trees match span by span", () => {
  const tree = () => node("root", [node("plan", [node("call")]), node("answer")]);
  expect(said(matchSpans(tree(), tree()))).toBe("=root(=plan(=call) =answer)");
});

test("the roots belong together whatever they are called", () => {
  const { left, right } = matchSpans(node("old agent"), node("new agent"));
  expect([left?.name, right?.name]).toEqual(["old agent", "new agent"]);
});

test("a span that was put in or left out shifts none of the others", () => {
  expect(match(row("a", "b", "c"), row("a", "c"))).toBe("=a <b =c");
  expect(match(row("a", "c"), row("a", "b", "c"))).toBe("=a >b =c");
  expect(match(row("call", "check", "call"), row("check", "call"))).toBe("<call =check =call");
});

test("further attempts are only on the side that made them", () => {
  expect(match(row("ask", "call", "done"), row("ask", "call", "call", "call", "done"))).toMatch(
    /^=ask (?:[=>]call ){3}=done$/,
  );
});

test("a span in another place among its siblings is moved, not gone and new", () => {
  expect(match(row("a", "b", "c"), row("b", "c", "a"))).toBe("~a =b =c");
});

test("the same name of another type is another span", () => {
  const left = node("root", [node("search", [], "TOOL")]);
  const right = node("root", [node("search", [], "LLM")]);
  expect(match(left, right)).toBe("<search >search");
});

test("what is below a span of one side is of that side, too", () => {
  const left = node("root", [node("a", [node("b", [node("c")])])]);
  expect(match(left, node("root"))).toBe("<a(<b(<c))");
});

test("every span of both sides appears exactly once", () => {
  const names = ["a", "b", "c", "d"];
  const draw = (seed: number, depth: number): Node[] =>
    Array.from({ length: (seed * 7 + depth) % 5 }, (_, at) =>
      node(names[(seed + at * at) % 4] ?? "a", depth < 4 ? draw(seed + at * 3 + 1, depth + 1) : []),
    );
  for (let seed = 0; seed < 40; seed += 1) {
    const [left, right] = [node("root", draw(seed, 0)), node("root", draw(seed + 1, 0))];
    const pairs = [...walk(matchSpans(left, right))];
    const idsOf = (tree: Node): string[] => [tree.span.id, ...tree.children.flatMap(idsOf)];
    expect(pairs.flatMap((pair) => pair.left?.id ?? []).sort()).toEqual(idsOf(left).sort());
    expect(pairs.flatMap((pair) => pair.right?.id ?? []).sort()).toEqual(idsOf(right).sort());
  }
});

test("thousands of siblings and chains of thousands take no noticeable time", () => {
  const many = (from: number) => row(...Array.from({ length: 5_000 }, (_, at) => `step ${at + from}`));
  let [left, right] = [node("end"), node("end")];
  for (let depth = 0; depth < 5_000; depth += 1) [left, right] = [node("deep", [left]), node("deep", [right])];
  const begin = performance.now();
  expect([...walk(matchSpans(left, right))]).toHaveLength(5_001);
  expect([...walk(matchSpans(many(0), many(0)))]).toHaveLength(5_001);
  // Without anything in common, and with everything in another place.
  expect([...walk(matchSpans(many(0), many(9_000)))]).toHaveLength(10_001);
  const reversed = { ...many(0), children: many(0).children.toReversed() };
  expect([...walk(matchSpans(many(0), reversed))]).toHaveLength(5_001);
  expect(performance.now() - begin).toBeLessThan(2_000);
});

function* walk<T>(root: Pair<T>): Generator<Pair<T>> {
  const stack = [root];
  for (let pair = stack.pop(); pair; pair = stack.pop()) {
    yield pair;
    stack.push(...pair.children);
  }
}
