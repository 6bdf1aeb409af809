import { ChevronLeft, ChevronRight, Expand } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useQuery } from "urql";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import { type DrawnNode, definitionOf, graphOfDefinition, graphOfSpans } from "@/features/spans/drawnGraph";
import { GraphCanvas } from "@/features/spans/GraphCanvas";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { SpanNode } from "@/features/spans/spanTree";
import type { SpanRows } from "@/features/spans/useSpanRows";
import { graphql } from "@/gql";
import { formatAmount, formatCount } from "@/lib/format";
import { useStored } from "@/lib/storage";
import styles from "./SpanGraph.module.css";

const GraphDefinitionQuery = graphql(`
  query GraphDefinition($id: ID!) {
    trace(id: $id) {
      id
      metadata
    }
  }
`);

type Source = "recorded" | "spans";
const SOURCES = [
  { id: "recorded", label: "As recorded" },
  { id: "spans", label: "From the spans" },
] as const;
const parseSource = (value: unknown): Source | undefined => SOURCES.find(({ id }) => id === value)?.id;

type SpanGraphProps = { state: SpanRows; selectedId: string; onSelect: (id: string) => void };

/** What was done as a graph of steps; or the graph of the agent, where its client recorded one. */
export function SpanGraph({ state, ...props }: SpanGraphProps) {
  const [root] = state.roots;
  return root && <Graph {...props} state={state} root={root} />;
}

function Graph({ state, root, selectedId, onSelect }: SpanGraphProps & { root: SpanNode<TreeEntry> }) {
  const { range, rows, words } = state;
  const [{ data }] = useQuery({ query: GraphDefinitionQuery, variables: { id: root.span.id } });
  const metadata = data?.trace?.metadata;
  const definition = useMemo(() => definitionOf(metadata), [metadata]);
  const [wanted, setWanted] = useStored<Source>("graph.source", parseSource, "recorded");
  const source = definition ? wanted : "spans";
  // A span that runs still has no end on any graph: the clock is no reason to lay it out again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const graph = useMemo(
    () => (definition && source === "recorded" ? graphOfDefinition(definition, root) : graphOfSpans(root, range)),
    [definition, source, root],
  );
  const matching = useMemo(
    () => (words ? new Set(rows.filter((row) => !row.isContext).map((row) => row.node.span.id)) : null),
    [rows, words],
  );
  const selected = graph.nodes.find(({ spans }) => spans.some(({ id }) => id === selectedId));
  /** Pressed again, a node leads to its next span. */
  const onNode = (node: DrawnNode) => onSelect(spanBeside(node, selectedId, 1) ?? selectedId);
  const [isLarge, setLarge] = useState(false);
  const picture = (way: ReactNode) => (
    <>
      <div className={styles.head}>
        {definition && <Segmented label="Graph" options={SOURCES} value={source} onChange={setWanted} />}
        {source === "spans" && (
          <p className={styles.legend}>
            <Line isDashed={false} /> calls <Line isDashed /> then
          </p>
        )}
        {graph.hiddenCount > 0 && (
          <p role="status">
            {formatAmount(graph.hiddenCount, { one: "step is", many: "steps are" })} left out, the deepest first.
          </p>
        )}
        <span className={styles.ways}>
          {selected && selected.spans.length > 1 && <Spans node={selected} {...{ selectedId, onSelect }} />}
          {way}
        </span>
      </div>
      <GraphCanvas
        key={source}
        graph={graph}
        selectedId={selected?.id ?? null}
        isLarge={way === null}
        isFaded={({ spans }) => matching !== null && !spans.some(({ id }) => matching.has(id))}
        onSelect={onNode}
      />
    </>
  );
  return (
    <div className={styles.frame}>
      {picture(
        <IconButton label="Enlarge the graph" onPress={() => setLarge(true)}>
          <Expand aria-hidden />
        </IconButton>,
      )}
      <ModalDialog title="Graph" isFull isOpen={isLarge} onOpenChange={setLarge}>
        <div className={styles.large}>{picture(null)}</div>
      </ModalDialog>
    </div>
  );
}

function spanBeside({ spans }: DrawnNode, spanId: string, step: 1 | -1): string | undefined {
  const at = spans.findIndex(({ id }) => id === spanId);
  return spans[at < 0 ? 0 : (at + step + spans.length) % spans.length]?.id;
}

type SpansProps = { node: DrawnNode; selectedId: string; onSelect: (id: string) => void };

/** Which of the spans of a node is chosen, and the way to the others. */
function Spans({ node, selectedId, onSelect }: SpansProps) {
  const at = node.spans.findIndex(({ id }) => id === selectedId);
  const go = (step: 1 | -1) => onSelect(spanBeside(node, selectedId, step) ?? selectedId);
  return (
    <div className={styles.spans}>
      <IconButton label="Previous span of the node" onPress={() => go(-1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <span role="status">
        {formatCount(at + 1)} of {formatCount(node.spans.length)}
      </span>
      <IconButton label="Next span of the node" onPress={() => go(1)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </div>
  );
}

function Line({ isDashed }: { isDashed: boolean }) {
  return (
    <svg width="30" height="9" aria-hidden="true" className={styles.edge} data-dashed={isDashed || undefined}>
      <path d="M0 4.5H22" />
      <path d="M30 4.5L21 .5V8.5Z" data-head />
    </svg>
  );
}
