import { type Ref, useId } from "react";
import { CompletionList } from "@/components/CompletionList";
import { type Completing, useCompletion } from "@/components/useCompletion";
import styles from "./Form.module.css";

type ComboFieldProps = {
  label: string;
  value: string;
  placeholder?: string;
  completing: Completing;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
  problem?: string | null;
  onChange: (value: string) => void;
};

/** A field of a form that offers what may be written; anything else may be written all the same. */
export function ComboField({ label, value, completing, inputRef, problem, onChange, ...props }: ComboFieldProps) {
  const id = useId();
  const completion = useCompletion(completing, onChange);
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.combo}>
        <input
          {...props}
          {...completion.attributes(`${id}-list`)}
          id={id}
          type="text"
          ref={inputRef}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
          value={value}
          // An empty box offers at once; one that is filled does not cover what stands below it.
          onFocus={(event) => {
            event.currentTarget.select();
            if (value === "") completion.offer(event.currentTarget);
          }}
          onClick={(event) => completion.offer(event.currentTarget)}
          onChange={(event) => {
            onChange(event.target.value);
            completion.offer(event.target);
          }}
          onBlur={completion.close}
          onKeyDown={completion.onKeyDown}
        />
        <CompletionList
          id={`${id}-list`}
          label={label}
          options={completion.options}
          note={completion.note}
          active={completion.active}
          onChoose={completion.choose}
        />
      </div>
      {problem && (
        <span id={`${id}-problem`} role="alert" className={styles.problem}>
          {problem}
        </span>
      )}
    </div>
  );
}
