import { ChevronDown } from "lucide-react";
import { Menu, MenuTrigger, Button as PlainButton } from "react-aria-components";
import { Button } from "@/components/Button";
import { CheckItem } from "@/components/CheckItem";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { FIGURES, type Figure, figureOf, isFigure, parseChosenFigures } from "@/entities/logs/facts/columnFigures";
import { useColumnFigures } from "@/entities/logs/facts/useColumnFigures";
import type { FieldFigures, FieldScope } from "@/entities/logs/filter/fieldFacts";
import { formatFigure } from "@/entities/logs/filter/fieldFormat";
import type { LogColumn } from "@/entities/logs/logKind";
import { useStored } from "@/lib/storage";
import styles from "./FiguresRow.module.css";

export const FIGURES_PX = 42;

type FiguresRowProps<Row> = {
  columns: readonly LogColumn<Row>[];
  isMeasured: (field: string) => boolean;
  scope: FieldScope;
  totalCount: number;
};

/** Beneath the heads of the columns: what each comes to, over all that is listed and not only the loaded rows. */
export function FiguresRow<Row>({ columns, isMeasured, scope, totalCount }: FiguresRowProps<Row>) {
  const [chosen, setChosen] = useStored("logs.figures.chosen", parseChosenFigures, {});
  const fields = columns.flatMap(({ field }) => (field && isMeasured(field) ? [field] : []));
  const { figures, isComing, failure, refresh } = useColumnFigures({ scope, fields, revision: totalCount });
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
    // biome-ignore lint/a11y/useFocusableInteractive: the buttons within take the focus
    <div role="row" aria-rowindex={2} aria-busy={isComing} className={styles.row} style={{ height: FIGURES_PX }}>
      {/* biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the box above chooses */}
      <div role="columnheader" aria-label="Figures" />
      {columns.map(({ id, label, field, isNumeric }, at) => {
        const found = field === undefined ? undefined : figures.get(field);
        return (
          // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
          // biome-ignore lint/a11y/useFocusableInteractive: the button within takes the focus
          <div
            key={id}
            role="columnheader"
            aria-label={`Figures of ${label}`}
            className={styles.cell}
            data-numeric={isNumeric || undefined}
          >
            {field && found && found.count > 0 && (
              <FigureChoice
                {...{ label, field, found }}
                figure={figureOf(field, chosen)}
                onChoose={(figure) => setChosen({ ...chosen, [field]: figure })}
              />
            )}
            {at === 0 && failure && (
              <span role="alert" className={styles.failure} title={failure.message}>
                The figures could not be read <Button onPress={refresh}>Try again</Button>
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

type FigureChoiceProps = {
  label: string;
  field: string;
  found: FieldFigures;
  figure: Figure;
  onChoose: (figure: Figure) => void;
};

function FigureChoice({ label, field, found, figure, onChoose }: FigureChoiceProps) {
  const told = (name: Figure) => {
    const value = found[name];
    if (value == null) return "–";
    const isNear = found.approximate && name.startsWith("p");
    return `${isNear ? "≈ " : ""}${formatFigure(field, value)}`;
  };
  return (
    <MenuTrigger>
      <PlainButton className={styles.choice ?? ""}>
        <span className="visually-hidden">{label}: </span>
        <span className={styles.name}>
          {figure} <ChevronDown aria-hidden />
        </span>
        <span className={styles.value}>{told(figure)}</span>
      </PlainButton>
      <MenuPopover>
        <Menu
          aria-label={`Figure of ${label}`}
          className={menuStyles.menu ?? ""}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[figure]}
          onSelectionChange={(keys) => {
            const [next] = [...keys];
            if (isFigure(next)) onChoose(next);
          }}
        >
          {FIGURES.map((name) => (
            <CheckItem key={name} id={name} label={`${name} ${told(name)}`} />
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
