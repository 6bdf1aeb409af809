// What a dashboard says of itself: sections of widgets, and where each of them stands. The form is that of the published
// clients (version 4), so that a dashboard made by a program is drawn here, and one laid out here is read there. Pure;
// what this page does not know stays as it was.

export type Place = {
  i: string;
  x: number;
  y: number;
  w: number;
  h: number;
  minW?: number;
  minH?: number;
  maxW?: number;
  maxH?: number;
};
export type Widget = { id: string; type: string; title: string; config: Record<string, unknown> };
export type Section = {
  id: string;
  title: string;
  /** Left out, it is. */
  expanded?: boolean;
  widgets: readonly Widget[];
  layout: readonly Place[];
};
export type Config = { version: number; sections: readonly Section[] };

export const COLUMNS = 6;
const ROWS_MAX = 12;

export type WidgetType = { id: string; label: string; w: number; h: number; minW: number; minH: number };

export const WIDGET_TYPES: readonly WidgetType[] = [
  { id: "project_metrics", label: "Figures over time", w: 2, h: 4, minW: 2, minH: 4 },
  { id: "project_stats_card", label: "One figure", w: 1, h: 2, minW: 1, minH: 2 },
  { id: "statistics_table", label: "Table by groups", w: 3, h: 4, minW: 2, minH: 3 },
  { id: "experiment_leaderboard", label: "Leaderboard of experiments", w: 6, h: 6, minW: 4, minH: 4 },
  { id: "experiments_feedback_scores", label: "Scores of experiments", w: 2, h: 4, minW: 2, minH: 4 },
  { id: "text_markdown", label: "Text", w: 2, h: 4, minW: 1, minH: 4 },
];

const OTHER: WidgetType = { id: "other", label: "Other", w: 2, h: 2, minW: 1, minH: 1 };

export const typeOf = (id: string): WidgetType => WIDGET_TYPES.find((type) => type.id === id) ?? OTHER;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const wholeOf = (value: unknown, least: number, most: number): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : least;

/** Null for what is no dashboard at all. */
export function parseConfig(text: string | null | undefined): Config | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "{}");
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  return { ...value, version: wholeOf(value.version, 4, 1_000), sections: listOf(value.sections).flatMap(sectionOf) };
}

function sectionOf(value: unknown): Section[] {
  if (!isObject(value)) return [];
  const widgets = listOf(value.widgets).flatMap((widget): Widget[] =>
    isObject(widget) && typeof widget.id === "string"
      ? [
          {
            ...widget,
            id: widget.id,
            type: textOf(widget.type),
            title: textOf(widget.title),
            config: isObject(widget.config) ? widget.config : {},
          },
        ]
      : [],
  );
  const known = listOf(value.layout).flatMap((place): Place[] =>
    isObject(place) && typeof place.i === "string" ? [placeOf(place.i, place)] : [],
  );
  let layout = known.filter(({ i }) => widgets.some(({ id }) => id === i));
  for (const widget of widgets) {
    if (!layout.some(({ i }) => i === widget.id)) layout = placed(layout, widget);
  }
  const expanded = value.expanded !== false;
  return [{ ...value, id: textOf(value.id), title: textOf(value.title), expanded, widgets, layout }];
}

function placeOf(i: string, value: Record<string, unknown>): Place {
  const w = wholeOf(value.w, 1, COLUMNS);
  return {
    ...value,
    i,
    w,
    h: wholeOf(value.h, 1, ROWS_MAX),
    x: wholeOf(value.x, 0, COLUMNS - w),
    y: wholeOf(value.y, 0, 100_000),
  };
}

/** Puts a widget where there is room for it, as high as can be. */
function placed(layout: readonly Place[], { id, type }: Widget): Place[] {
  const { w, h, minW, minH } = typeOf(type);
  const bottoms = Array.from({ length: COLUMNS }, (_, column) =>
    Math.max(
      0,
      ...layout.filter(({ x, w: width }) => x <= column && column < x + width).map((each) => each.y + each.h),
    ),
  );
  const spots = Array.from({ length: COLUMNS - w + 1 }, (_, x) => ({ x, y: Math.max(...bottoms.slice(x, x + w)) }));
  const best = spots.reduce((before, spot) => (spot.y < before.y ? spot : before));
  return [...layout, { i: id, ...best, w, h, minW, minH, maxW: COLUMNS, maxH: ROWS_MAX }];
}

const inSection = (config: Config, id: string, change: (section: Section) => Section): Config => ({
  ...config,
  sections: config.sections.map((section) => (section.id === id ? change(section) : section)),
});

export function withWidget(config: Config, sectionId: string, widget: Widget): Config {
  return inSection(config, sectionId, (section) => {
    if (section.widgets.some(({ id }) => id === widget.id)) {
      return { ...section, widgets: section.widgets.map((each) => (each.id === widget.id ? widget : each)) };
    }
    return { ...section, widgets: [...section.widgets, widget], layout: placed(section.layout, widget) };
  });
}

export function withoutWidget(config: Config, sectionId: string, widgetId: string): Config {
  return inSection(config, sectionId, (section) => ({
    ...section,
    widgets: section.widgets.filter(({ id }) => id !== widgetId),
    layout: section.layout.filter(({ i }) => i !== widgetId),
  }));
}

/** Null if nothing stands elsewhere than before. */
export function withLayout(config: Config, sectionId: string, places: readonly Place[]): Config | null {
  const section = config.sections.find(({ id }) => id === sectionId);
  if (!section) return null;
  let isOther = false;
  const layout = section.layout.map((old) => {
    const next = places.find(({ i }) => i === old.i);
    if (!next || (next.x === old.x && next.y === old.y && next.w === old.w && next.h === old.h)) return old;
    isOther = true;
    return { ...old, x: next.x, y: next.y, w: next.w, h: next.h };
  });
  return isOther ? inSection(config, sectionId, (found) => ({ ...found, layout })) : null;
}

export const withSection = (config: Config, section: Section): Config => ({
  ...config,
  sections: [...config.sections, section],
});

export function withSectionAs(config: Config, id: string, change: { title?: string; expanded?: boolean }): Config {
  return inSection(config, id, (section) => ({ ...section, ...change }));
}

export const withoutSection = (config: Config, id: string): Config => ({
  ...config,
  sections: config.sections.filter((section) => section.id !== id),
});

/** Null where there is no place for it to go to. */
export function withSectionMoved(config: Config, id: string, by: 1 | -1): Config | null {
  const at = config.sections.findIndex((section) => section.id === id);
  const section = config.sections[at];
  const to = at + by;
  if (!section || to < 0 || to >= config.sections.length) return null;
  return { ...config, sections: config.sections.toSpliced(at, 1).toSpliced(to, 0, section) };
}

/** The config of a new dashboard. */
export const emptyConfig = (sectionId: string): string =>
  JSON.stringify({ version: 4, sections: [{ id: sectionId, title: "Overview", widgets: [], layout: [] }] });
