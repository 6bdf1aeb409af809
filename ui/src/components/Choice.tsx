import { type ReactNode, useId } from "react";
import styles from "@/components/Choice.module.css";

type ChoiceProps = {
  label: string;
  /** The id of what is chosen; empty for what `empty` says. */
  value: string;
  onChange: (value: string) => void;
  /** What it is called when nothing is chosen. */
  empty: string;
  options: readonly { id: string; label: string }[];
  /** Stands beside it. */
  children?: ReactNode;
};

/** One of few, chosen in the bar above a list. */
export function Choice({ label, value, onChange, empty, options, children }: ChoiceProps) {
  const id = useId();
  return (
    <span className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{empty}</option>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
      {children}
    </span>
  );
}
