import { useId } from "react";
import styles from "./Experiments.module.css";

type DatasetChoiceProps = {
  datasets: readonly { id: string; name: string }[];
  value: string | undefined;
  onChange: (datasetId: string | undefined) => void;
};

/** Over which dataset the experiments are that are listed. */
export function DatasetChoice({ datasets, value, onChange }: DatasetChoiceProps) {
  const id = useId();
  const isKnown = value === undefined || datasets.some((dataset) => dataset.id === value);
  return (
    <span className={styles.choice}>
      <label htmlFor={id}>Over</label>
      <select id={id} value={value ?? ""} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">all datasets</option>
        {datasets.map((dataset) => (
          <option key={dataset.id} value={dataset.id}>
            {dataset.name}
          </option>
        ))}
        {!isKnown && <option value={value}>another dataset</option>}
      </select>
    </span>
  );
}
