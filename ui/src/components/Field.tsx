import { type ReactNode, useId } from "react";
import styles from "./Form.module.css";

export type FieldProps = { label: string; hint?: string | undefined; problem?: string | null | undefined };

/** The names by which a control and what is said about it know each other. */
export function useField({ hint, problem }: FieldProps) {
  const id = useId();
  const described = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return {
    id,
    attributes: { id, "aria-invalid": problem ? true : undefined, "aria-describedby": described || undefined },
  };
}

/** A control under its label, with what is wrong beneath it. */
export function Field({ id, label, hint, problem, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      {/* What is named but is no control of a form, as an editor, is focused by hand. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys reach the control itself */}
      <label id={`${id}-label`} htmlFor={id} onClick={() => document.getElementById(id)?.focus()}>
        {label}
      </label>
      {children}
      {hint && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
      {problem && (
        <span id={`${id}-problem`} role="alert" className={styles.problem}>
          {problem}
        </span>
      )}
    </div>
  );
}
