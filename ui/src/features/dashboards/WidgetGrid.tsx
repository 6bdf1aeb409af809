import { Ellipsis, GripVertical } from "lucide-react";
import { useRef } from "react";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { GridLayout, useContainerWidth } from "react-grid-layout";
import "react-grid-layout/css/styles.css";
import { IconButton } from "@/components/IconButton";
import menu from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { COLUMNS, type Config, type Section, type Widget, withLayout } from "@/features/dashboards/config";
import styles from "@/features/dashboards/Dashboard.module.css";
import { MOVES, moved } from "@/features/dashboards/moves";
import { hasForeignFilters } from "@/features/dashboards/settings";
import type { Looked } from "@/features/dashboards/useFigures";
import { WidgetBody } from "@/features/dashboards/WidgetBody";
import { type LinesHolder, WidgetLinesContext } from "@/features/dashboards/widgetLines";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { showToast } from "@/lib/toasts";

type WidgetGridProps = {
  config: Config;
  section: Section;
  projectId: string | null;
  looked: Looked;
  onChange: (config: Config) => void;
  onEdit: (widget: Widget) => void;
  onRemove: (widget: Widget) => void;
};

const ROW_PX = 56;
const GAP_PX = 12;
/** Narrower than this, widgets stand beneath each other. */
const GRID_PX_MIN = 700;

/** The widgets of a section: dragged by their heads, drawn larger by their corners, or moved by their menus. */
export function WidgetGrid(props: WidgetGridProps) {
  const { config, section, onChange } = props;
  const { width, containerRef, mounted } = useContainerWidth();
  const isNarrow = width < GRID_PX_MIN;
  const onLayout = (layout: Section["layout"]) => {
    const next = withLayout(config, section.id, layout);
    if (next) onChange(next);
  };
  const inOrder = [...section.layout].sort((one, other) => one.y - other.y || one.x - other.x);
  const cards = inOrder.flatMap((place) => {
    const widget = section.widgets.find(({ id }) => id === place.i);
    if (!widget) return [];
    return (
      <div key={place.i} className={styles.cell} style={isNarrow ? { height: place.h * (ROW_PX + GAP_PX) } : {}}>
        <Card {...props} widget={widget} isNarrow={isNarrow} onLayout={onLayout} />
      </div>
    );
  });
  return (
    <div ref={containerRef}>
      {mounted &&
        (isNarrow ? (
          <div className={styles.stack}>{cards}</div>
        ) : (
          <GridLayout
            width={width}
            layout={section.layout}
            gridConfig={{ cols: COLUMNS, rowHeight: ROW_PX, margin: [GAP_PX, GAP_PX], containerPadding: [0, 0] }}
            dragConfig={{ handle: `.${styles.grip}` }}
            onDragStop={onLayout}
            onResizeStop={onLayout}
          >
            {cards}
          </GridLayout>
        ))}
    </div>
  );
}

type CardProps = WidgetGridProps & {
  widget: Widget;
  isNarrow: boolean;
  onLayout: (layout: Section["layout"]) => void;
};

function Card({ section, widget, projectId, looked, isNarrow, onLayout, onEdit, onRemove }: CardProps) {
  const title = widget.title || "Widget";
  const lines: LinesHolder = useRef(null);
  const onCsv = () => {
    if (lines.current) download(`${title.toLowerCase()}.csv`, "text/csv", writeCsv(lines.current()));
    else showToast("There are no figures to be written.");
  };
  const onAction = (key: string | number) => {
    if (key === "edit") return onEdit(widget);
    if (key === "remove") return onRemove(widget);
    if (key === "csv") return onCsv();
    const move = MOVES.find(({ id }) => id === key);
    if (move) onLayout(moved(section.layout, widget.id, move));
  };
  return (
    <section className={styles.card} aria-label={title}>
      <header>
        {!isNarrow && (
          <span className={styles.grip} aria-hidden>
            <GripVertical />
          </span>
        )}
        <h3>{title}</h3>
        {hasForeignFilters(widget) && <small title="They are not in the query language">filters not applied</small>}
        <MenuTrigger>
          <IconButton label={`Actions of ${title}`}>
            <Ellipsis aria-hidden />
          </IconButton>
          <MenuPopover>
            <Menu aria-label={`Actions of ${title}`} className={menu.menu ?? ""} onAction={onAction}>
              <MenuItem id="edit" className={menu.item ?? ""}>
                Edit
              </MenuItem>
              {MOVES.map(({ id, label }) => (
                <MenuItem key={id} id={id} className={menu.item ?? ""}>
                  {label}
                </MenuItem>
              ))}
              {widget.type !== "text_markdown" && (
                <MenuItem id="csv" className={menu.item ?? ""}>
                  As CSV
                </MenuItem>
              )}
              <MenuItem id="remove" className={menu.item ?? ""}>
                Take away
              </MenuItem>
            </Menu>
          </MenuPopover>
        </MenuTrigger>
      </header>
      <WidgetLinesContext value={lines}>
        <WidgetBody widget={widget} projectId={projectId} looked={looked} />
      </WidgetLinesContext>
    </section>
  );
}
