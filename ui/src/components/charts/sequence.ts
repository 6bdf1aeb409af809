// What charts of things in a row are drawn from. Pure.

export type SequencePlace = {
  id: string;
  /** Beneath the axis, where there is room. */
  label: string;
  /** What it is called when it is pointed at. */
  title: string;
  note?: string;
  values: readonly (number | null)[];
};

/** Bars stand beside each other at a place. Dots stand for what has nothing to do with its neighbours, steps for what lasts until it changes. */
export type SequenceSeries = { label: string; color: string; shape: "line" | "dots" | "steps" | "bar" };

export type SequenceChartProps = {
  label: string;
  places: readonly SequencePlace[];
  series: readonly SequenceSeries[];
  format: (value: number) => string;
  /** A place was pressed. */
  onChoose?: (id: string) => void;
};
