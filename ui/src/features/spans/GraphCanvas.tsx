import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef } from "react";
import { IconButton } from "@/components/IconButton";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import type { DrawnEdge, DrawnGraph, DrawnNode } from "@/features/spans/drawnGraph";
import { boxTowards, DIRECTIONS } from "@/features/spans/graphKeys";
import { type Box, type LaidEdge, layGraph } from "@/features/spans/layGraph";
import { usePanZoom } from "@/features/spans/usePanZoom";
import styles from "./SpanGraph.module.css";

type GraphCanvasProps = {
  graph: DrawnGraph;
  isLarge: boolean;
  /** The node that holds what is chosen. */
  selectedId: string | null;
  isFaded: (node: DrawnNode) => boolean;
  onSelect: (node: DrawnNode) => void;
};

/** Where the picture has the whole window, it may fill it. */
const LARGE_SCALE = 1.75;

/** The picture of a graph: nodes are buttons in a list, so that it is read and walked through without eyes, too. */
export function GraphCanvas({ graph, selectedId, isLarge, isFaded, onSelect }: GraphCanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const laid = useMemo(() => layGraph(graph.nodes, graph.edges, graph.isSideways), [graph]);
  const boxes = useMemo(() => new Map(laid.nodes.map(({ node, box }) => [node.id, box])), [laid]);
  const { view, ...moves } = usePanZoom(frame, {
    picture: laid,
    first: boxes.get(selectedId ?? ""),
    wholeMost: isLarge ? LARGE_SCALE : 1,
  });
  const tabStop = selectedId ?? graph.nodes[0]?.id;

  const buttons = () => [...(frame.current?.querySelectorAll<HTMLElement>("[data-node]") ?? [])];
  const show = (id: string) => {
    const box = boxes.get(id);
    if (box) moves.reveal(box);
    return buttons().find(({ dataset }) => dataset.node === id);
  };
  const showSelected = useEffectEvent(() => {
    const button = selectedId === null ? undefined : show(selectedId);
    if (buttons().some((other) => other === document.activeElement)) button?.focus({ preventScroll: true });
  });
  const shown = useRef(selectedId);
  useEffect(() => {
    // What is chosen at first is in view already; only another choice moves the picture.
    if (shown.current !== selectedId) showSelected();
    shown.current = selectedId;
  }, [selectedId]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAction(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  /** The node that has the focus: one without spans has it without being chosen. */
  const standingAt = () => {
    const active = document.activeElement;
    return (active instanceof HTMLElement && active.dataset.node) || tabStop;
  };
  const keyAction = ({ key, shiftKey }: KeyboardEvent): (() => void) | null => {
    const direction = DIRECTIONS[key];
    if (direction && shiftKey) return () => moves.panTowards(direction);
    if (direction) {
      const target = boxTowards(boxes, { from: standingAt() ?? "", key, isSideways: graph.isSideways });
      const node = graph.nodes.find(({ id }) => id === target);
      return () => node && choose(node);
    }
    if (key === "+" || key === "=") return moves.zoomIn;
    if (key === "-") return moves.zoomOut;
    return key === "0" ? moves.fit : null;
  };
  /** A node without spans can be reached on the way, but is no choice. */
  const choose = (node: DrawnNode) => {
    if (node.spans.length > 0) onSelect(node);
    show(node.id)?.focus({ preventScroll: true });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the picture is moved, its nodes are pressed
    <div ref={frame} className={styles.canvas} onKeyDown={onKeyDown} {...moves.handlers}>
      <div
        className={styles.picture}
        style={{
          width: laid.width,
          height: laid.height,
          transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
        }}
      >
        <svg width={laid.width} height={laid.height} aria-hidden="true">
          <Edges laid={laid.edges} selectedId={selectedId} />
        </svg>
        <ol aria-label="Steps">
          {laid.nodes.map(({ node, box }) => (
            <Node
              key={node.id}
              {...{ node, box }}
              isSelected={node.id === selectedId}
              isTabStop={node.id === tabStop}
              isFaded={isFaded(node)}
              relations={relationsOf(graph, node)}
              onSelect={() => choose(node)}
            />
          ))}
        </ol>
      </div>
      <ZoomButtons {...moves} />
    </div>
  );
}

type ZoomButtonsProps = { zoomIn: () => void; zoomOut: () => void; fit: () => void };

function ZoomButtons({ zoomIn, zoomOut, fit }: ZoomButtonsProps) {
  return (
    <div className={styles.zoom}>
      <IconButton label="Zoom in" shortcut="+" onPress={zoomIn}>
        <ZoomIn aria-hidden />
      </IconButton>
      <IconButton label="Zoom out" shortcut="-" onPress={zoomOut}>
        <ZoomOut aria-hidden />
      </IconButton>
      <IconButton label="Show the whole graph" shortcut="0" onPress={fit}>
        <Maximize aria-hidden />
      </IconButton>
    </div>
  );
}

function Edges({ laid, selectedId }: { laid: readonly LaidEdge<DrawnEdge>[]; selectedId: string | null }) {
  return laid.map((each, at) => (
    <Edge
      // biome-ignore lint/suspicious/noArrayIndexKey: edges have no name, and come in the order of the graph
      key={at}
      laid={each}
      isLit={each.edge.from === selectedId || each.edge.to === selectedId}
    />
  ));
}

function Edge({ laid, isLit }: { laid: LaidEdge<DrawnEdge>; isLit: boolean }) {
  const { edge, path, end, angle, label } = laid;
  return (
    <g className={styles.edge} data-lit={isLit || undefined} data-dashed={edge.isDashed || undefined}>
      <path d={path} />
      <path d="M0 0L-9 4V-4Z" transform={`translate(${end.x} ${end.y}) rotate(${angle})`} data-head />
      {edge.label && (
        <text x={label.x} y={label.y} dy="0.35em">
          {edge.label}
        </text>
      )}
    </g>
  );
}

type NodeProps = {
  node: DrawnNode;
  box: Box;
  isSelected: boolean;
  isTabStop: boolean;
  isFaded: boolean;
  relations: string;
  onSelect: () => void;
};

function Node({ node, box, isSelected, isTabStop, isFaded, relations, onSelect }: NodeProps) {
  const { name, type, facts, hasFailed } = node;
  return (
    <li style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
      <button
        type="button"
        className={styles.node}
        title={name}
        tabIndex={isTabStop ? 0 : -1}
        aria-pressed={isSelected}
        data-node={node.id}
        data-kind={type ?? "none"}
        data-failed={hasFailed || undefined}
        data-faded={isFaded || undefined}
        onClick={onSelect}
      >
        {type && <SpanKindIcon kind={type} />}
        <span className={styles.name}>{name}</span> <span className={styles.facts}>{facts}</span>
      </button>
      {relations && <span className="visually-hidden">{relations}</span>}
    </li>
  );
}

/** Where its edges lead, in words. */
function relationsOf({ nodes, edges }: DrawnGraph, { id }: DrawnNode): string {
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  return edges
    .filter(({ from }) => from === id)
    .map(({ to, says, label }) => `${says} ${names.get(to)}${label && ` (${label})`}`)
    .join(", ");
}
