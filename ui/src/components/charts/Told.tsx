import styles from "./Charts.module.css";

type ToldProps = {
  title: string;
  note?: string | undefined;
  series: readonly { label: string; color: string }[];
  values: readonly (number | null)[];
  format: (value: number) => string;
};

/** What stands at one place of a chart, in words. */
export function Told({ title, note, series, values, format }: ToldProps) {
  return (
    <div className={styles.told}>
      <p>{title}</p>
      {note && <p>{note}</p>}
      <dl>
        {series.map(({ label, color }, at) => {
          const value = values[at];
          return (
            <div key={label}>
              <dt>
                <span className={styles.colour} style={{ background: color }} />
                <span>{label}</span>
              </dt>
              <dd>{value == null ? "no values" : format(value)}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
