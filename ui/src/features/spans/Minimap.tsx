import { memo, useMemo } from "react";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { Button } from "@/components/Button";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { barsOfLanes, type LaidSpan } from "@/features/spans/spanLanes";
import { partOf, type TimePart, type TimeRange } from "@/features/spans/spanTree";
import { formatDuration } from "@/lib/format";
import styles from "./Minimap.module.css";

type MinimapProps = {
  laid: readonly LaidSpan<TreeEntry>[];
  range: TimeRange;
  part: TimePart;
  selectedId: string;
  onChange: (part: TimePart) => void;
};

const WIDTH = 1000;
/** So many lanes are told apart; what lies deeper is drawn into the last. */
const LANES_MAX = 24;
const LEAST = 0.002;

/** All spans of the trace at a glance; its two handles choose the time that the views below show. */
export function Minimap({ laid, range, part, selectedId, onChange }: MinimapProps) {
  const total = range.endMs - range.startMs;
  const isWhole = part.from === 0 && part.to === 1;
  const shown = partOf(range, part);
  const change = ([from = 0, to = 1]: number[]) =>
    onChange({ from: Math.min(from, 1 - LEAST), to: Math.max(to, Math.min(from, 1 - LEAST) + LEAST) });
  return (
    <div className={styles.minimap}>
      <Slider
        aria-label="Shown time"
        className={styles.slider ?? ""}
        value={[part.from, part.to]}
        minValue={0}
        maxValue={1}
        step={0.001}
        onChange={(value) => change(Array.isArray(value) ? value : [value])}
      >
        <SliderTrack className={styles.track ?? ""}>
          <Picture laid={laid} range={range} selectedId={selectedId} />
          <div className={styles.hidden} style={{ left: 0, width: `${part.from * 100}%` }} />
          <div className={styles.hidden} style={{ right: 0, width: `${(1 - part.to) * 100}%` }} />
          <SliderThumb index={0} aria-label="Shown from" className={styles.thumb ?? ""} />
          <SliderThumb index={1} aria-label="Shown to" className={styles.thumb ?? ""} />
        </SliderTrack>
      </Slider>
      {!isWhole && (
        <div className={styles.said}>
          <span role="status">
            {formatDuration(shown.startMs - range.startMs) || "0"} to {formatDuration(shown.endMs - range.startMs)} of{" "}
            {formatDuration(total)}
          </span>
          <Button kind="quiet" onPress={() => onChange({ from: 0, to: 1 })}>
            Show all
          </Button>
        </div>
      )}
    </div>
  );
}

type PictureProps = Pick<MinimapProps, "laid" | "range" | "selectedId">;

const Picture = memo(function Picture({ laid, range, selectedId }: PictureProps) {
  const { paths, lanes } = useMemo(() => pathsOf(laid, range), [laid, range]);
  const selected = laid.find((bar) => bar.span.id === selectedId);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${lanes}`} preserveAspectRatio="none" className={styles.picture} aria-hidden="true">
      {[...paths].map(([kind, path]) => (
        <path key={kind} d={path} data-kind={kind} />
      ))}
      {selected && selected.depth > 0 && <path d={pathOf(selected, range)} data-kind="selected" />}
    </svg>
  );
});

/** One path for each kind of bar: a trace of ten thousand spans is still a handful of elements. */
function pathsOf(laid: readonly LaidSpan<TreeEntry>[], range: TimeRange) {
  const bars = barsOfLanes(laid, range, null).flat();
  const paths = new Map<string, string>();
  // What failed comes last, on top of the others.
  for (const bar of bars.toSorted((a, b) => Number(Boolean(a.span.error)) - Number(Boolean(b.span.error)))) {
    const kind = bar.span.error ? "failed" : bar.span.type;
    paths.set(kind, (paths.get(kind) ?? "") + pathOf(bar, range));
  }
  const deepest = bars.reduce((most, bar) => Math.max(most, bar.lane), 0);
  return { paths, lanes: Math.min(LANES_MAX, deepest + 1) };
}

function pathOf({ startMs, endMs, lane }: LaidSpan<TreeEntry>, range: TimeRange): string {
  const scale = WIDTH / (range.endMs - range.startMs);
  const left = (startMs - range.startMs) * scale;
  const width = Math.max(1.5, (endMs - startMs) * scale);
  return `M${left.toFixed(1)} ${Math.min(lane, LANES_MAX - 1) + 0.1}h${width.toFixed(1)}v.8h-${width.toFixed(1)}z`;
}
