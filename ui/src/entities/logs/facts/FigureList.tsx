import type { figuresOf } from "@/entities/logs/filter/fieldFacts";
import { figureText, formatFigure, unitOf } from "@/entities/logs/filter/fieldFormat";
import styles from "./Facts.module.css";

type FigureListProps = {
  field: string;
  figures: NonNullable<ReturnType<typeof figuresOf>>;
  onFilter: (term: string) => void;
};

/** From where on a filter keeps what lies at a figure or beyond it. */
const BOUNDS = { min: null, p50: ">=", p90: ">=", p99: ">=", max: ">=" } as const;

export function FigureList({ field, figures, onFilter }: FigureListProps) {
  const unit = unitOf(field);
  const told = (name: "mean" | "sum") => {
    const value = figures[name];
    return value == null ? null : formatFigure(field, value);
  };
  return (
    <>
      <dl className={styles.figures}>
        {Object.entries(BOUNDS).map(([name, sign]) => {
          const value = figures[name as keyof typeof BOUNDS];
          if (value == null) return null;
          const shown = formatFigure(field, value);
          const term = `${field} ${sign} ${figureText(field, value)}`;
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {sign ? (
                  <button type="button" title={term} onClick={() => onFilter(term)}>
                    {shown}
                    <span className="visually-hidden"> or more</span>
                  </button>
                ) : (
                  shown
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      <p className={styles.quiet}>
        mean {told("mean")} · sum {told("sum")}
        {unit && ` · in ${unit}`}
        {figures.approximate && " · percentiles within 1 percent"}
      </p>
    </>
  );
}
