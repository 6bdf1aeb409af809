import { type ComponentProps, type ReactNode, type SubmitEvent, useContext } from "react";
import { Button } from "@/components/Button";
import { CloseDialog } from "@/components/closeDialog";
import { Field, type FieldProps, useField } from "@/components/Field";
import styles from "./Form.module.css";

// The parts of a form: a label over each field, what is wrong beneath it, and the buttons at the end.

type FormProps = { label?: string; onSubmit: () => void; children: ReactNode };

export function Form({ label, onSubmit, children }: FormProps) {
  return (
    <form
      className={styles.form}
      aria-label={label}
      noValidate
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

type TextFieldProps = FieldProps &
  Omit<ComponentProps<"input">, "onChange" | "value" | "id"> & { value: string; onChange: (value: string) => void };

export function TextField({ label, hint, problem, onChange, ...props }: TextFieldProps) {
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Field {...{ id, label, hint, problem }}>
      <input autoComplete="off" {...props} {...attributes} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

type TextAreaProps = FieldProps &
  Omit<ComponentProps<"textarea">, "onChange" | "value" | "id"> & { value: string; onChange: (value: string) => void };

export function TextArea({ label, hint, problem, onChange, ...props }: TextAreaProps) {
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Field {...{ id, label, hint, problem }}>
      <textarea {...props} {...attributes} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

type SelectFieldProps<Id extends string> = FieldProps & {
  value: Id;
  options: readonly { id: Id; label: string }[];
  onChange: (value: Id) => void;
  isDisabled?: boolean;
} & Pick<ComponentProps<"select">, "autoFocus">;

export function SelectField<Id extends string>(props: SelectFieldProps<Id>) {
  const { label, hint, problem, value, options, onChange, isDisabled = false, ...others } = props;
  const { id, attributes } = useField({ label, hint, problem });
  return (
    <Field {...{ id, label, hint, problem }}>
      <select
        {...others}
        {...attributes}
        value={value}
        disabled={isDisabled}
        onChange={(event) => {
          const chosen = options.find((option) => option.id === event.target.value);
          if (chosen) onChange(chosen.id);
        }}
      >
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

type CheckFieldProps = { label: string; value: boolean; onChange: (value: boolean) => void };

export function CheckField({ label, value, onChange }: CheckFieldProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

export function FormRow({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** What the server or the form itself has against it. */
export function Problem({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <p role="alert" className={styles.problem}>
      {text}
    </p>
  );
}

type FormActionsProps = {
  /** Of a part, or where nothing is asked: then there is nothing to cancel. */
  isPart?: boolean;
  children: ReactNode;
};

/** The acts at the end of a form; in a dialog, beside the way out. */
export function FormActions({ isPart = false, children }: FormActionsProps) {
  const close = useContext(CloseDialog);
  return (
    <div className={styles.actions}>
      {close && !isPart && <Button onPress={close}>Cancel</Button>}
      {children}
    </div>
  );
}
