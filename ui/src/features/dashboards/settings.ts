import type { Widget } from "@/features/dashboards/config";

// What widgets say of their own, read from a config that anybody may have written. Pure.

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];

/** The project of the widget, or else that of its dashboard. */
export const projectOf = ({ config }: Widget, projectId: string | null) => textOf(config.projectId) ?? projectId;

export const settingOf = ({ config }: Widget, name: string) => textOf(config[name]);
export const settingsOf = ({ config }: Widget, name: string) => textsOf(config[name]);

/** As a number, which older pages wrote as text. */
export function countOf({ config }: Widget, name: string, otherwise: number): number {
  const value = Number(config[name]);
  return Number.isInteger(value) && value > 0 ? Math.min(value, 100) : otherwise;
}

/** Whether it has filters in a form that is not that of the query language: they are not applied here. */
export const hasForeignFilters = ({ config }: Widget) =>
  ["traceFilters", "spanFilters", "threadFilters", "filters"].some((name) => {
    const value = config[name];
    return Array.isArray(value) && value.length > 0;
  });

/** How scores of experiments are drawn, the usual first. */
export const SCORE_SHAPES = [
  { id: "bar", label: "Bars" },
  { id: "line", label: "Lines" },
  { id: "radar", label: "Radar" },
] as const;

export const shapeOf = (widget: Widget) =>
  SCORE_SHAPES.find(({ id }) => id === settingOf(widget, "chartType"))?.id ?? SCORE_SHAPES[0].id;
