import { ChevronRight, CircleAlert } from "lucide-react";
import { Fragment, type RefObject, useEffect, useRef } from "react";
import { Highlighted } from "@/components/Highlighted";
import { type NodeKind, SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import { factOf, type RowFact, SAID_FACTS } from "@/features/spans/rowFacts";
import { barOf, type TimeRange, type TreeRow } from "@/features/spans/spanTree";
import type { TraceSpan } from "@/features/spans/useTraceSpans";
import styles from "./SpanTree.module.css";

/** A span, or the trace itself as the root of its spans. */
export type TreeEntry = Omit<TraceSpan, "type"> & { type: NodeKind };

type SpanTreeRowProps = {
  row: TreeRow<TreeEntry>;
  top: number;
  range: TimeRange;
  isSelected: boolean;
  isTabStop: boolean;
  /** Names the row that is to take the focus as soon as it is there. */
  wantsFocus: RefObject<string | null>;
  words: string;
  facts: readonly RowFact[];
  onSelect: () => void;
  onToggle: () => void;
};

const INDENT_PX = 12;
const INDENT_DEPTH_MAX = 24;

export function SpanTreeRow({
  row,
  top,
  range,
  isSelected,
  isTabStop,
  wantsFocus,
  words,
  facts,
  onSelect,
  onToggle,
}: SpanTreeRowProps) {
  const element = useRef<HTMLDivElement>(null);
  const { span, children, isOrphan } = row.node;
  useEffect(() => {
    if (wantsFocus.current !== span.id) return;
    element.current?.focus({ preventScroll: true });
    wantsFocus.current = null;
  });
  const name = span.name ?? "unnamed";
  const at = words ? name.toLowerCase().indexOf(words) : -1;
  const isBranch = children.length > 0;
  const told = TOLD.flatMap((fact) => (facts.includes(fact) ? factOf(span, fact) : []));
  // What is seen, then what a narrow tree hides, and then what only a colour tells.
  const said = [name, isOrphan && "no parent", ...told, span.error && "failed"];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of its rows
    <div
      ref={element}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={isBranch ? row.isExpanded : undefined}
      aria-selected={isSelected}
      aria-label={said.filter(Boolean).join(", ")}
      tabIndex={isTabStop ? 0 : -1}
      data-span={span.id}
      data-context={row.isContext || undefined}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onSelect}
    >
      <div className={styles.label} style={{ paddingLeft: 6 + Math.min(row.depth, INDENT_DEPTH_MAX) * INDENT_PX }}>
        {isBranch ? (
          // The keys of the tree do the same; a stop at every row would make the way through it endless.
          <button
            type="button"
            tabIndex={-1}
            aria-hidden
            className={styles.twist}
            data-open={row.isExpanded || undefined}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <ChevronRight />
          </button>
        ) : (
          <span className={styles.twist} />
        )}
        <SpanKindIcon kind={span.type} />
        <span className={styles.name} title={name}>
          <Highlighted text={name} ranges={at >= 0 ? [{ start: at, end: at + words.length }] : []} />
        </span>
        {span.error && <CircleAlert aria-hidden />}
        {isOrphan && (
          <span className={styles.orphan} title="Its parent span has not been received">
            no parent
          </span>
        )}
      </div>{" "}
      <Meta span={span} facts={facts} range={range} />
    </div>
  );
}

/** In the order in which they are read aloud. */
const TOLD = [...SAID_FACTS, "Model", "Tokens", "Tokens in and out", "Duration", "Cost"] as const;

type MetaProps = { span: TreeEntry; facts: readonly RowFact[]; range: TimeRange };

/** What a row tells beside the name. */
function Meta({ span, facts, range }: MetaProps) {
  const told = (fact: (typeof TOLD)[number]) => (facts.includes(fact) ? factOf(span, fact) : "");
  const bar = barOf(span, range);
  return (
    <div className={styles.meta}>
      {SAID_FACTS.map((fact) => {
        const text = told(fact);
        if (!text) return null;
        return (
          <Fragment key={fact}>
            <span className={styles.said} title={text}>
              {text}
            </span>{" "}
          </Fragment>
        );
      })}
      {told("Model") && <span className={styles.model}>{told("Model")}</span>}{" "}
      {told("Tokens") && <span>{told("Tokens")}</span>}{" "}
      {told("Tokens in and out") && <span>{told("Tokens in and out")}</span>}{" "}
      {facts.includes("Bars") && (
        <span className={styles.bar} aria-hidden>
          {bar && (
            <span
              data-kind={span.type}
              data-failed={span.error ? true : undefined}
              style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
            />
          )}
        </span>
      )}
      {facts.includes("Duration") && <span className={styles.duration}>{told("Duration")}</span>}{" "}
      <span className={styles.cost}>{told("Cost")}</span>
    </div>
  );
}
